"""Digests delivered by real workflows, on SQLite and on Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.digests.courier import Courier
from bot.digests.durable import DurableWorkers, living_workers, open_workers
from bot.digests.model import Kind, Owed, Slot, Target
from bot.digests.ports import Progress
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.errors import RateLimited, StoreError
from bot.store.database import Database
from bot.store.deliveries import SqlDeliveries
from bot.store.leases import SqlLeases
from bot.store.subscriptions import SqlSubscriptions
from bot.testing.composing import FakeComposer
from bot.testing.digests import FakePoster
from tests.digests import due_now, until


async def test_due_digests_are_delivered_once_however_often_they_are_handed_over(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock, poster, composer = SystemClock(), FakePoster(), FakeComposer()
    subscriptions, deliveries = SqlSubscriptions(database), SqlDeliveries(database)
    targets = [Target("slack:T1", f"C{number}") for number in range(5)]
    for target in targets:
        await due_now(subscriptions, target, clock)
    courier = Courier(
        composer, Sender({"slack": poster}, deliveries, clock), subscriptions, deliveries, {"slack": poster}, clock
    )
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    async with open_workers(courier, ["slack"], SqlLeases(database), clock, database_url=steps) as workers:
        ticker = Ticker(subscriptions, deliveries, workers, clock)
        assert await ticker.tick() == 5
        await until(lambda: _all_ran(subscriptions, targets))
        for digest in [await deliveries.digests(target) for target in targets]:
            await workers.hand_over(digest[0].slot.key, "slack")
        await asyncio.sleep(0.2)
        assert await workers.forget(timedelta(days=1)) == 0
        assert [await workers.forget(timedelta()) for _ in range(2)] == [5, 0]
    assert await asyncio.to_thread(int) == 0  # whoever else runs on this loop still has threads
    assert len({message.key for message in poster.posted}) == len(poster.posted) == 20
    assert composer.composed == 5


async def _all_ran(subscriptions: SqlSubscriptions, targets: list[Target]) -> bool:
    standings = [await subscriptions.get(target, Kind.DAILY) for target in targets]
    return all(standing is not None and standing.last_run_at for standing in standings)


async def test_a_look_completes_a_digest_once_however_often_it_is_handed_over(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock, poster = SystemClock(), FakePoster()
    composer = FakeComposer(papers=2, missing="The model does not answer.", unsummarized=(1,), late=1)
    subscriptions, deliveries, target = SqlSubscriptions(database), SqlDeliveries(database), Target("slack:T1", "C1")
    await due_now(subscriptions, target, clock)
    sender = Sender({"slack": poster}, deliveries, clock)
    courier = Courier(composer, sender, subscriptions, deliveries, {"slack": poster}, clock)
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    async with open_workers(courier, ["slack"], SqlLeases(database), clock, database_url=steps) as workers:
        await Ticker(subscriptions, deliveries, workers, clock).tick()
        await until(lambda: _all_ran(subscriptions, [target]))
        [digest] = await deliveries.digests(target)
        now = clock.now()
        for _ in range(3):
            await workers.complete(digest.slot.key, "slack", now)
        await until(lambda: _is_complete(deliveries, target))
    assert (len(poster.posted), len(poster.edits)) == (4, 2)


async def _is_complete(deliveries: SqlDeliveries, target: Target) -> bool:
    [digest] = await deliveries.digests(target)
    return digest.gaps is None and not await deliveries.outdated(digest)


async def test_digest_that_has_to_wait_leaves_its_place_and_comes_again(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    wait = RateLimited("Wait.", retry_after=0.2)
    clock, poster, composer = SystemClock(), FakePoster(troubles=[None, wait, wait, None, wait]), FakeComposer()
    subscriptions, deliveries, target = SqlSubscriptions(database), SqlDeliveries(database), Target("slack:T1", "C1")
    await due_now(subscriptions, target, clock)
    sender = Sender({"slack": poster}, deliveries, clock)
    courier = Courier(composer, sender, subscriptions, deliveries, {"slack": poster}, clock)
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    leases = SqlLeases(database)
    async with open_workers(courier, ["slack"], leases, clock, database_url=steps, in_place=0.1) as workers:
        await Ticker(subscriptions, deliveries, workers, clock).tick()
        await until(lambda: _all_ran(subscriptions, [target]))
        ended: list[int] = []
        await until(lambda: _have_ended(workers, ended, 4))
    assert len({message.key for message in poster.posted}) == len(poster.posted) == 4
    assert composer.composed == 1


async def _have_ended(workers: DurableWorkers, ended: list[int], workflows: int) -> bool:
    ended.append(await workers.forget(timedelta()))
    return sum(ended) == workflows


class Moody(SqlDeliveries):
    """Deliveries in a database that is locked now and then."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.troubles = 1

    async def states(self, slot: Slot) -> Mapping[int, Progress]:
        if self.troubles:
            self.troubles -= 1
            raise StoreError("The database is locked.")
        return await super().states(slot)


