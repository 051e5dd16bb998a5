"""The database dies while two processes send digests, and comes back: is anything lost, does anything come twice?

A real Postgres is stopped as by `pg_ctl stop -m immediate`, in the middle of sending, and started again.
"""

from __future__ import annotations

import argparse
import asyncio
from time import perf_counter
from typing import Any

from benchmarks.crash_worker import Spans, start
from benchmarks.digest_scene import PATIENCE, open_scene, stop
from benchmarks.frozen import LIST_DAY, USUAL
from benchmarks.postgres import Postgres, postgres
from tests.digests import until

NAME = "outage"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, for how long, and whether the bot may look for its messages."""
    parser.add_argument("--platform", choices=("slack", "discord"), default="slack")
    parser.add_argument("--channels", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long the database is away")
    parser.add_argument("--may-read", action="store_true", help="the bot may read what it has written")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Take the database away, and count what the channels show."""
    with postgres() as server:
        return asyncio.run(
            outage(
                options.platform,
                server,
                may_read=options.may_read,
                channels=options.channels,
                seconds=options.seconds,
            )
        )


async def outage(
    platform: str, server: Postgres, *, may_read: bool, channels: int, seconds: float, spans: Spans = USUAL
) -> dict[str, Any]:
    """Take the database away once a third of the messages are there, for so many seconds; the figures."""
    async with open_scene(platform, may_read=may_read, database_url=server.url) as scene:
        targets = [await scene.owe() for _ in range(channels)]

        async def are_under_way() -> bool:
            return sum(len(scene.world.shown(target)) for target in targets) >= channels

        processes = [start(scene.environment, scene.ahead, spans=spans) for _ in range(2)]
        await until(are_under_way, 2 * PATIENCE)
        await asyncio.to_thread(server.kill)
        before = sum(len(scene.world.shown(target)) for target in targets)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.start)
        back = perf_counter()
        await until(scene.all_ran, 5 * PATIENCE + channels)
        took = perf_counter() - back
        await asyncio.sleep(65)  # whatever had been given up goes on at the next minute's tick
        codes = [await stop(process) for process in processes]
        figures = await scene.judged([LIST_DAY])
    return {
        "platform": platform,
        "may_read": may_read,
        "away_s": seconds,
        "channels": channels,
        "messages_before": before,
        **figures,
        "seconds_until_delivered": round(took, 1),
        "exit_codes": codes,
    }
