"""What belongs to workspaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.chat.conversation import Turn
    from bot.chat.request import Place
    from bot.llm.model import Usage


class UsageLedger(Protocol):
    """Tokens and cost per workspace, UTC day and model.  Reserved before a call, settled after it.

    A reservation older than any call lasts was left behind by a crash.  It holds nothing any more, nor does one of the
    future; the call's usage is kept all the same if it is settled later.
    """

    async def reserve(self, workspace: str, day: date, tokens: int, budget: int) -> int | None:
        """Hold `tokens` if used plus held stays within `budget` (0: no limit); the reservation's id, or None."""

    async def settle(self, reservation: int, model: str, purpose: str, usage: Usage | None) -> None:
        """Replace the reservation by what was used; None gives all of it back.  Settling twice changes nothing."""

    async def usage(self, workspace: str, day: date) -> Sequence[DayUsage]:
        """What a workspace used on a UTC day, a row per model and purpose."""

    async def release_stale(self, before: datetime) -> int:
        """Drop reservations made before then, which a crash left behind; how many there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUsage:
    """A row of the ledger."""

    model: str
    purpose: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


OTHERS_COUNT_AFTER = timedelta(hours=12)  # a list that is older than what others were shown since is forgotten


class ConversationRepository(Protocol):
    """What was said where."""

    async def show_list(
        self, place: Place, paper_ids: Sequence[str], at: datetime, *, user: str = "", alone: bool = False
    ) -> bool:
        """Remember a list that was shown there; whether `#3` means its third paper from now on.

        A thread keeps its first list, whatever is shown there later.

        Args:
            place: where.
            paper_ids: in the order in which they are numbered.
            at: when, in UTC; a store with a clock of its own, which all processes share, goes by that.  Lists of the
                place that were shown later than now, by a clock that was ahead, count as the oldest.
            user: who asked for it; "" for a list that is addressed to all, such as a digest.
            alone: whether nobody else sees it.
        """

    async def shown_list(self, place: Place, user: str = "") -> list[str]:
        """The paper ids that numbers mean there, in order; empty if none.  A thread does not look into its channel.

        In a channel: of the lists that `user` asked for and those addressed to all, the newest; where there is none, or
        others were shown one more than `OTHERS_COUNT_AFTER` later, that one.
        """

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """Append a question or an answer."""

    async def turns(self, place: Place, limit: int = 20) -> list[Turn]:
        """The newest turns, oldest first."""


class SavedPapers(Protocol):
    """A person's reading list within a workspace."""

    async def save(self, workspace: str, user: str, paper_id: str, at: datetime) -> bool:
        """Add; False if it was there already."""

    async def remove(self, workspace: str, user: str, paper_id: str) -> bool:
        """Take out; False if it was not there."""

    async def saved(self, workspace: str, user: str) -> list[str]:
        """Paper ids, newest first."""


class Managers(Protocol):
    """People whom a workspace has named to change its digests beside those whom the platform lets."""

    async def add(self, workspace: str, user: str) -> bool:
        """Name somebody; False if they were named already."""

    async def remove(self, workspace: str, user: str) -> bool:
        """Take the right back; False if they were not named."""

    async def of(self, workspace: str) -> list[str]:
        """All who are named, sorted."""


class Workspaces(Protocol):
    """What belongs to a workspace as a whole."""

    async def forget(self, workspace: str) -> None:
        """Delete everything a workspace owns, in every table, in one transaction."""

    async def known(self, platform: str) -> list[str]:
        """The workspaces of a platform ("discord") that own anything, sorted."""
