"""What is dropped, and when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bot.digests.cleaning import KEPT, Cleaner
from bot.digests.model import Edition, Kind, Owed, Slot, Target
from bot.digests.ports import Terms
from bot.errors import StoreError
from bot.testing.clock import FakeClock
from bot.testing.digests import FakeDeliveries
from bot.testing.store import FakeEventLog, FakeLeases, FakeStore
from tests.digests import wish

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Steps:
    """Counts how often it was cleaned; fails as often as `failing` says."""

    failing: int = 0
    cleaned: int = 0
    often: asyncio.Event = field(default_factory=asyncio.Event)

    async def forget(self, older: timedelta) -> int:
        if self.failing:
            self.failing -= 1
            raise StoreError("The database is locked.")
        self.cleaned += 1
        if self.cleaned == 3:
            self.often.set()
        return 0


def _cleaner(
    clock: FakeClock, steps: Steps, leases: FakeLeases | None = None, deliveries: FakeDeliveries | None = None
) -> Cleaner:
    store = FakeStore(leases=leases or FakeLeases(clock), deliveries=deliveries or FakeDeliveries())
    return Cleaner(store, steps, clock)


async def test_each_kind_of_digest_is_kept_as_long_as_the_feed_shows_it() -> None:
    deliveries, clock = FakeDeliveries(), FakeClock(NOON)
    slots = [
        (Slot(Target("slack:T1", f"C{number}"), kind, date(2026, 1, 1), Edition.FINAL), KEPT[kind] + age)
        for number, age in enumerate((-DAY, DAY))
        for kind in Kind
    ]
    for slot, age in slots:
        deliveries.owe(Owed(slot, (), NOON - age))
    await _cleaner(clock, Steps(), deliveries=deliveries).clean()
    assert [owed.slot.target.channel for owed in await deliveries.waiting()] == ["C0", "C0"]


async def test_events_and_leases_of_dead_processes_go() -> None:
    clock = FakeClock(NOON)
    events, leases = FakeEventLog(clock), FakeLeases(clock)
    await leases.acquire("digests/dead", "dead", timedelta(seconds=30))
    await events.begin("slack:1", timedelta(minutes=1))
    clock.advance(8 * DAY.total_seconds())
    await Cleaner(FakeStore(events=events, leases=leases), Steps(), clock).clean()
    assert await events.forget_begun(timedelta()) == 0
    assert await leases.forget_ended(timedelta()) == 0


async def test_it_is_done_once_a_day_however_many_processes_there_are() -> None:
    clock, steps = FakeClock(NOON), Steps()
    leases = FakeLeases(clock)
    running = [asyncio.create_task(_cleaner(clock, steps, leases).run()) for _ in range(3)]
    await steps.often.wait()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert 2 * DAY <= clock.now() - NOON < 3 * DAY


async def test_database_that_fails_is_cleaned_another_day() -> None:
    steps = Steps(failing=1)
    running = asyncio.create_task(_cleaner(FakeClock(NOON), steps).run())
    await steps.often.wait()
    running.cancel()
    assert steps.cleaned == 3


async def test_addresses_that_never_answered_are_forgotten() -> None:
    clock, store = FakeClock(NOON), FakeStore()
    silent, agreed, asked = (Target("email:local", f"{name}@example.org") for name in ("silent", "agreed", "asked"))
    terms = Terms(lifetime=timedelta(hours=1), tries=5, mails_an_hour=3)
    for target, asked_at in ((silent, NOON - 2 * DAY), (agreed, NOON - 2 * DAY), (asked, NOON)):
        await store.subscriptions.put(wish(target), NOON, paused="It waits.")
        await store.opt_ins.ask(target, target.channel, asked_at, terms)
    await store.opt_ins.redeem(agreed.workspace, agreed.channel, NOON - 2 * DAY)
    await Cleaner(store, Steps(), clock).clean()
    kept = [standing.subscription.target for standing in await store.subscriptions.of_workspace("email:local")]
    assert kept == [agreed, asked]
    assert await store.opt_ins.has_agreed(agreed)
