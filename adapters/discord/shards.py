"""Shards: which are this process's, and the lease that keeps two processes off one shard.

Discord sends every event of a server through one shard.  Two processes on the same shard would answer everything
twice, so a shard is connected only under a lease in the database; who finds it taken waits, and takes over when the
other one is gone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import SettingsError, StoreError, Transient
from bot.ports import Clock, Leases

log = structlog.get_logger(__name__)

TTL = timedelta(seconds=15)  # how long a process that was killed keeps those on other machines waiting
RENEW_SECONDS = 4.0
RETRY_SECONDS = 1.0
_RANGE = re.compile(r"(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?/(?P<count>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Shards:
    """Some of all shards; `count` None leaves number and choice to Discord."""

    ids: tuple[int, ...] = ()
    count: int | None = None


def read_shards(value: str) -> Shards:
    """Read `auto`, `0-3/16` (the first four of sixteen) or `5/16`.  Raises `SettingsError`."""
    if value.strip().lower() == "auto":
        return Shards()
    matched = _RANGE.fullmatch(value.strip())
    if matched:
        first, count = int(matched["first"]), int(matched["count"])
        last = int(matched["last"] or first)
        if first <= last < count:
            return Shards(tuple(range(first, last + 1)), count)
    raise SettingsError("PAPERWIRE_DISCORD_SHARDS is `auto`, or a part of all shards such as 0-3/16, counted from 0.")


class ShardLeases:
    """The right to connect some shards of one application."""

    def __init__(self, leases: Leases, clock: Clock, application: int, ids: Sequence[int]) -> None:
        self._leases = leases
        self._clock = clock
        self._names = [f"discord:{application}:shard:{shard}" for shard in ids]
        self._owner = secrets.token_hex(8)

    async def acquire(self) -> None:
        """Wait until every shard is ours."""
        told = False
        while not await self._take_all():
            if not told:
                log.warning("shards_taken", action="acquire_shards", shards=len(self._names))
                told = True
            await self._clock.sleep(RETRY_SECONDS)

    async def keep(self) -> None:
        """Renew for ever.

        Raises:
            Transient: a shard was lost to another process.
            StoreError: the database has not answered for as long as the leases last.
        """
        renewed_at = self._clock.monotonic()
        while True:
            await self._clock.sleep(RENEW_SECONDS)
            try:
                if not await self._take_all():
                    raise Transient("Another process has taken over this bot's shards.")
                renewed_at = self._clock.monotonic()
            except StoreError:
                if self._clock.monotonic() - renewed_at > TTL.total_seconds() - RENEW_SECONDS:
                    raise

    async def release(self) -> None:
        """Let others have them at once."""
        for name in self._names:
            await self._leases.release(name, self._owner)

    async def _take_all(self) -> bool:
        """Take or renew all; none is kept where one cannot be had."""
        for name in self._names:
            if await self._leases.acquire(name, self._owner, TTL) is None:
                await self.release()
                return False
        return True
