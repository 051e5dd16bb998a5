"""Replies under way, in memory."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.chat.request import Place
from bot.clock import SystemClock
from bot.ports import Clock, OpenReply

SKEW = timedelta(minutes=1)  # between clocks that are right


class FakeOpenReplies:
    """Implements `bot.ports.OpenReplies`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._open: dict[tuple[Place, str], OpenReply] = {}

    async def opened(self, reply: OpenReply) -> None:
        """Remember it."""
        self._open[reply.place, reply.message] = reply

    async def became(self, intended: OpenReply, reply: OpenReply) -> None:
        """Remember it in place of what was intended."""
        await self.closed(intended)
        await self.opened(reply)

    async def closed(self, reply: OpenReply) -> None:
        """It is finished."""
        self._open.pop((reply.place, reply.message), None)

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        """Those of a platform opened before then, or in the future, and never closed, oldest first."""
        own = [reply for reply in self._open.values() if reply.place.workspace.startswith(f"{platform}:")]
        future = self._clock.now() + SKEW
        left = [reply for reply in own if reply.opened_at < before or reply.opened_at > future]
        return sorted(left, key=lambda reply: reply.opened_at)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {place.workspace for place, _ in self._open}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._open = {key: reply for key, reply in self._open.items() if key[0].workspace != workspace}
