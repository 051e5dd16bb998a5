"""Time to acknowledge at 200 commands a second, and of the whole path, against a bare bolt app, side by side.

The bots are processes of their own; this one is Slack.  Both bots are there all the time and take turns, a second each,
so that whatever else the machine does meets both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers.slack import SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

COMMANDS = 2_000
RATE = 200  # a second
PEOPLE = 500
BOTS = ("bare", "paperwire")


def run(options: argparse.Namespace) -> dict[str, object]:
    """Send both bots commands at `RATE`, and take the times at the server."""
    return asyncio.run(measure(getattr(options, "count", None) or COMMANDS))


async def measure(count: int) -> dict[str, object]:
    """Milliseconds from the command to its acknowledgement, and to Paperwire's answer."""
    times: dict[str, list[float]] = {kind: [] for kind in BOTS}
    async with served("bare") as bare, served("paperwire") as paperwire:
        servers = {"bare": bare, "paperwire": paperwire}
        for kind in BOTS:
            await burst(servers[kind])  # warm up: people are looked up, code is loaded
        for number in range(count // RATE):
            for kind in sorted(BOTS, reverse=bool(number % 2)):
                times[kind] += await burst(servers[kind])
        answers = await answered(paperwire)
    figures = {f"ack_{kind}_{name}_ms": value for kind in BOTS for name, value in quantiles(times[kind]).items()}
    ratio = round(float(figures["ack_paperwire_p50_ms"]) / float(figures["ack_bare_p50_ms"]), 3)
    return {
        "platform": "slack",
        "commands": count,
        "commands_a_second": RATE,
        **figures,
        "ack_ratio_p50": ratio,
        **{f"answer_paperwire_{name}_ms": value for name, value in quantiles(answers).items()},
    }


@asynccontextmanager
async def served(kind: str) -> AsyncIterator[SlackServer]:
    """A local Slack with one bot connected."""
    async with SlackServer() as server:
        server.users |= {f"U{number}": {"id": f"U{number}", "tz": "UTC"} for number in range(PEOPLE)}
        command = (sys.executable, "-m", "benchmarks.slack_bots", kind, server.api_url)
        bot = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        try:
            await server.until(lambda: server.connections, timeout=30)
            yield server
        finally:
            bot.terminate()
            await bot.wait()


async def burst(server: SlackServer) -> list[float]:
    """A second of commands at `RATE`, each from somebody else; milliseconds to each acknowledgement."""
    began = time.perf_counter()

    async def one(number: int) -> float:
        await asyncio.sleep(began + number / RATE - time.perf_counter())
        user = SlackUser(server, OverSocket(server), user=f"U{number % PEOPLE}")
        sent = time.perf_counter()
        await user.command("help")
        return (time.perf_counter() - sent) * 1_000

    return list(await asyncio.gather(*map(one, range(RATE))))


async def answered(server: SlackServer, count: int = 100) -> list[float]:
    """Commands one after the other; milliseconds until each one's answer is to be seen."""
    await asyncio.sleep(1)
    took = []
    for number in range(count):
        before, sent = len(server.order), time.perf_counter()
        await SlackUser(server, OverSocket(server), user=f"U{number % PEOPLE}").command("help")
        await server.until(lambda before=before: len(server.order) > before)  # type: ignore[misc]
        took.append((time.perf_counter() - sent) * 1_000)
    return took


def quantiles(values: list[float]) -> dict[str, float]:
    """The middle one, and the one that one in a hundred exceeds."""
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}
