"""The tick: once a minute, what is due is written down and handed to the workers.

Every replica ticks.  The store lets one of them through for each slot, and a worker that is told of a slot twice knows
it; so there is no leader, and a crash between the two halves is made good by anybody's next tick.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.digests import unforeseen
from bot.digests.planning import plan
from bot.digests.ports import DeliveryRepository, SubscriptionRepository
from bot.ports import Clock

PERIOD = 60.0  # seconds
FIRST, SOME = 200, 20  # of what waits longest so many are looked at, and so many of these are taken

Waiting = TypeVar("Waiting")


class Workers(Protocol):
    """Whoever delivers digests."""

    async def hand_over(self, slot_key: str, platform: str) -> None:
        """Deliver this one, soon and once; telling twice changes nothing."""

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        """Look for what this one lacks; telling twice of a look that was due at the same instant changes nothing."""


class Ticker:
    """Finds what is due, and sees that it is delivered."""

    def __init__(
        self, subscriptions: SubscriptionRepository, deliveries: DeliveryRepository, workers: Workers, clock: Clock
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._workers = workers
        self._clock = clock

    async def run(self) -> None:
        """Tick at the beginning of each minute until cancelled; what fails is tried again then."""
        while True:
            with unforeseen.survived("tick_failed", "tick"):
                await self.tick()
            now = self._clock.now()
            await self._clock.sleep(PERIOD - now.timestamp() % PERIOD)

    async def tick(self) -> int:
        """Plan whatever is due, and hand over whatever waits; how many digests that were."""
        while due := await self._subscriptions.due(self._clock.now(), FIRST):
            for standing in _some(due):
                await self._subscriptions.move_on(standing, plan(standing, self._clock.now()))
            await asyncio.sleep(0)
        handed = 0
        while waiting := await self._deliveries.waiting(FIRST):
            some = _some(waiting)
            for owed in some:
                await self._workers.hand_over(owed.slot.key, owed.slot.target.platform)
            await self._deliveries.handed_over([owed.slot.key for owed in some], self._clock.now())
            handed += len(some)
        return handed + await self._look_at_incomplete()

    async def _look_at_incomplete(self) -> int:
        handed = 0
        while looks := await self._deliveries.incomplete(now := self._clock.now()):
            for look in looks:
                slot = look.owed.slot
                await self._workers.complete(slot.key, slot.target.platform, look.at)
            await self._deliveries.looked([look.owed.slot.key for look in looks], now)
            handed += len(looks)
        return handed


def _some(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Some of what waits, by chance: replicas that tick at the same time do not all do the same."""
    return random.sample(waiting, min(SOME, len(waiting)))
