"""What is recorded of digests, and what is read of it: JSON, and no pickle, whoever wrote it."""

from __future__ import annotations

import asyncio
import base64
import json
import pickle
import sys
from datetime import datetime
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.digests.claims import Result
from bot.digests.courier import Courier
from bot.digests.durable import open_workers
from bot.digests.model import Target
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.store.database import Database
from bot.store.deliveries import SqlDeliveries
from bot.store.leases import SqlLeases
from bot.store.subscriptions import SqlSubscriptions
from bot.testing.composing import FakeComposer
from bot.testing.digests import FakePoster
from tests.digests import due_now, until, wish
from tests.integration.digests.steps import execute, steps_of


class Trap:
    """What makes a file as it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self._file), "w")


def _pickled(value: object) -> str:
    return base64.b64encode(pickle.dumps(value)).decode()


@pytest.fixture
def steps(database_url: str, tmp_path: Path) -> str:
    """Where steps are recorded."""
    return steps_of(database_url, tmp_path)


def _courier(poster: FakePoster, database: Database) -> Courier:
    clock, deliveries, posters = SystemClock(), SqlDeliveries(database), {"slack": poster}
    sender = Sender(posters, deliveries, clock)
    return Courier(FakeComposer(), sender, SqlSubscriptions(database), deliveries, posters, clock)


async def _states(steps: str) -> dict[str, str]:
    rows = await asyncio.to_thread(execute, steps, "SELECT workflow_uuid, status FROM {0}workflow_status")
    return {row[0]: row[1] for row in rows}


async def test_all_that_is_recorded_is_json(database: Database, steps: str) -> None:
    clock, poster, subscriptions = SystemClock(), FakePoster(), SqlSubscriptions(database)
    await due_now(subscriptions, Target("slack:T1", "C1"), clock)
    async with open_workers(
        _courier(poster, database), ["slack"], SqlLeases(database), clock, database_url=steps
    ) as workers:
        await Ticker(subscriptions, SqlDeliveries(database), workers, clock).tick()
        await until(lambda: _have_ended(steps))
        forms = execute(
            steps, "SELECT serialization FROM {0}workflow_status UNION SELECT serialization FROM {0}operation_outputs"
        )
        recorded = execute(steps, "SELECT output FROM {0}operation_outputs UNION SELECT inputs FROM {0}workflow_input")
    assert forms == [("portable_json",)]
    assert len(recorded) == 3  # what goes in, what a step comes to, and the end
    assert all(isinstance(json.loads(row[0]), dict) for row in recorded)


async def _have_ended(steps: str) -> bool:
    return set((await _states(steps)).values()) == {"SUCCESS"}


PLANTING = (
    "UPDATE {0}workflow_status SET serialization = :form WHERE workflow_uuid <> :running",
    "UPDATE {0}workflow_input SET inputs = :input WHERE workflow_uuid <> :running",
    "UPDATE {0}workflow_status SET status = 'PENDING', executor_id = 'dead' WHERE workflow_uuid = :taken",
    "INSERT INTO {0}operation_outputs (workflow_uuid, function_id, function_name, output, serialization) "
    "VALUES (:running, 1, 'compose', :output, :form)",
)


@pytest.mark.parametrize("form", ["py_pickle", None])
async def test_row_with_a_pickle_runs_no_code(database: Database, steps: str, tmp_path: Path, form: str | None) -> None:
    trap, clock, leases = Trap(tmp_path / "sprung"), SystemClock(), SqlLeases(database)
    waiting, taken, running = (f"slack:T1/C{number}/daily/2026-07-10/final" for number in range(3))
    courier = _courier(FakePoster(), database)
    async with open_workers(courier, ["discord"], leases, clock, database_url=steps) as workers:
        for slot in (waiting, taken, running):
            await workers.hand_over(slot, "slack")  # whose queue nobody serves yet
    planted = {"form": form, "input": _pickled({"args": (trap,), "kwargs": {}}), "output": _pickled(trap)}
    planted |= {"taken": taken, "running": running}
    for statement in PLANTING:
        execute(steps, statement, planted)
    async with open_workers(courier, ["slack"], leases, clock, database_url=steps):
        await until(lambda: _are_done_with(steps, [waiting, taken, running]))
    assert not (tmp_path / "sprung").exists()


async def _are_done_with(steps: str, names: list[str]) -> bool:
    states = await _states(steps)
    return not any(states.get(name) in ("ENQUEUED", "PENDING") for name in names)


DIED = 9
OLDER = f"""
import os, sys
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
url, pending, enqueued, delayed, look = sys.argv[1:]
DBOS(config={{"name": "paperwire", "system_database_url": url, "executor_id": "older", "enable_otlp": False,
             "application_version": "digests-2", "log_level": "ERROR"}})

