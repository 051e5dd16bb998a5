"""Processes that deliver digests are killed at every kind of step: is anything lost, does anything come twice?

Each kill is a `kill -9` of a real process, aimed at the digest of a channel that has just fallen due; whatever the
killed ones left is taken up by their successors.  In the end one process may finish, and delivers the next day's
digests too: what was put off to the next digest has to be in it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.crash_worker import Aim, Step, start
from benchmarks.crash_worlds import LOOK, MESSAGE, THREADS, World, open_world
from bot.bootstrap import Parts, open_app, open_store
from bot.chat.request import Final, Place, Request
from bot.digests.model import Target
from bot.ports import Store
from bot.settings import load
from bot.testing.clock import ShiftedClock
from tests.digests import due_now, until
from tests.servers.lists import daily_lists, titles

NAME = "crash"
PAPERS = 2
WEDNESDAY = datetime(2026, 7, 8, 12, tzinfo=UTC)  # by the processes' clock; in New York it is morning
PATIENCE = 60.0  # seconds until a step must have been reached
ORDER = (  # somebody looks for a message once its answer was lost
    Step.COMPOSING,
    Step.ARRIVED,
    Step.LOOKING,
    Step.COMPOSED,
    Step.LEAVING,
    Step.AT_RANDOM,
    Step.KEPT,
    Step.ARRIVING,
    Step.MARKED,
    Step.THREAD_ARRIVING,
    Step.ANSWERED,
    Step.AT_RANDOM,
    Step.ENDING,
    Step.THREAD_ARRIVED,
    Step.ENDED,
)
SEEN_BY_PLATFORM = {
    Step.ARRIVING: (MESSAGE, False),
    Step.ARRIVED: (MESSAGE, True),
    Step.LOOKING: (LOOK, False),
    Step.THREAD_ARRIVING: (THREADS, False),
    Step.THREAD_ARRIVED: (THREADS, True),
}
ONLY_ON_DISCORD = {Step.THREAD_ARRIVING, Step.THREAD_ARRIVED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, how often, and whether the bot may look for its messages."""
    parser.add_argument("--platform", choices=("slack", "discord"), default="discord")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--may-read", action="store_true", help="Slack: with the scope channels:history")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Kill, and count what the channels show."""
    return asyncio.run(crash(options.platform, options.kills, seed=options.seed, may_read=options.may_read))


async def crash(platform: str, kills: int, *, seed: int = 7, may_read: bool = False) -> dict[str, Any]:
    """Kill so many processes, then let one finish; the figures."""
    began = perf_counter()
    async with _scene(platform, may_read=may_read) as scene:
        steps = cycle(step for step in ORDER if platform == "discord" or step not in ONLY_ON_DISCORD)
        chance = random.Random(seed)  # noqa: S311 (nothing secret)
        for _ in range(kills):
            await scene.kill(next(steps), chance)
        killing = perf_counter() - began
        await scene.finish()
        figures = await scene.judged()
    return {"platform": platform, "may_read": may_read, **figures, "seconds": round(killing, 1)}


