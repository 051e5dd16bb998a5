"""Several processes of one bot keep to one rate together."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bot.store.database import Database

ROOT = Path(__file__).parents[3]
RATE = 46.0
TURNS = 40  # of each process


async def _taken(url: str, processes: int) -> list[float]:
    """When turns were given, in order, by processes that all take as many as they can."""
    await (await Database.open(url, Path())).aclose()
    command = (sys.executable, "-m", "tests.turn_taker", url, str(RATE), str(TURNS))
    running = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        for _ in range(processes)
    ]
    printed = [(await each.communicate())[0] for each in running]
    return sorted(float(line) for each in printed for line in each.split())


@pytest.mark.postgres
async def test_three_processes_take_no_more_than_one_may(postgres_database: str) -> None:
    taken = await _taken(postgres_database, 3)
    assert len(taken) == 3 * TURNS
    assert taken[-1] - taken[0] > (len(taken) - 1) / RATE - 0.2
    busiest = max(sum(start <= at < start + 1 for at in taken) for start in taken)
    assert busiest < 1.25 * RATE  # a machine that holds a process up lets some of its turns go together