async def test_digest_outlives_a_database_that_is_locked_for_a_while(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock, poster = SystemClock(), FakePoster()
    subscriptions, deliveries = SqlSubscriptions(database), Moody(database)
    target = Target("slack:T1", "C1")
    await due_now(subscriptions, target, clock)
    posters = {"slack": poster}
    courier = Courier(FakeComposer(), Sender(posters, deliveries, clock), subscriptions, deliveries, posters, clock)
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    async with open_workers(courier, ["slack"], SqlLeases(database), clock, database_url=steps) as workers:
        await Ticker(subscriptions, deliveries, workers, clock).tick()
        await until(lambda: _all_ran(subscriptions, [target]))
    assert len(poster.posted) == 4
    assert deliveries.troubles == 0


class Cursed(SqlDeliveries):
    """Deliveries that fail now and then with an error that nobody foresaw, at the step and at the note about it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.troubles = 2

    async def owed(self, slot_key: str) -> Owed | None:
        if self.troubles:
            self.troubles -= 1
            raise ZeroDivisionError
        return await super().owed(slot_key)


async def test_digest_outlives_an_error_that_nobody_foresaw(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.digests.durable.AFTER_FAULT", 0.1)
    clock, poster = SystemClock(), FakePoster()
    subscriptions, deliveries = SqlSubscriptions(database), Cursed(database)
    target = Target("slack:T1", "C1")
    await due_now(subscriptions, target, clock)
    posters = {"slack": poster}
    courier = Courier(FakeComposer(), Sender(posters, deliveries, clock), subscriptions, deliveries, posters, clock)
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    async with open_workers(courier, ["slack"], SqlLeases(database), clock, database_url=steps) as workers:
        await Ticker(subscriptions, deliveries, workers, clock).tick()
        await until(lambda: _all_ran(subscriptions, [target]))
    assert (len(poster.posted), deliveries.troubles) == (4, 0)


async def test_worker_shows_signs_of_life_whatever_becomes_of_its_chores(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: DurableWorkers) -> None:
        raise ZeroDivisionError

    done = asyncio.Event()

    async def last(_: DurableWorkers) -> None:
        done.set()

    monkeypatch.setattr(DurableWorkers, "adopt", broken)
    monkeypatch.setattr(DurableWorkers, "end_void_delays", last)
    clock, leases = SystemClock(), SqlLeases(database)
    subscriptions, deliveries, posters = SqlSubscriptions(database), SqlDeliveries(database), {"slack": FakePoster()}
    courier = Courier(FakeComposer(), Sender(posters, deliveries, clock), subscriptions, deliveries, posters, clock)
    steps, alive = f"sqlite:///{tmp_path / 'steps.db'}", timedelta(seconds=0.6)
    async with open_workers(courier, ["slack"], leases, clock, database_url=steps, alive=alive):
        await done.wait()
        for _ in range(4):
            done.clear()
            await done.wait()
        assert await living_workers(leases) == 1


async def test_workers_that_stop_in_the_middle_lose_no_digest(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock, poster = SystemClock(), FakePoster()
    subscriptions, deliveries = SqlSubscriptions(database), SqlDeliveries(database)
    targets = [Target("slack:T1", f"C{number}") for number in range(8)]
    for target in targets:
        await due_now(subscriptions, target, clock)
    sender = Sender({"slack": poster}, deliveries, clock)
    courier = Courier(FakeComposer(), sender, subscriptions, deliveries, {"slack": poster}, clock)
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    for stop_at in (1, 12):
        async with open_workers(courier, ["slack"], SqlLeases(database), clock, database_url=steps) as workers:
            await Ticker(subscriptions, deliveries, workers, clock).tick()
            await until(lambda stop_at=stop_at: _posted(poster, stop_at))  # type: ignore[misc]
    async with open_workers(courier, ["slack"], SqlLeases(database), clock, database_url=steps):
        await until(lambda: _all_ran(subscriptions, targets))
    assert len({message.key for message in poster.posted}) == len(poster.posted) == 32


async def _posted(poster: FakePoster, messages: int) -> bool:
    return len(poster.posted) >= messages


async def test_digest_that_an_older_version_left_is_delivered(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock, poster = SystemClock(), FakePoster(troubles=[None, RateLimited("Wait.", retry_after=3600)])
    subscriptions, deliveries = SqlSubscriptions(database), SqlDeliveries(database)
    target, leases = Target("slack:T1", "C1"), SqlLeases(database)
    await due_now(subscriptions, target, clock)
    sender = Sender({"slack": poster}, deliveries, clock)
    courier = Courier(FakeComposer(), sender, subscriptions, deliveries, {"slack": poster}, clock)
    steps = database_url if "postgres" in database_url else f"sqlite:///{tmp_path / 'steps.db'}"
    async with open_workers(courier, ["slack"], leases, clock, database_url=steps, version="older") as workers:
        await Ticker(subscriptions, deliveries, workers, clock).tick()
        await until(lambda: _posted(poster, 1))
        ended: list[int] = []
        await until(lambda: _have_ended(workers, ended, 1))
    async with open_workers(courier, ["slack"], leases, clock, database_url=steps):
        await until(lambda: _all_ran(subscriptions, [target]))
    assert len({message.key for message in poster.posted}) == len(poster.posted) == 4
