"""What the tick hands over, through a year, through crashes and with several replicas."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.digests.model import Kind, Standing, Target
from bot.digests.planning import first_due
from bot.digests.schedule import WEEKDAYS, Schedule
from bot.digests.ticking import Ticker
from bot.errors import StoreError
from bot.testing.clock import FakeClock
from bot.testing.digests import FakeDeliveries, FakeSubscriptions
from tests.digests import wish

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC", "Pacific/Apia"]


class FakeWorkers:
    """Delivers at once whatever is handed over; dies before the next one if told so."""

    def __init__(self, subscriptions: FakeSubscriptions, deliveries: FakeDeliveries) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self.slots: list[str] = []
        self.looks: list[tuple[str, datetime]] = []
        self.dying = False

    async def hand_over(self, slot_key: str, platform: str) -> None:
        if self.dying:
            raise KeyboardInterrupt
        self.slots.append(slot_key)
        owed = await self._deliveries.owed(slot_key)
        assert owed is not None
        slot = owed.slot
        await self._subscriptions.ran(slot.target, slot.kind, owed.due, None if slot.notice else slot.day, "")

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        if self.dying:
            raise KeyboardInterrupt
        self.looks.append((slot_key, at))


class World:
    """A store, a clock and workers that tickers share."""

    def __init__(self) -> None:
        self.clock = FakeClock(NEW_YEAR)
        self.deliveries = FakeDeliveries()
        self.subscriptions = FakeSubscriptions(self.deliveries)
        self.workers = FakeWorkers(self.subscriptions, self.deliveries)

    def ticker(self) -> Ticker:
        return Ticker(self.subscriptions, self.deliveries, self.workers, self.clock)

    async def subscribe(self, channel: str, zone: str = "UTC", at: time = time(9), **fields: object) -> None:
        schedule = Schedule(at, zone, WEEKDAYS)
        subscription = wish(Target("slack:T1", channel), schedule=schedule, **fields)
        await self.subscriptions.put(subscription, first_due(subscription, self.clock.now()))


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("channels", [100, pytest.param(1000, marks=pytest.mark.long)])
async def test_a_year_of_many_subscriptions(world: World, channels: int) -> None:
    for number in range(channels):
        await world.subscribe(f"C{number}", ZONES[number % len(ZONES)], time(number % 24, number % 60))
    ticker = world.ticker()
    for _ in range(365 * 4):
        world.clock.advance(6 * 3600)
        await ticker.tick()
    slots = Counter(world.workers.slots)
    assert max(slots.values()) == 1
    by_channel = Counter(key.split("/")[1] for key in slots)
    assert set(by_channel) == {f"C{number}" for number in range(channels)}
    assert min(by_channel.values()) >= 260  # the weekdays of a year


async def test_several_replicas_hand_each_slot_over(world: World) -> None:
    for number in range(50):
        await world.subscribe(f"C{number}")
    world.clock.advance(10 * 3600)
    await asyncio.gather(*[world.ticker().tick() for _ in range(3)])
    assert len(set(world.workers.slots)) == 50


async def test_crash_before_the_workers_heard_is_made_good_by_the_next_tick(world: World) -> None:
    await world.subscribe("C1")
    world.clock.advance(10 * 3600)
    world.workers.dying = True
    with pytest.raises(KeyboardInterrupt):
        await world.ticker().tick()
    assert await world.subscriptions.due(world.clock.now()) == []
    world.workers.dying = False
    assert await world.ticker().tick() == 1
    assert await world.ticker().tick() == 0


async def test_after_a_week_of_silence_one_digest_is_owed(world: World) -> None:
    await world.subscribe("C1")
    world.clock.move_to(NEW_YEAR + timedelta(days=7, hours=9, minutes=5))
    assert await world.ticker().tick() == 1


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2)])
async def test_clock_that_jumps_changes_no_count(world: World, jump: timedelta) -> None:
    await world.subscribe("C1")
    world.clock.move_to(NEW_YEAR + timedelta(hours=9, minutes=5))
    assert await world.ticker().tick() == 1
    world.clock.move_to(world.clock.now() + jump)
    assert await world.ticker().tick() == 0


def test_change_between_the_hour_and_its_jitter_loses_no_digest() -> None:
    nine = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
    late = wish(Target("slack:T1", "C1"), schedule=Schedule(time(9), "UTC", WEEKDAYS))
    due = nine + timedelta(seconds=late.jitter)
    assert late.jitter > 1
    assert first_due(late, due - timedelta(seconds=1)) == due
    assert first_due(late, due) == due + timedelta(days=1)


async def test_missed_window_is_skipped_with_a_note(world: World) -> None:
    await world.subscribe("C1")
    world.clock.move_to(NEW_YEAR + timedelta(hours=16))
    assert await world.ticker().tick() == 0
    standing = await world.subscriptions.get(Target("slack:T1", "C1"), Kind.DAILY)
    assert standing is not None
    assert "skipped" in standing.last_note


@pytest.mark.parametrize("error", [StoreError("The database is locked."), ZeroDivisionError()])
async def test_database_that_fails_is_asked_again_next_minute(world: World, error: Exception) -> None:
    class Failing(FakeSubscriptions):
        asked = 0

        async def due(self, now: datetime, limit: int = 1000) -> list[Standing]:
            self.asked += 1
            if self.asked == 3:
                raise asyncio.CancelledError
            raise error

    ticker = Ticker(Failing(world.deliveries), world.deliveries, world.workers, world.clock)
    with pytest.raises(asyncio.CancelledError):
        await ticker.run()
    assert world.clock.now() == NEW_YEAR + timedelta(minutes=2)


async def test_look_whose_handing_over_broke_off_is_handed_over_as_the_same_one(world: World) -> None:
    await world.subscribe("C1")
    world.clock.move_to(NEW_YEAR + timedelta(hours=9, minutes=5))
    await world.ticker().tick()
    [key] = world.workers.slots
    await world.deliveries.look_again(key, world.clock.now())
    world.workers.dying = True
    with pytest.raises(KeyboardInterrupt):
        await world.ticker().tick()
    world.workers.dying = False
    await world.ticker().tick()
    await world.ticker().tick()
    assert world.workers.looks == [(key, world.clock.now())]
