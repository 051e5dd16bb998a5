"""Inbound events in memory."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import SystemClock
from bot.ports import Clock


class FakeEventLog:
    """Implements `bot.ports.EventLog` by the clock that is given."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._begun: dict[str, tuple[datetime, datetime]] = {}  # event -> (begun at, lease ends at)
        self._finished: set[str] = set()

    async def begin(self, event: str, lease: timedelta) -> bool:
        """Whether to work on `event` now."""
        now = self._clock.now()
        if event in self._finished or (event in self._begun and now < self._begun[event][1] <= now + lease):
            return False
        self._begun[event] = (now, now + lease)
        return True

    async def finish(self, event: str) -> None:
        """It is done; never again."""
        if event in self._begun:
            self._finished.add(event)

    async def forget_begun(self, longer_ago: timedelta) -> int:
        """Drop events begun so long ago."""
        before = self._clock.now() - longer_ago
        old = [event for event, (begun, _) in self._begun.items() if begun < before]
        for event in old:
            del self._begun[event]
        self._finished.difference_update(old)
        return len(old)
