"""A SQLite file: the place it lies in, and engines on it, to write or only to read.

A file in WAL mode needs others beside it, even to be read.  Where those cannot be made, as on a full disk, it can still
be read as one that nobody changes (https://sqlite.org/wal.html#read_only_databases).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StoreError
from bot.private import make_private_file, make_private_folder
from bot.store.locks import Locks

DRIVER = "sqlite+aiosqlite"
SWITCH_TRIES = 20  # a file is switched to WAL once in its life


def make_place(file: Path) -> None:
    """The folder and an empty file, for their owner alone; SQLite gives the files beside it the same rights."""
    folder = file.parent
    try:
        make_private_folder(folder)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be made ({error.strerror}). Set PAPERWIRE_DATA to one you may write to."
        ) from error
    with suppress(OSError):  # what is wrong with the file SQLite says in better words
        make_private_file(file)


def writing_engine(address: URL, lock_timeout: float) -> AsyncEngine:
    """An engine whose transactions begin when they say so, which sqlite3 by itself puts off until the first write."""
    engine = create_async_engine(
        address,
        hide_parameters=True,
        connect_args={"timeout": lock_timeout, "isolation_level": None},
    )
    locks = Locks(lock_timeout)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        _switch_to_wal(cursor)
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        options: Mapping[str, Any] = connection.get_execution_options()
        if options.get("writing"):  # a statement that reads is a transaction by itself
            locks.begin_writing(connection)

    return engine


def reading_engine(file: Path) -> AsyncEngine:
    """An engine that takes the file for one that nobody changes."""
    query = {"mode": "ro", "immutable": "1", "uri": "true"}  # https://sqlite.org/uri.html
    address = URL.create(DRIVER, database=file.absolute().as_uri(), query=query)
    return create_async_engine(address, hide_parameters=True, connect_args={"isolation_level": None})


def is_whole(file: Path) -> bool:
    """Whether a file holds all that was ever written to it: what is new stands in its log until that is worked in."""
    log = file.with_name(f"{file.name}-wal")
    return file.is_file() and file.stat().st_size > 0 and not (log.exists() and log.stat().st_size)


def _switch_to_wal(cursor: DBAPICursor) -> None:
    """Switch a file to WAL.  SQLite does not wait for others who do so at the same time, but it waits to write."""
    for _ in range(SWITCH_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")
