"""What was said where, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.chat.conversation import Turn
from bot.chat.request import Place
from bot.ports import OTHERS_COUNT_AFTER

LEEWAY = timedelta(seconds=1)  # as `bot.store.instants` has it
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class FakeConversations:
    """Implements `bot.ports.ConversationRepository`."""

    def __init__(self) -> None:
        self._shown: dict[Place, tuple[datetime, list[str]]] = {}
        self._seen: dict[tuple[Place, str], tuple[datetime, list[str]]] = {}  # by whom; "": by all
        self._turns: dict[Place, list[Turn]] = {}

    async def show_list(
        self, place: Place, paper_ids: Sequence[str], at: datetime, *, user: str = "", alone: bool = False
    ) -> bool:
        """Remember a list: the first one of a thread, the last one of a channel and of who saw it."""
        if place.thread:
            if not alone:
                self._shown.setdefault(place, (at, list(paper_ids)))
            return place in self._shown and self._shown[place][1] == list(paper_ids)
        self._age_future(place, at)
        self._seen[place, user] = (at, list(paper_ids))
        if not alone:
            self._shown[place] = (at, list(paper_ids))
        return True

    def _age_future(self, place: Place, at: datetime) -> None:
        """Make lists of a channel the oldest that were shown while the clock was ahead."""
        if place in self._shown and self._shown[place][0] > at + LEEWAY:
            self._shown[place] = (LONG_AGO, self._shown[place][1])
        for (where, user), (seen_at, ids) in self._seen.items():
            if where == place and seen_at > at + LEEWAY:
                self._seen[where, user] = (LONG_AGO, ids)

    async def shown_list(self, place: Place, user: str = "") -> list[str]:
        """The paper ids that numbers mean there."""
        public = self._shown.get(place)
        seen = [self._seen[place, who] for who in {user, ""} if (place, who) in self._seen]
        own = max(seen, key=lambda shown: shown[0], default=None)
        if own and (public is None or public[0] - own[0] <= OTHERS_COUNT_AFTER):
            return list(own[1])
        return list(public[1]) if public else []

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """Append a turn."""
        self._turns.setdefault(place, []).append(turn)

    async def turns(self, place: Place, limit: int = 20) -> list[Turn]:
        """The newest turns, oldest first."""
        turns = self._turns.get(place, [])
        return turns[max(0, len(turns) - limit) :]

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {place.workspace for place in (*self._shown, *self._turns, *(place for place, _ in self._seen))}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._shown = {place: ids for place, ids in self._shown.items() if place.workspace != workspace}
        self._seen = {key: ids for key, ids in self._seen.items() if key[0].workspace != workspace}
        self._turns = {place: turns for place, turns in self._turns.items() if place.workspace != workspace}
