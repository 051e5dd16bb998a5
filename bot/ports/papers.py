"""What is known of papers and made of them, shared by all workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.papers.fulltext.model import FullText
    from bot.papers.model import Paper, PaperList, Rise
    from bot.reading.model import Summary, SummaryKey


class PaperRepository(Protocol):
    """Every paper and list ever seen."""

    async def save(self, papers: Iterable[Paper], seen_at: datetime) -> None:
        """Insert or update; a field that is None or empty in a newer sighting does not wipe what is known."""

    async def get(self, paper_id: str) -> Paper | None:
        """The paper with this id."""

    async def get_many(self, paper_ids: Sequence[str]) -> list[Paper]:
        """Those that are known, in the order asked for."""

    async def save_list(self, key: str, papers: PaperList) -> None:
        """Remember a list under a key ("day:2026-07-10", "week:2026-W28", "trending"), its papers, and a
        snapshot of their upvotes, comments and stars; all in one transaction.
        """

    async def load_list(self, key: str) -> PaperList | None:
        """The list last saved under that key, with its papers as they were ranked then."""

    async def latest_day(self, before: date) -> PaperList | None:
        """The newest non-empty daily list with a day before the one given."""

    async def search(self, words: str, *, limit: int = 10, offset: int = 0) -> list[Paper]:
        """Full-text search over titles, abstracts, authors and keywords; best first.  Any input is safe."""

    async def rises(self, paper_ids: Sequence[str], since: datetime) -> Mapping[str, Rise]:
        """Upvotes now against the last snapshot at or before `since` (else the first one), where both exist."""

    async def count(self) -> int:
        """How many papers are known."""


class SummaryRepository(Protocol):
    """Summaries by everything that they depend on, shared by all workspaces."""

    async def get_many(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Those that are there."""

    async def save(self, summaries: Mapping[SummaryKey, Summary]) -> None:
        """Insert or replace."""


class TextRepository(Protocol):
    """Full texts by paper and version, shared by all workspaces."""

    async def get(self, paper_id: str, version: int) -> FullText | None:
        """The text last saved for that version (0: the source named none)."""

    async def save(self, text: FullText) -> None:
        """Insert or replace."""


class AnswerRepository(Protocol):
    """Models' replies to questions, by a key of all that they depend on; shared by all workspaces."""

    async def get(self, key: str) -> str | None:
        """The reply kept under a key."""

    async def save(self, key: str, reply: str, at: datetime) -> None:
        """Insert or replace."""
