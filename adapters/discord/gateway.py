"""How the bot connects: to which addresses, how often it may identify itself, and whether it still hears anything."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.errors import FAULTS
from bot.errors import StoreError
from bot.ports import Clock, Leases

log = structlog.get_logger(__name__)


def aim_rest(api_url: str) -> None:
    """Send every REST call of discord.py, of webhooks too, to this base address."""
    Route.BASE = api_url.rstrip("/")


def aim_gateway(url: str) -> None:
    """Have every first connection, and every one after an invalid session, go to the gateway that Discord named."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarts:
    """How often the bot may still identify itself, as `/gateway/bot` says; `reset_after` in seconds."""

    total: int
    remaining: int
    reset_after: float
    at_once: int = 1


class IdentifyBudget:
    """Spreads identifying, because Discord resets the token of a bot that does it more than 1,000 times a day.

    Shards of one bucket wait `spacing` seconds for each other, as Discord demands.  When less than half of the day's
    budget is left, the rest is spread evenly over the time until it is renewed; so a crash loop becomes a slow one,
    without anything to remember between processes.
    """

    def __init__(self, starts: SessionStarts, spacing: float = 5.0) -> None:
        self._total, self._remaining = starts.total, starts.remaining
        self._at_once = max(1, starts.at_once)
        self._spacing = spacing
        self._reset_at = asyncio.get_running_loop().time() + starts.reset_after
        self._bucket_free_at: defaultdict[int, float] = defaultdict(float)
        self._known: set[int] = set()

    async def wait(self, shard: int) -> None:
        """Wait until this shard may identify itself, and count that it does."""
        pause = self.pause(shard)
        self._remaining -= 1
        self._known.add(shard)
        bucket = shard % self._at_once
        self._bucket_free_at[bucket] = asyncio.get_running_loop().time() + pause + self._spacing
        if pause > 60:
            log.warning("identify_budget_low", action="identify", shard=shard, wait_seconds=round(pause))
        await asyncio.sleep(pause)

    def pause(self, shard: int) -> float:
        """Seconds to wait now: for the bucket, for the budget, and a random while where a session became invalid."""
        now = asyncio.get_running_loop().time()
        if now >= self._reset_at:
            self._remaining, self._reset_at = self._total, now + 24 * 3600.0
        left = self._reset_at - now
        scarce = 0.0
        if self._remaining < 1:
            scarce = left
        elif self._remaining * 2 < self._total:
            scarce = left / self._remaining
        again = random.uniform(0.2, 1.0) * self._spacing if shard in self._known else 0.0  # noqa: S311 (no secret)
        return max(scarce, again, self._bucket_free_at[shard % self._at_once] - now)


class IdentifyOrder:
    """Has the shards of one bucket identify themselves one after the other, in whatever process they are.

    A lease in the shared database stands for each bucket; nobody gives it back, so it lasts as long as Discord demands
    that the next one waits.  Without the database nobody waits: who is too early is refused, and tries again.
    """

    def __init__(self, leases: Leases, clock: Clock, application: int, at_once: int, spacing: float = 5.0) -> None:
        self._leases = leases
        self._clock = clock
        self._application = application
        self._at_once = max(1, at_once)
        self._spacing = timedelta(seconds=spacing)

    async def wait(self, shard: int) -> None:
        """Wait until it is this shard's turn."""
        bucket = f"discord:{self._application}:identify:{shard % self._at_once}"
        turn = secrets.token_hex(8)
        try:
            while await self._leases.acquire(bucket, turn, self._spacing) is None:
                await self._clock.sleep(self._spacing.total_seconds() / 20)
        except StoreError as error:
            log.warning("identify_order_unknown", action="identify", shard=shard, reason=error.sentence)


class Watchdog:
    """Notices a connection that is alive but deaf, and replaces it.

    Heartbeats prove that the socket lives, not that events arrive.  So from time to time a shard asks the gateway for
    the bot's own membership, which is answered by an event; without that answer the session is resumed (what was
    missed comes then), and if it stays deaf, begun anew.
    """

    def __init__(self, client: discord.AutoShardedClient, every: float, patience: float) -> None:
        self._client = client
        self._every = every
        self._patience = patience
        self._deaf: set[int] = set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            for shard in tuple(self._client.shards):
                await self._check(shard)

    async def _check(self, shard: int) -> None:
        if await self._hears(shard):
            self._deaf.discard(shard)
            return
        log.warning("shard_deaf", action="watch_shard", shard=shard, again=shard in self._deaf)
        try:
            await self._replace(shard)
        except FAULTS:
            log.warning("shard_not_replaced", action="watch_shard", shard=shard, exc_info=True)

    async def _hears(self, shard: int) -> bool:
        """Whether a question to the gateway is answered; true where there is nothing to ask about."""
        guild = next((each for each in self._client.guilds if each.shard_id == shard and not each.unavailable), None)
        info = self._client.get_shard(shard)
        if guild is None or info is None or info.is_closed() or self._client.user is None:
            return True
        try:
            async with asyncio.timeout(self._patience):
                await guild.query_members(user_ids=[self._client.user.id], cache=False)
        except (TimeoutError, *FAULTS):
            return False
        return True

    async def _replace(self, shard: int) -> None:
        info = self._client.get_shard(shard)
        if shard in self._deaf and info is not None:
            self._deaf.discard(shard)
            await info.reconnect()
            return
        self._deaf.add(shard)
        socket = self._client._get_websocket(shard_id=shard)
        await socket.close(code=4000)  # with any code but 1000 and 1001 the session can be resumed