@DBOS.step()
def compose():
    return {{"next": "on", "wait": 0.0, "messages": 4}}

@DBOS.workflow(name="digest")
def deliver(slot_key):
    compose()
    os._exit({DIED})

@DBOS.workflow(name="completion")
def complete(slot_key):
    pass

DBOS.listen_queues(["nobody's"])
DBOS.launch()
with SetWorkflowID(enqueued):
    DBOS.enqueue_workflow("digests-slack", deliver, enqueued)
with SetWorkflowID(delayed + "/again 1"), SetEnqueueOptions(delay_seconds=3600):
    DBOS.enqueue_workflow("digests-slack", deliver, delayed)
with SetWorkflowID(look + "/look 2026-07-10T07:15:00+00:00"):
    DBOS.enqueue_workflow("digests-slack", complete, look)
with SetWorkflowID(pending):
    deliver(pending)
"""


class Predecessor:
    """Implements `bot.digests.ticking.Workers`: notes what it is told."""

    def __init__(self) -> None:
        self.slots: list[str] = []

    async def hand_over(self, slot_key: str, platform: str) -> None:
        """Note it."""
        self.slots.append(slot_key)

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        """Nothing is lacking here."""


async def test_what_an_older_version_recorded_as_pickles_is_delivered_once(database: Database, steps: str) -> None:
    clock, poster, leases, older = SystemClock(), FakePoster(), SqlLeases(database), Predecessor()
    subscriptions, deliveries = SqlSubscriptions(database), SqlDeliveries(database)
    for number in range(3):
        await due_now(subscriptions, Target("slack:T1", f"C{number}"), clock)
    await Ticker(subscriptions, deliveries, older, clock).tick()
    await _send_root(older.slots[0], database, poster)
    looked_at = "slack:T1/C9/daily/2026-07-10/final"
    died = await asyncio.create_subprocess_exec(sys.executable, "-c", OLDER, steps, *older.slots, looked_at)
    assert await died.wait() == DIED
    assert sorted((await _states(steps)).values()) == ["DELAYED", "ENQUEUED", "ENQUEUED", "PENDING"]
    async with open_workers(_courier(poster, database), ["slack"], leases, clock, database_url=steps):
        await until(lambda: _have_run(subscriptions, 3))
        await until(lambda: _has_ended(steps, f"{looked_at}/look 2026-07-10T07:15:00+00:00/again 1"))
    assert len({message.key for message in poster.posted}) == len(poster.posted) == 12


async def _send_root(slot_key: str, database: Database, poster: FakePoster) -> None:
    """Send the first message of a digest, as somebody did who died afterwards."""
    deliveries, owed = SqlDeliveries(database), await SqlDeliveries(database).owed(slot_key)
    assert owed is not None
    digest = await FakeComposer().compose(wish(owed.slot.target), owed.slot, owed.days)
    await deliveries.compose(digest)
    sent = await Sender({"slack": poster}, deliveries, SystemClock()).send(digest, 0)
    assert sent.result is Result.SENT


async def _have_run(subscriptions: SqlSubscriptions, digests: int) -> bool:
    return len([standing for standing in await subscriptions.everything() if standing.last_run_at]) == digests


async def _has_ended(steps: str, name: str) -> bool:
    return (await _states(steps)).get(name) == "SUCCESS"
