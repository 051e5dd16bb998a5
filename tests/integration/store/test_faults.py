"""Every way that a database can fail becomes one plain sentence."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from bot.errors import SettingsError, StoreError
from bot.papers.model import Paper
from bot.store.database import FILE, Database
from bot.store.faults import explain
from bot.store.papers import SqlPapers

NOON = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)


@contextmanager
def one_sentence(match: str) -> Iterator[None]:
    """A `StoreError` of one line, without a secret in it."""
    with pytest.raises(StoreError, match=match) as caught:
        yield
    assert "\n" not in caught.value.sentence
    assert "hunter2" not in caught.value.sentence


async def _search(folder: Path) -> None:
    database = await Database.open(None, folder)
    try:
        await SqlPapers(database).search("title")
    finally:
        await database.aclose()


async def test_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is not a database, however long one looks at it. " * 100)
    with one_sentence("damaged"):
        await Database.open(None, tmp_path)


async def test_damaged_file(tmp_path: Path) -> None:
    database = await Database.open(None, tmp_path)
    await SqlPapers(database).save([Paper(id=str(number), title="A title " * 50) for number in range(300)], NOON)
    await database.aclose()
    file = tmp_path / FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with one_sentence("damaged"):
        await _search(tmp_path)


async def test_locked_file(tmp_path: Path) -> None:
    database = await Database.open(None, tmp_path, lock_timeout=0.1)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with one_sentence("locked by another program"):
        await SqlPapers(database).save([Paper(id="1", title="T")], NOON)
    assert await SqlPapers(database).count() == 0  # readers are not kept out
    other.close()
    await SqlPapers(database).save([Paper(id="1", title="T")], NOON)
    await database.aclose()


async def test_a_file_that_was_waited_for_in_vain_is_not_waited_for_again(tmp_path: Path) -> None:
    database = await Database.open(None, tmp_path, lock_timeout=0.1)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits: list[int] = []

    @event.listens_for(database._engine.sync_engine, "before_cursor_execute")
    def note(*args: object) -> None:
        if args[2] == "PRAGMA busy_timeout = 0":
            waits.append(0)

    for expected in ([], [0], [0, 0]):
        with one_sentence("locked by another program"):
            await SqlPapers(database).save([Paper(id="1", title="T")], NOON)
        assert waits == expected
    other.close()
    await SqlPapers(database).save([Paper(id="1", title="T")], NOON)
    assert await SqlPapers(database).count() == 1
    await database.aclose()


def test_a_sentence_begins_with_a_capital_and_has_none_inside() -> None:
    full = sqlite3.OperationalError()
    full.sqlite_errorname = "SQLITE_FULL"
    sentence = explain(OperationalError("INSERT", None, full), "the database file x.db")
    assert sentence.startswith("The disk is full, so the database file x.db cannot grow.")


async def test_full_disk_loses_nothing(tmp_path: Path) -> None:
    database = await Database.open(None, tmp_path)
    papers = SqlPapers(database)
    await papers.save([Paper(id="1", title="T")], NOON)
    async with database.transaction() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with one_sentence("disk is full"):
        await papers.save([Paper(id=str(number), title="A title " * 500) for number in range(300)], NOON)
    assert await papers.count() == 1
    await database.aclose()


async def _filled_and_unwritable(folder: Path) -> None:
    """A database with one paper, where SQLite can no more make the files that it needs beside it."""
    database = await Database.open(None, folder)
    await SqlPapers(database).save([Paper(id="1", title="T")], NOON)
    await database.aclose()
    (folder / f"{FILE}-shm").symlink_to("nowhere/at all")


async def test_a_file_that_cannot_be_written_can_be_read_if_that_will_do(tmp_path: Path) -> None:
    await _filled_and_unwritable(tmp_path)
    with one_sentence("cannot be opened"):
        await Database.open(None, tmp_path)
    database = await Database.open(None, tmp_path, or_read_only=True)
    papers = SqlPapers(database)
    with one_sentence("can only be read"):
        await papers.save([Paper(id="2", title="T")], NOON)
    assert await papers.count() == 1
    await database.aclose()


async def test_a_file_that_others_may_be_changing_is_not_read_as_it_stands(tmp_path: Path) -> None:
    await _filled_and_unwritable(tmp_path)
    (tmp_path / f"{FILE}-wal").write_bytes(b"what is not worked in yet")
    with one_sentence("cannot be opened"):
        await Database.open(None, tmp_path, or_read_only=True)


async def test_an_empty_file_that_cannot_be_written_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"")
    (tmp_path / f"{FILE}-shm").symlink_to("nowhere/at all")
    with one_sentence("cannot be opened"):
        await Database.open(None, tmp_path, or_read_only=True)


async def test_a_name_with_signs_of_an_address_in_it_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "a folder?with=100%#signs"
    await _filled_and_unwritable(folder)
    database = await Database.open(None, folder, or_read_only=True)
    assert await SqlPapers(database).count() == 1
    await database.aclose()


async def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with one_sentence("PAPERWIRE_DATA"):
        await Database.open(None, tmp_path / "file" / "folder")


async def test_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with one_sentence("cannot be opened"):
        await Database.open(None, tmp_path)


@pytest.mark.parametrize("url", ["mysql://host/name", "not an address", "postgresql://host:port/name"])
async def test_address_of_another_form(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await Database.open(url, tmp_path)


async def test_postgres_out_of_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with one_sentence("cannot be reached"):
        await Database.open(f"postgres://someone:hunter2@127.0.0.1:{port}/papers", tmp_path)


@pytest.mark.postgres
async def test_postgres_without_that_database(postgres_url: str, tmp_path: Path) -> None:
    with one_sentence("no such database"):
        await Database.open(postgres_url.replace("/postgres?", "/nowhere?"), tmp_path)


@pytest.mark.postgres
async def test_postgres_with_an_unknown_user(postgres_url: str, tmp_path: Path) -> None:
    with one_sentence("user or the password"):
        await Database.open(postgres_url.replace("postgres:@", "nobody:hunter2@"), tmp_path)


async def test_failed_transaction_leaves_nothing(database: Database) -> None:
    async def write_half() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO events VALUES ('e', '2026-07-10', '2026-07-10', false)"))
            await connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with one_sentence("refused that"):
        await write_half()
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM events"))).scalar_one() == 0


async def test_cancelled_writer_gives_way(database: Database) -> None:
    inside = asyncio.Event()

    async def write_forever() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_forever())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await SqlPapers(database).save([Paper(id="1", title="T")], NOON)
    assert await SqlPapers(database).count() == 1
