"""Time that moves when a test says so."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements `bot.ports.Clock`.  `sleep` moves the clock at once and lets other tasks run."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 7, 10, 12, 0, tzinfo=UTC)
        self._seconds = 0.0

    def now(self) -> datetime:
        """The instant that this clock stands at."""
        return self._now

    def monotonic(self) -> float:
        """The seconds that have passed."""
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` without waiting."""
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds

    def move_to(self, instant: datetime) -> None:
        """Let time pass until an instant, or have the clock set back to one before."""
        self._seconds += max(0.0, (instant - self._now).total_seconds())
        self._now = instant

    def set_to(self, instant: datetime) -> None:
        """Have somebody set the clock, while no time passes."""
        self._now = instant


class ShiftedClock:
    """Implements `bot.ports.Clock`: the machine's own time, so much later.  It runs, and `sleep` really waits."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """The present instant, shifted."""
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        """Seconds since some instant."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""
        await asyncio.sleep(seconds)
