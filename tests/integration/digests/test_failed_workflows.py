"""A recorder that fails: what an error ended is begun again, and what waits waits no longer than it was told to."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.digests.courier import Courier
from bot.digests.durable import open_workers
from bot.digests.model import Target
from bot.digests.ports import Leave, MessageRef, unhindered
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.documents.model import Document
from bot.errors import RateLimited
from bot.store.database import Database
from bot.store.deliveries import SqlDeliveries
from bot.store.leases import SqlLeases
from bot.store.subscriptions import SqlSubscriptions
from bot.testing.composing import FakeComposer
from bot.testing.digests import FakePoster
from tests.digests import due_now, until
from tests.integration.digests.steps import execute, steps_of

QUICK = timedelta(seconds=1.5)
BUSY_TIMEOUT = 30.0  # seconds for which DBOS waits while a SQLite file is locked
FULL = {  # nothing more can be written of a step, nor how a workflow ended
    "sqlite": (
        "CREATE TRIGGER no_steps BEFORE INSERT ON operation_outputs BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
        "CREATE TRIGGER no_ends BEFORE UPDATE ON workflow_status WHEN NEW.status IN ('ERROR', 'SUCCESS') "
        "BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'could not extend file'; END $$",
        "CREATE TRIGGER no_steps BEFORE INSERT ON {0}operation_outputs FOR EACH ROW EXECUTE FUNCTION full_disk()",
        "CREATE TRIGGER no_ends BEFORE UPDATE ON {0}workflow_status FOR EACH ROW "
        "WHEN (NEW.status IN ('ERROR', 'SUCCESS')) EXECUTE FUNCTION full_disk()",
    ),
}
STEPS_FREE = {"sqlite": "DROP TRIGGER no_steps", "postgresql": "DROP TRIGGER no_steps ON {0}operation_outputs"}
ENDS_FREE = {"sqlite": "DROP TRIGGER no_ends", "postgresql": "DROP TRIGGER no_ends ON {0}workflow_status"}


class World:
    """Digests that are due, and what delivers them."""

    def __init__(self, database: Database, steps: str, poster: FakePoster) -> None:
        self.clock, self.poster, self.steps = SystemClock(), poster, steps
        self.subscriptions, self.deliveries = SqlSubscriptions(database), SqlDeliveries(database)
        sender = Sender({"slack": poster}, self.deliveries, self.clock)
        self.composer = FakeComposer()
        self.courier = Courier(
            self.composer, sender, self.subscriptions, self.deliveries, {"slack": poster}, self.clock
        )
        self.open = partial(
            open_workers, self.courier, ["slack"], SqlLeases(database), self.clock, database_url=steps, alive=QUICK
        )

    async def due(self, *channels: str) -> None:
        """Have digests due."""
        for channel in channels:
            await due_now(self.subscriptions, Target("slack:T1", channel), self.clock)

    async def have_run(self, digests: int) -> bool:
        """Whether so many have ended."""
        return len([one for one in await self.subscriptions.everything() if one.last_run_at]) == digests

    async def rows(self, column: str) -> list[tuple[str, Any]]:
        """The ids of the workflows, each with one thing that is recorded of it."""
        asked = f"SELECT workflow_uuid, {column} FROM {{0}}workflow_status"  # noqa: S608 (the tests' own)
        return [(row[0], row[1]) for row in await asyncio.to_thread(execute, self.steps, asked)]

    async def have_failed(self, workflows: int) -> bool:
        """Whether an error has ended so many."""
        return len([state for _, state in await self.rows("status") if state == "ERROR"]) == workflows


@pytest.fixture
def steps(database_url: str, tmp_path: Path) -> str:
    """Where steps are recorded."""
    return steps_of(database_url, tmp_path)


async def test_digests_whose_steps_could_not_be_recorded_are_delivered_later(database: Database, steps: str) -> None:
    world, kind = World(database, steps, FakePoster()), steps.partition(":")[0]
    await world.due("C1", "C2")
    async with world.open(after_error=0.5) as workers:
        for statement in (*FULL[kind], ENDS_FREE[kind]):
            execute(steps, statement)
        await Ticker(world.subscriptions, world.deliveries, workers, world.clock).tick()
        await until(lambda: _was_begun_again(world, 2))
        execute(steps, STEPS_FREE[kind])
        await until(lambda: world.have_run(2))
    assert len({message.key for message in world.poster.posted}) == len(world.poster.posted) == 8


async def _was_begun_again(world: World, workflows: int) -> bool:
    return len([name for name, _ in await world.rows("status") if "/again" in name]) >= workflows


async def test_digests_whose_end_could_not_be_recorded_either_are_taken_up(database: Database, steps: str) -> None:
    world, kind = World(database, steps, FakePoster()), steps.partition(":")[0]
    await world.due("C1", "C2")
    async with world.open(after_error=0.5) as workers:
        for statement in FULL[kind]:
            execute(steps, statement)
        await Ticker(world.subscriptions, world.deliveries, workers, world.clock).tick()
        await until(lambda: _have_tried(world, 2))
        for statement in (STEPS_FREE[kind], ENDS_FREE[kind]):
            execute(steps, statement)
        await until(lambda: world.have_run(2))
    assert len({message.key for message in world.poster.posted}) == len(world.poster.posted) == 8


async def _have_tried(world: World, digests: int) -> bool:
    return world.composer.composed >= digests


async def test_digest_put_off_by_a_clock_three_hours_ahead_waits_no_longer(database: Database, steps: str) -> None:
    world = World(database, steps, FakePoster(troubles=[None, RateLimited("Wait.", retry_after=600)]))
    await world.due("C1")
    async with world.open() as workers:
        await Ticker(world.subscriptions, world.deliveries, workers, world.clock).tick()
        await until(lambda: _was_begun_again(world, 1))
        execute(steps, "UPDATE {0}workflow_status SET delay_until_epoch_ms = delay_until_epoch_ms + 10800000")
        await until(lambda: world.have_run(1))
    assert len(world.poster.posted) == 4


class Timed(FakePoster):
    """A poster that notes when it is asked for a root, in seconds since 1970, and is busy at first."""

    def __init__(self, wait: float) -> None:
        super().__init__(troubles=[RateLimited("Wait.", retry_after=wait)])
        self.asked: list[float] = []

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Note it."""
        self.asked.append(time.time())
        return await super().post_root(target, title, document, key, leave)


