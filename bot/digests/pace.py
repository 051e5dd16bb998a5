"""How fast messages may leave: so many a second in one channel, so many a second in all of them together."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.digests.model import Target
from bot.ports import Clock

MANY = 10_000  # channels remembered before those whose turn is long over are dropped


class Pace:
    """Gives out turns.  Each is at least so long after the one before, in its channel and over all.

    Args:
        seconds_between: the least time between two messages in one channel.
        per_second: the most messages a second in all channels together; None for no such limit.
    """

    def __init__(self, clock: Clock, *, seconds_between: float = 0.0, per_second: float | None = None) -> None:
        self._clock = clock
        self._in_channel = timedelta(seconds=seconds_between)
        self._over_all = timedelta(seconds=1 / per_second) if per_second else timedelta()
        self._free_from: dict[Target, datetime] = {}
        self._all_free_from: datetime | None = None

    async def turn(self, target: Target, requests: int = 1) -> None:
        """Wait until a message that takes so many requests may leave.  Its turn is taken at once, so nobody else's."""
        now = self._clock.now()
        at = max(now, self._free_from.get(target, now), self._all_free_from or now)
        self._free_from[target] = at + self._in_channel
        self._all_free_from = at + requests * self._over_all
        self._forget(now)
        if at > now:
            await self._clock.sleep((at - now).total_seconds())

    def _forget(self, now: datetime) -> None:
        if len(self._free_from) > MANY:
            self._free_from = {target: free for target, free in self._free_from.items() if free > now}
