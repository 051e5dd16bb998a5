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
import signal
from collections import Counter
from datetime import timedelta
from itertools import cycle
from time import perf_counter
from typing import Any

from benchmarks.crash_worker import Aim, Step, start
from benchmarks.crash_worlds import LOOK, MESSAGE, THREADS
from benchmarks.digest_scene import PAPERS, PATIENCE, WEDNESDAY, Scene, open_scene, stop
from tests.digests import until

NAME = "crash"
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
    async with open_scene(platform, may_read=may_read or platform == "discord") as scene:
        killings = Killings(scene)
        steps = cycle(step for step in ORDER if platform == "discord" or step not in ONLY_ON_DISCORD)
        chance = random.Random(seed)  # noqa: S311 (nothing secret)
        for _ in range(kills):
            await killings.kill(next(steps), chance)
        killing = perf_counter() - began
        await killings.finish()
        figures = await killings.judged()
    return {"platform": platform, "may_read": may_read, **figures, "seconds": round(killing, 1)}


class Killings:
    """Processes that are killed while they deliver."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._kills: Counter[Step] = Counter()

    async def kill(self, step: Step, chance: random.Random) -> None:
        """Let a channel's digest fall due, and kill the process that delivers it at this step."""
        target = await self._scene.owe()
        has_part = step in {Step.LEAVING, Step.ANSWERED, Step.MARKED, Step.ARRIVING, Step.ARRIVED}
        aim = Aim(step, target, chance.randint(0, PAPERS) if has_part else 0)
        process = start(self._scene.environment, self._scene.ahead, aim)
        if step is Step.AT_RANDOM:
            asyncio.get_running_loop().call_later(chance.uniform(0.05, 4.0), process.kill)
        self._scene.world.witnessed_by(_Killer(aim, process.pid or 0))
        await asyncio.to_thread(process.join, PATIENCE)
        if process.exitcode != -signal.SIGKILL:
            raise RuntimeError(f"no process came to be killed {step}: {process.exitcode}")
        self._kills[step] += 1

    async def finish(self) -> None:
        """Let one process end what is under way, and another deliver the next day's digests."""
        for _ in range(2):
            self._scene.world.witnessed_by(lambda _what, _channel, _done: None)
            process = start(self._scene.environment, self._scene.ahead)
            await until(self._scene.all_ran, 3 * PATIENCE + len(self._scene.targets))
            await asyncio.sleep(3)  # what would come twice has time to come
            await stop(process)
            self._scene.ahead += timedelta(days=1)

    async def judged(self) -> dict[str, Any]:
        """What is there after two days against what should be."""
        days = [(WEDNESDAY - timedelta(days=1)).date(), WEDNESDAY.date()]  # a list is complete a day later
        return {
            "kills": self._kills.total(),
            **await self._scene.judged(days),
            "kills_by_step": {step.value: count for step, count in sorted(self._kills.items())},
        }


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