async def test_wait_is_not_cut_to_whole_seconds(database: Database, steps: str) -> None:
    poster = Timed(0.9)
    world = World(database, steps, poster)
    await world.due("C1")
    async with world.open(in_place=0.1) as workers:
        await Ticker(world.subscriptions, world.deliveries, workers, world.clock).tick()
        await until(lambda: world.have_run(1))
    begun, again = poster.asked
    [until_ms] = [at for name, at in await world.rows("delay_until_epoch_ms") if "/again" in name]
    assert begun + 0.9 <= until_ms / 1000 + 0.001 <= again + 0.001


@pytest.mark.long
async def test_digest_outlives_a_recorder_that_is_locked_for_longer_than_it_waits(tmp_path: Path) -> None:
    database = await Database.open(None, tmp_path)
    world = World(database, steps_of("sqlite", tmp_path), FakePoster())
    await world.due("C1", "C2", "C3")
    async with world.open() as workers:
        await Ticker(world.subscriptions, world.deliveries, workers, world.clock).tick()
        await until(lambda: _has_posted(world.poster, 1))
        with closing(sqlite3.connect(tmp_path / "steps.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(BUSY_TIMEOUT + 8)
            other.execute("COMMIT")
        await until(lambda: world.have_run(3), 60)
    assert len({message.key for message in world.poster.posted}) == len(world.poster.posted) == 12
    assert not [name for name, _ in await world.rows("status") if "/again" in name]
    await database.aclose()


async def _has_posted(poster: FakePoster, messages: int) -> bool:
    return len(poster.posted) >= messages