class Scene:
    """A platform, a database, and the channels that were killed at."""

    def __init__(self, world: World, store: Store, environment: dict[str, str]) -> None:
        self._world = world
        self._store = store
        self._environment = environment
        self._ahead = WEDNESDAY - datetime.now(UTC)
        self._targets: list[Target] = []
        self._kills: Counter[Step] = Counter()

    async def kill(self, step: Step, chance: random.Random) -> None:
        """Let a channel's digest fall due, and kill the process that delivers it at this step."""
        target = self._world.add_channel()
        self._targets.append(target)
        await due_now(self._store.subscriptions, target, ShiftedClock(self._ahead))
        has_part = step in {Step.LEAVING, Step.ANSWERED, Step.MARKED, Step.ARRIVING, Step.ARRIVED}
        aim = Aim(step, target, chance.randint(0, PAPERS) if has_part else 0)
        process = start(self._environment, self._ahead, aim)
        if step is Step.AT_RANDOM:
            asyncio.get_running_loop().call_later(chance.uniform(0.05, 4.0), process.kill)
        self._world.witnessed_by(_Killer(aim, process.pid or 0))
        await asyncio.to_thread(process.join, PATIENCE)
        if process.exitcode != -signal.SIGKILL:
            raise RuntimeError(f"no process came to be killed {step}: {process.exitcode}")
        self._kills[step] += 1

    async def finish(self) -> None:
        """Let one process end what is under way, and another deliver the next day's digests."""
        for _ in range(2):
            self._world.witnessed_by(lambda _what, _channel, _done: None)
            process = start(self._environment, self._ahead)
            await until(self._all_ran, 3 * PATIENCE + len(self._targets))
            await asyncio.sleep(3)  # what would come twice has time to come
            process.terminate()
            await asyncio.to_thread(process.join, PATIENCE)
            self._ahead += timedelta(days=1)

    async def _all_ran(self) -> bool:
        now = ShiftedClock(self._ahead).now()
        standings = await self._store.subscriptions.of_workspace(self._targets[0].workspace)
        return all(one.last_run_at is not None and one.last_run_at.date() == now.date() for one in standings)

    async def judged(self) -> dict[str, Any]:
        """What is there against what should be."""
        lost = duplicated = unknown = 0
        for target in self._targets:
            missing, doubled = self._compared(target)
            unsure = await self._store.deliveries.unknown(target, WEDNESDAY - timedelta(days=1))
            lost, duplicated, unknown = lost + max(0, missing - unsure), duplicated + doubled, unknown + unsure
        return {
            "kills": self._kills.total(),
            "messages": sum(len(self._world.shown(target)) for target in self._targets),
            "lost": lost,
            "duplicated": duplicated,
            "unknown": unknown,
            "reported_unknown": await self._reported(),
            "refused_by_the_platform": len(self._world.faults()),
            "kills_by_step": {step.value: count for step, count in sorted(self._kills.items())},
        }

    def _compared(self, target: Target) -> tuple[int, int]:
        """How many messages a channel lacks after two days, and how many are there twice."""
        shown = self._world.shown(target)
        days = [(WEDNESDAY - timedelta(days=1)).date(), WEDNESDAY.date()]  # a list is complete a day later
        roots = sum(not message.thread for message in shown)
        counts = [
            sum(title in message.words for message in shown if message.thread)
            for day in days
            for title in titles(day, PAPERS)
        ]
        missing = max(0, len(days) - roots) + counts.count(0)
        return missing, max(0, roots - len(days)) + sum(max(0, count - 1) for count in counts)

    async def _reported(self) -> int:
        """How many messages of unknown fate `status` tells of."""
        async with open_app(load(self._environment), Parts(clock=ShiftedClock(self._ahead), store=self._store)) as app:
            told = 0
            for target in self._targets:
                asked = Request(place=Place(target.workspace, target.channel), user="U1", text="status")
                async for reply in app.engine.handle(asked):
                    if isinstance(reply, Final):
                        told += sum(map(int, re.findall(r"Whether (\d+) of", repr(reply.document))))
            return told


class _Killer:
    """Kills a process when its platform sees what is aimed at."""

    def __init__(self, aim: Aim, pid: int) -> None:
        self._aim = aim
        self._pid = pid
        self._seen = 0

    def __call__(self, what: str, channel: str, done: bool) -> None:
        if self._aim.step not in SEEN_BY_PLATFORM or (what, done) != SEEN_BY_PLATFORM[self._aim.step]:
            return
        if self._aim.step is Step.LOOKING or channel == self._aim.target.channel:
            if self._seen == self._aim.part:
                os.kill(self._pid, signal.SIGKILL)
            self._seen += 1


@asynccontextmanager
async def _scene(platform: str, *, may_read: bool) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="paperwire-crash-") as folder:
        async with open_world(platform, may_read=may_read) as world, daily_lists(PAPERS) as source:
            environment = {
                "PAPERWIRE_DATA": str(Path(folder)),
                "HF_ENDPOINT": source,
                "PAPERWIRE_ARXIV_URL": source,
                **world.environment,
            }
            async with open_store(load(environment), ShiftedClock(timedelta())) as store:
                yield Scene(world, store, environment)
