"""A process is frozen while it sends digests, another one takes its work over, and the frozen one wakes up again.

Real processes: the first one is stopped by SIGSTOP at a message of one channel, with all others under way, either right
before the request leaves or when the platform has it and its answer has not come.  What people see in the end is
counted, and `given_up`: of how many messages nobody knew the fate before the frozen process woke up.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.crash_worker import Aim, Spans, Step, start
from benchmarks.crash_worlds import MESSAGE
from benchmarks.digest_scene import PATIENCE, WEDNESDAY, Scene, open_scene, stop
from benchmarks.postgres import postgres
from bot.digests.claims import SETTLED
from bot.digests.durable import ALIVE, living_workers
from tests.digests import until

NAME = "frozen"
STEPS = {"leaving": Step.LEAVING, "arrived": Step.ARRIVED}
LIST_DAY = (WEDNESDAY - timedelta(days=1)).date()
USUAL = Spans(ALIVE, SETTLED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, for how long, and whether the bot may look for its messages."""
    parser.add_argument("--platform", choices=("slack", "discord"), default="slack")
    parser.add_argument("--at", choices=tuple(STEPS), default="leaving")
    parser.add_argument("--part", type=int, default=0, help="the message's number; 0 is the root")
    parser.add_argument("--channels", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=130.0, help="how long it is frozen")
    parser.add_argument("--may-read", action="store_true", help="the bot may read what it has written")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Freeze, and count what the channels show."""
    aim = (STEPS[options.at], options.part)
    with postgres() as server:
        return asyncio.run(
            frozen(
                options.platform,
                aim,
                may_read=options.may_read,
                channels=options.channels,
                seconds=options.seconds,
                database_url=server.url,
            )
        )


async def frozen(
    platform: str,
    aim: tuple[Step, int],
    *,
    may_read: bool,
    channels: int,
    seconds: float,
    spans: Spans = USUAL,
    database_url: str = "",
) -> dict[str, Any]:
    """Freeze a process at a message of one channel; the figures.

    Args:
        platform: "slack" or "discord".
        aim: at which step, LEAVING or ARRIVED, and the message's number.
        may_read: whether the bot may look for its messages.
        channels: how many have a digest that is due.
        seconds: for how long at least it is frozen.
        spans: of all processes.
        database_url: of a Postgres; "" for SQLite, whose file a frozen process may keep locked.
    """
    began = perf_counter()
    async with open_scene(platform, may_read=may_read, database_url=database_url) as scene:
        targets = [await scene.owe() for _ in range(channels)]
        at = Aim(aim[0], targets[channels // 2], aim[1], signal.SIGSTOP)
        first = start(scene.environment, scene.ahead, at, spans=spans)
        scene.world.witnessed_by(_Stopper(at, first.pid or 0))
        await until(lambda: _is_stopped(first.pid or 0), PATIENCE)
        stopped = perf_counter()
        second = start(scene.environment, scene.ahead, spans=spans)
        await until(scene.all_ran, 5 * PATIENCE + channels)
        given_up = await scene.unknown()
        told = await scene.reported_unknown()
        await asyncio.sleep(max(0.0, stopped + seconds - perf_counter()))
        os.kill(first.pid or 0, signal.SIGCONT)
        await asyncio.sleep(3 + spans.settled.total_seconds() / 6)  # what it had in its hands has its effect
        codes = [await stop(process) for process in (first, second)]
        third = start(scene.environment, scene.ahead, spans=spans)
        await until(lambda: _is_up(scene), PATIENCE)
        with suppress(TimeoutError):  # then the figures say what is missing
            await until(scene.is_whole, PATIENCE)
        await asyncio.sleep(3)  # what would come twice has time to come
        codes.append(await stop(third))
        figures = await scene.judged([LIST_DAY])
    return {
        "platform": platform,
        "may_read": may_read,
        "frozen": f"{aim[0].value} (message {aim[1]})",
        "channels": channels,
        "given_up": given_up,
        "given_up_and_told": told,
        **figures,
        "exit_codes": codes,
        "seconds": round(perf_counter() - began, 1),
    }


class _Stopper:
    """Freezes a process when its platform has the message that is aimed at."""

    def __init__(self, aim: Aim, pid: int) -> None:
        self._aim = aim
        self._pid = pid
        self._seen = 0

    def __call__(self, what: str, channel: str, done: bool) -> None:
        if self._aim.step is not Step.ARRIVED or (what, channel, done) != (MESSAGE, self._aim.target.channel, True):
            return
        if self._seen == self._aim.part:
            os.kill(self._pid, signal.SIGSTOP)
        self._seen += 1


async def _is_up(scene: Scene) -> bool:
    """Whether a process delivers, all others having been stopped."""
    return await living_workers(scene.store.leases) > 0


async def _is_stopped(pid: int) -> bool:
    """By Linux' /proc/PID/stat (see proc(5))."""
    stat = await asyncio.to_thread(Path(f"/proc/{pid}/stat").read_text)
    return stat.rpartition(")")[2].split()[0] == "T"
