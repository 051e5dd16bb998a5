"""A process that was killed keeps nobody on its machine waiting; whoever may live is left alone."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import alive
from bot.store.alive import KEPT, Processes
from bot.store.database import Database
from bot.store.leases import SqlLeases

HOUR = timedelta(hours=1)
HOLDER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from bot.store.alive import Processes
from bot.store.database import Database
from bot.store.leases import SqlLeases

async def main(url, folder):
    database = await Database.open(url, Path(folder))
    print(await SqlLeases(database, Processes(Path(folder))).acquire("shard 0", "them", timedelta(hours=1)), flush=True)
    await asyncio.sleep(3600)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def holder(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A process that holds a lease."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, database_url, str(tmp_path), stdout=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"1\n"
    yield process
    if process.returncode is None:
        await _kill(process)


async def _kill(process: Process) -> None:
    process.kill()
    await process.wait()


async def test_lease_of_a_killed_process_is_free_at_once(database: Database, holder: Process, tmp_path: Path) -> None:
    leases = SqlLeases(database, Processes(tmp_path))
    assert await leases.acquire("shard 0", "us", HOUR) is None
    await _kill(holder)
    tokens = await asyncio.gather(*(leases.acquire("shard 0", name, HOUR) for name in ("us", "others")))
    assert sorted(tokens, key=str) == [2, None]
    assert await SqlLeases(database, Processes(tmp_path)).acquire("shard 0", "more", HOUR) is None


async def test_on_another_machine_it_is_waited_for(
    database: Database, holder: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _kill(holder)
    elsewhere = SqlLeases(database, Processes(tmp_path / "elsewhere"))
    assert await elsewhere.acquire("shard 0", "us", HOUR) is None
    boot_id = tmp_path / "boot_id"
    boot_id.write_text("another start of a machine\n", encoding="ascii")
    monkeypatch.setattr(alive, "_BOOT_ID", boot_id)
    assert await SqlLeases(database, Processes(tmp_path)).acquire("shard 0", "us", HOUR) is None


async def test_where_nobody_can_see_who_lives_leases_are_leases(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alive, "_BOOT_ID", tmp_path / "nowhere")
    first, second = (SqlLeases(database, Processes(tmp_path)) for _ in range(2))
    assert await first.acquire("shard 0", "a", HOUR) == 1
    assert await second.acquire("shard 0", "b", HOUR) is None


def test_a_process_lives_until_it_ends(tmp_path: Path) -> None:
    first, second = Processes(tmp_path), Processes(tmp_path)
    assert first.own is not None
    assert second.own is not None
    assert not second.is_dead(first.own)
    first.close()
    assert [file.name for file in (tmp_path / alive.FOLDER).iterdir()] == [second.own.partition("/")[2]]


@pytest.mark.parametrize("name", ["", "nonsense", "machine/../../secret.key"])
def test_what_is_no_name_is_not_taken_for_dead(tmp_path: Path, name: str) -> None:
    assert not Processes(tmp_path).is_dead(name)


def test_files_of_processes_that_died_long_ago_go(tmp_path: Path) -> None:
    living = Processes(tmp_path)
    assert living.own is not None
    long_ago = time.time() - KEPT - 60
    for name in ("dead", living.own.partition("/")[2]):
        (tmp_path / alive.FOLDER / name).touch()
        os.utime(tmp_path / alive.FOLDER / name, (long_ago, long_ago))
    (tmp_path / alive.FOLDER / "died just now").touch()
    newcomer = Processes(tmp_path)
    assert newcomer.own is not None
    left = {file.name for file in (tmp_path / alive.FOLDER).iterdir()}
    assert left == {"died just now", *(own.partition("/")[2] for own in (living.own, newcomer.own))}
