"""Several processes on one database: none loses a word, and together they stay within the budget."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.papers.model import Paper
from bot.store.database import Database
from bot.store.ledger import SqlLedger
from bot.store.papers import SqlPapers

DAY = date(2026, 7, 10)
NOON = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)
BUDGET = 300

WORKER = """
import asyncio, sys
from datetime import UTC, date, datetime
from pathlib import Path
from bot.clock import SystemClock
from bot.papers.model import Paper
from bot.store.database import Database
from bot.store.ledger import SqlLedger
from bot.store.papers import SqlPapers

async def main(url, folder, name):
    database = await Database.open(url, Path(folder))
    ledger, papers = SqlLedger(database, SystemClock()), SqlPapers(database)
    seen = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)
    for number in range(20):
        await papers.save([Paper(id=f"{name}.{number}", title="Theirs"), Paper(id="shared", title="Both")], seen)
    held = await asyncio.gather(*[ledger.reserve("slack:T1", date(2026, 7, 10), 7, 300) for _ in range(40)])
    print(len([number for number in held if number is not None]))
    await database.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


async def _work(url: str, folder: Path, name: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, url, str(folder), name, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return int(printed)


async def test_processes_share_a_database(database_url: str, tmp_path: Path) -> None:
    database = await Database.open(database_url, tmp_path)
    others = [asyncio.create_task(_work(database_url, tmp_path, name)) for name in ("a", "b")]
    papers, ledger = SqlPapers(database), SqlLedger(database, SystemClock())
    for number in range(20):
        await papers.save([Paper(id="shared", title="Both"), Paper(id=f"z.{number}", title="Mine")], NOON)
    own = [await ledger.reserve("slack:T1", DAY, 7, BUDGET) is not None for _ in range(10)]
    held = sum(await asyncio.gather(*others)) + sum(own)
    assert await papers.count() == 61
    assert held == BUDGET // 7
    await database.aclose()
