"""Two list days to compose digests from, with everything behind them that can fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.digests.composing import Composer
from bot.digests.model import Digest, Edition, Kind, Slot, Subscription, Target
from bot.documents.model import Bars, Card
from bot.documents.plain import plain_document
from bot.errors import SourceUnavailable, Transient
from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import HuggingFace
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.reading.model import Summaries, Summary, SummarySource
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.store import FakeStore
from tests.digests import wish

FRIDAY, THURSDAY = date(2026, 7, 10), date(2026, 7, 9)
CHANNEL = Target("slack:T1", "C1")
SLOT = Slot(CHANNEL, Kind.DAILY, FRIDAY, Edition.FINAL)
OFFERS = ("ask", "show", "save")
ABSTRACT, MODEL = SummarySource.ABSTRACT, SummarySource.MODEL


def entry(number: int, title: str) -> dict[str, object]:
    return {"paper": {"id": f"2607.{number:05}", "title": title, "summary": "It shines.", "upvotes": 20 - number}}


class FakeSummarizer:
    """A line for each paper by a model, or, with a sentence on why, by the abstract."""

    def __init__(self) -> None:
        self.degraded: str | None = None
        self.asked: list[str] = []  # the ids of all papers, in turn

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str, patience: float = 0
    ) -> Summaries:
        self.asked += [paper.id for paper in papers]
        line, source = ("From the abstract.", ABSTRACT) if self.degraded else ("One line.", MODEL)
        lines = {paper.id: Summary(paper_id=paper.id, line=line, source=source) for paper in papers}
        return Summaries(lines, self.degraded if papers else None)

    async def recall(self, papers: Sequence[Paper], *, language: str) -> Summaries:
        return await self.summarize(papers, workspace="", language=language)


class World:
    """Two list days, of which each may be unreachable."""

    def __init__(self) -> None:
        self.lists = {
            FRIDAY: [entry(1, "Robots at sea"), entry(2, "Agents ashore"), entry(3, "A benchmark of buoys")],
            THURSDAY: [entry(4, "Old lighthouses")],
        }
        self.linked: dict[str, dict[str, object]] = {}  # what a paper's own answer tells beyond its id, by that
        self.down: set[date] = set()
        self.drawn: list[Bars] = []
        self.store = FakeStore()
        self.summarizer = FakeSummarizer()
        self.clock = clock = FakeClock(datetime(2026, 7, 11, 7, tzinfo=UTC))
        fetcher = FakeFetcher(self._answer, clock)
        self.library = library = Library(
            HuggingFace(fetcher, "https://hf.test"), Arxiv(fetcher, "https://ax.test"), self.store.papers, clock
        )
        self.composer = Composer(
            library, self.summarizer, self.store.papers, self.store.deliveries, clock, offers=OFFERS, draw=self._draw
        )

    async def _draw(self, title: str, bars: Bars) -> bytes:
        self.drawn.append(bars)
        return b"a picture"

    def _answer(self, address: str) -> FakeAnswer | Transient | None:
        if "/api/papers/" in address:
            paper_id = address.rpartition("/")[2]
            return FakeAnswer.of({"id": paper_id, "title": "A paper", **self.linked.get(paper_id, {})})
        day = next((day for day in self.lists if day.isoformat() in address), None)
        if day is not None and day in self.down:
            return SourceUnavailable("Hugging Face does not answer.")
        return FakeAnswer.of(self.lists[day] if day is not None else [])

    async def compose(
        self, subscription: Subscription | None = None, slot: Slot = SLOT, days: Sequence[date] = (THURSDAY, FRIDAY)
    ) -> Digest:
        """The digest of these days."""
        return await self.composer.compose(subscription or wish(CHANNEL), slot, days)

    async def complete(self, digest: Digest, days: Sequence[date] = (THURSDAY, FRIDAY)) -> Digest:
        """The same with what it lacked; a minute later, as lists are not asked for again within one."""
        await self.clock.sleep(61)
        return await self.composer.complete(wish(CHANNEL), digest, days)


def titles(digest: Digest) -> list[str]:
    """The titles of a digest's papers."""
    return [block.title for part in digest.parts for block in part.document.blocks if isinstance(block, Card)]


def root_of(digest: Digest) -> str:
    """The words of a digest's first message."""
    return plain_document(digest.parts[0].document)
