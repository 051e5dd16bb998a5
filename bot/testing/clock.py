"""Time that moves when a test says so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements `bot.ports.Clock`.  `sleep` moves the clock at once and lets other tasks run."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 7, 10, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant that this clock stands at."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` without waiting."""
        self._now += timedelta(seconds=seconds)

    def move_to(self, instant: datetime) -> None:
        """Jump to an instant, forward or back."""
        self._now = instant


class ShiftedClock:
    """Implements `bot.ports.Clock`: the machine's own time, so much later.  It runs, and `sleep` really waits."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """The present instant, shifted."""
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""
        await asyncio.sleep(seconds)
