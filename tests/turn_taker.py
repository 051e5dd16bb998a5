"""A process that takes turns in a shared line and prints, a line each, when it was let through: `time.time()`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from bot.clock import SystemClock
from bot.digests.pace import Pace
from bot.store.database import Database
from bot.store.shared_turns import SqlSharedTurns


async def main(url: str, per_second: float, count: int) -> None:
    """Take so many turns, as fast as the line lets."""
    database = await Database.open(url, Path())
    pace = Pace(SystemClock(), per_second=per_second, turns=SqlSharedTurns(database))

    async def take() -> None:
        await pace.in_line("discord")
        sys.stdout.write(f"{time.time()}\n")

    await asyncio.gather(*[take() for _ in range(count)])
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
