"""Time to defer, and of the whole path, against a bare discord.py command, side by side."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

from benchmarks.discord_bots import bot
from tests.servers.discord_user import Person

COMMANDS = 300
WARM_UP = 30


def run(options: argparse.Namespace) -> dict[str, object]:
    """Give the same command to both bots in turn, and take the times at the server."""
    return asyncio.run(measure(getattr(options, "count", None) or COMMANDS))


async def measure(count: int) -> dict[str, object]:
    """Milliseconds from the event to the deferral and to the answer, for both bots."""
    defers: dict[str, list[float]] = {"paperwire": [], "bare": []}
    answers: dict[str, list[float]] = {"paperwire": [], "bare": []}
    async with bot("paperwire") as (first, _), bot("bare") as (second, _):
        people = {"paperwire": first, "bare": second}
        for number in range(WARM_UP + count):
            for kind in sorted(people, reverse=bool(number % 2)):
                deferred, answered = await once(people[kind])
                if number >= WARM_UP:
                    defers[kind].append(deferred)
                    answers[kind].append(answered)
    return {
        "platform": "discord",
        "commands": count,
        **_figures("defer", defers),
        **_figures("answer", answers),
    }


async def once(person: Person) -> tuple[float, float]:
    """One command; milliseconds until it was deferred, and until it was answered."""
    server = person.server
    server.requests.clear()
    began = time.monotonic()
    interaction = await person.command("help")
    await person.answer(interaction)
    deferred, answered = (moment for moment, *_ in server.requests[:2])
    return (deferred - began) * 1000, (answered - began) * 1000


def _figures(what: str, times: dict[str, list[float]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for kind, values in times.items():
        cuts = statistics.quantiles(values, n=100)
        figures |= {f"{what}_{kind}_p50_ms": round(cuts[49], 3), f"{what}_{kind}_p99_ms": round(cuts[98], 3)}
    figures[f"{what}_ratio_p50"] = round(figures[f"{what}_paperwire_p50_ms"] / figures[f"{what}_bare_p50_ms"], 3)
    return figures
