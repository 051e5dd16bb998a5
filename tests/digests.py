"""What tests of digests share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time, timedelta

from bot.digests.model import Subscription, Target
from bot.digests.ports import SubscriptionRepository
from bot.digests.schedule import Schedule
from bot.ports import Clock


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
