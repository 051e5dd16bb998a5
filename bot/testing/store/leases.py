"""Exclusive rights in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple


class _Lease(NamedTuple):
    owner: str | None
    token: int
    expires_at: datetime


class FakeLeases:
    """Implements `bot.ports.Leases`."""

    def __init__(self) -> None:
        self._leases: dict[str, _Lease] = {}

    async def acquire(self, name: str, owner: str, now: datetime, ttl: timedelta) -> int | None:
        """Take or renew."""
        held = self._leases.get(name, _Lease(None, 0, now))
        if held.owner not in (None, owner) and now < held.expires_at:
            return None
        token = held.token if held.owner == owner else held.token + 1
        self._leases[name] = _Lease(owner, token, now + ttl)
        return token

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds."""
        held = self._leases.get(name)
        if held is not None and held.owner == owner:
            self._leases[name] = held._replace(owner=None)

    async def held(self, prefix: str, now: datetime) -> list[str]:
        """Those that somebody holds now."""
        held = [name for name, lease in self._leases.items() if lease.owner is not None and lease.expires_at > now]
        return sorted(name for name in held if name.startswith(prefix))

    async def forget_before(self, instant: datetime) -> int:
        """Drop those that ran out before then."""
        old = [name for name, lease in self._leases.items() if lease.expires_at < instant]
        for name in old:
            del self._leases[name]
        return len(old)
