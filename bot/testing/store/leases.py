"""Exclusive rights in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.clock import SystemClock
from bot.ports import Clock


class _Lease(NamedTuple):
    owner: str | None
    token: int
    expires_at: datetime

    def is_held(self, now: datetime, length: timedelta) -> bool:
        return self.owner is not None and now < self.expires_at <= now + length


class FakeLeases:
    """Implements `bot.ports.Leases` by the clock that is given."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._leases: dict[str, _Lease] = {}

    async def acquire(self, name: str, owner: str, length: timedelta) -> int | None:
        """Take or renew."""
        now = self._clock.now()
        held = self._leases.get(name, _Lease(None, 0, now))
        if held.owner != owner and held.is_held(now, length):
            return None
        token = held.token if held.owner == owner else held.token + 1
        self._leases[name] = _Lease(owner, token, now + length)
        return token

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds."""
        held = self._leases.get(name)
        if held is not None and held.owner == owner:
            self._leases[name] = held._replace(owner=None)

    async def is_abandoned(self, name: str) -> bool:
        """Whether it was never taken, or was given back."""
        held = self._leases.get(name)
        return held is None or held.owner is None

    async def held(self, prefix: str, length: timedelta) -> list[str]:
        """Those that somebody holds now."""
        now = self._clock.now()
        return sorted(
            name for name, lease in self._leases.items() if name.startswith(prefix) and lease.is_held(now, length)
        )

    async def forget_ended(self, longer_ago: timedelta) -> int:
        """Drop those that ran out so long ago."""
        old = [name for name, lease in self._leases.items() if lease.expires_at < self._clock.now() - longer_ago]
        for name in old:
            del self._leases[name]
        return len(old)
