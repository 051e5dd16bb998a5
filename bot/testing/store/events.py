"""Inbound events in memory."""

from __future__ import annotations

from datetime import datetime, timedelta


class FakeEventLog:
    """Implements `bot.ports.EventLog`."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[datetime, datetime]] = {}  # event -> (begun at, lease ends at)
        self._finished: set[str] = set()

    async def begin(self, event: str, now: datetime, lease: timedelta) -> bool:
        """Whether to work on `event` now."""
        if event in self._finished or (event in self._begun and now < self._begun[event][1]):
            return False
        self._begun[event] = (now, now + lease)
        return True

    async def finish(self, event: str) -> None:
        """It is done; never again."""
        if event in self._begun:
            self._finished.add(event)

    async def forget_before(self, instant: datetime) -> int:
        """Drop events begun before then."""
        old = [event for event, (begun, _) in self._begun.items() if begun < instant]
        for event in old:
            del self._begun[event]
        self._finished.difference_update(old)
        return len(old)
