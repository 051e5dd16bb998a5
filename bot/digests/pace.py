"""How fast messages may leave: so many a second in one channel, so many a second wherever they are counted together."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from bot.digests.model import Target
from bot.digests.ports import SharedTurns
from bot.ports import Clock

MANY = 10_000  # channels remembered before those whose turn is long over are dropped


class Pace:
    """Gives out turns.  Each is at least so long after the one before, in its channel and in its line.

    A turn in the line is taken only when the channel is ready for it, so no channel makes another one wait.

    Args:
        seconds_between: the least time between two messages in one channel.
        per_second: the most requests a second of one line; None for no such limit.
        burst: how many of them may leave at once after a rest.
        turns: the lines; without them, lines of this process alone.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seconds_between: float = 0.0,
        per_second: float | None = None,
        burst: int = 1,
        turns: SharedTurns | None = None,
    ) -> None:
        self._clock = clock
        self._in_channel = seconds_between
        self._a_request = 1 / per_second if per_second else 0.0  # seconds
        self._ahead_in_line = (burst - 1) * self._a_request  # seconds
        self._turns = turns or OwnTurns(clock)
        self._free_from: dict[Target, float] = {}
        self._ahead: WeakValueDictionary[Target, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, target: Target, *, line: str | None = None) -> None:
        """Wait until a message to that channel may leave.  `line` names what is counted together, by default all of the
        platform's.
        """
        async with self._ahead.setdefault(target, asyncio.Lock()):
            await self._wait(self._free_from.get(target, 0.0) - self._clock.monotonic())
            await self.in_line(line or target.platform)
            if self._in_channel:
                self._remember(target)

    async def in_line(self, line: str) -> None:
        """Wait until a request may leave, whatever it is for."""
        if self._a_request:
            await self._wait(await self._turns.take(line, self._a_request, self._ahead_in_line))

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._clock.sleep(seconds)

    def _remember(self, target: Target) -> None:
        now = self._clock.monotonic()
        if len(self._free_from) >= MANY:
            self._free_from = {target: free for target, free in self._free_from.items() if free > now}
        self._free_from[target] = now + self._in_channel


class OwnTurns:
    """Lines of one process.  Implements `bot.digests.ports.SharedTurns` where nobody shares."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_from: dict[str, float] = {}

    async def take(self, name: str, seconds: float, ahead: float = 0.0) -> float:
        """Take the next free seconds of a line."""
        now = self._clock.monotonic()
        earliest = now - ahead
        begins = max(earliest, self._free_from.get(name, earliest))
        self._free_from[name] = begins + seconds
        return max(0.0, begins - now)
