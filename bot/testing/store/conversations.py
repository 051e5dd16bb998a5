"""What was said where, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.conversation import Turn
from bot.chat.request import Place


class FakeConversations:
    """Implements `bot.ports.ConversationRepository`."""

    def __init__(self) -> None:
        self._shown: dict[Place, list[str]] = {}
        self._turns: dict[Place, list[Turn]] = {}

    async def show_list(self, place: Place, paper_ids: Sequence[str], at: datetime) -> None:
        """Remember the list last shown there."""
        self._shown[place] = list(paper_ids)

    async def shown_list(self, place: Place) -> list[str]:
        """The paper ids last shown there."""
        return list(self._shown.get(place, ()))

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """Append a turn."""
        self._turns.setdefault(place, []).append(turn)

    async def turns(self, place: Place, limit: int = 20) -> list[Turn]:
        """The newest turns, oldest first."""
        turns = self._turns.get(place, [])
        return turns[max(0, len(turns) - limit) :]

    async def forget_workspace(self, workspace: str) -> None:
        """Delete everything that was said in a workspace."""
        self.forget(workspace)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {place.workspace for place in (*self._shown, *self._turns)}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._shown = {place: ids for place, ids in self._shown.items() if place.workspace != workspace}
        self._turns = {place: turns for place, turns in self._turns.items() if place.workspace != workspace}
