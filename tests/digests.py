"""What tests of digests share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from bot.digests.courier import Courier
from bot.digests.durable import AT_ONCE, IN_PLACE, PutOff
from bot.digests.model import Subscription, Target
from bot.digests.ports import SubscriptionRepository
from bot.digests.schedule import Schedule
from bot.ports import Clock
from bot.testing.composing import PlainSteps


def wish(target: Target, **fields: object) -> Subscription:
    """A subscription for nine o'clock in Berlin, unless told otherwise."""
    given = {"owner": "U1", "schedule": Schedule(time(9), "Europe/Berlin")} | fields
    return Subscription(target=target, **given)  # type: ignore[arg-type]


async def until(ready: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Wait until something in the database has become true.  Raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not await ready():  # noqa: ASYNC110 (another process makes it true, and cannot tell)
            await asyncio.sleep(0.05)


async def due_now(subscriptions: SubscriptionRepository, target: Target, clock: Clock) -> Subscription:
    """A subscription whose slot was a few minutes ago, whatever the time is."""
    just_now = clock.now() - timedelta(minutes=4)
    subscription = wish(target, schedule=Schedule(time(just_now.hour, just_now.minute), "UTC"))
    await subscriptions.put(subscription, just_now)
    return subscription


class SimulatedQueue:
    """Implements `bot.digests.ticking.Workers` as the durable ones do, for simulated time and without a record.

    So many digests are under way at once; one that has to wait for long leaves its place and comes again.
    """

    def __init__(self, courier: Courier, clock: Clock, *, at_once: int = AT_ONCE) -> None:
        self._courier = courier
        self._clock = clock
        self._places = asyncio.Semaphore(at_once)
        self._digests: list[asyncio.Task[None]] = []

    async def hand_over(self, slot_key: str, platform: str) -> None:
        """Deliver this one."""
        self._digests.append(asyncio.create_task(self._deliver(slot_key)))

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        """Nothing is lacking here."""

    async def emptied(self) -> None:
        """Wait until all that was handed over has been delivered."""
        await asyncio.gather(*self._digests)

    async def _deliver(self, slot_key: str) -> None:
        while (seconds := await self._attempt(slot_key)) is not None:
            await self._clock.sleep(seconds)

    async def _attempt(self, slot_key: str) -> float | None:
        async with self._places:
            try:
                await self._courier.deliver(slot_key, ImpatientSteps(self._clock))
            except PutOff as wait:
                return wait.seconds
        return None


class ImpatientSteps(PlainSteps):
    """Steps that nobody records, and that leave their place for long waits."""

    async def sleep(self, seconds: float) -> None:
        if seconds > IN_PLACE:
            raise PutOff(seconds)
        await super().sleep(seconds)
