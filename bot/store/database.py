"""The door to the database: an engine, transactions, and errors in plain words."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import URL, Connection, Table, event, func, make_url, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SettingsError, StoreError
from bot.private import make_private_file, make_private_folder
from bot.store import migrate
from bot.store.faults import plain_errors
from bot.store.locks import LOCK_TIMEOUT, Locks

FILE = "paperwire.db"
CONNECT_TIMEOUT = 10  # seconds to wait for Postgres
SWITCH_TRIES = 20  # a file is switched to WAL once in its life

if TYPE_CHECKING:  # at run time only who uses Postgres pays for its dialect at the start
    from sqlalchemy.dialects import postgresql

    Upsert = sqlite.Insert | postgresql.Insert


class Database:
    """One database, SQLite or Postgres.  Repositories differ in what they ask, never in whom."""

    def __init__(self, engine: AsyncEngine, place: str) -> None:
        self._engine = engine
        self._place = place  # its name for a person, without secrets
        self._writing = asyncio.Lock() if self.is_sqlite else None

    @classmethod
    async def open(
        cls, url: str | None, folder: Path, *, migrated: bool = True, lock_timeout: float = LOCK_TIMEOUT
    ) -> Self:
        """Connect and bring the tables up to date, or only check them where `migrated` is False.

        Args:
            url: postgresql://…, postgres://… or sqlite:///…; None for the SQLite file in `folder`.
            folder: the data folder, made if it is not there and needed.
            migrated: whether to run migrations that are due.
            lock_timeout: seconds to wait while another process writes to a SQLite file.

        Raises:
            SettingsError: an address of another form.
            StoreError: it cannot be opened, or its tables are newer than this code (or older, and not to be migrated).
        """
        address = _address(url, folder)
        if address.get_backend_name() == "sqlite":
            await asyncio.to_thread(_make_place, Path(str(address.database)))
            database = cls(_sqlite_engine(address, lock_timeout), f"the database file {address.database}")
        else:
            database = cls(_postgres_engine(address), f"the Postgres server for database {address.database!r}")
        try:
            await database._bring_up_to_date(migrated)
        except BaseException:
            await database.aclose()
            raise
        return database

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite rather than Postgres."""
        return self._engine.dialect.name == "sqlite"

    async def aclose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; each statement sees the database as of its own instant.  Raises `StoreError`."""
        with plain_errors(self._place):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection for writing: all of it happens, or nothing.  Raises `StoreError`.

        SQLite has one writer at a time.  Within this process writers queue; for other processes they wait.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(plain_errors(self._place))
            if self._writing is not None:
                await stack.enter_async_context(self._writing)
            connection = await stack.enter_async_context(self._engine.connect())
            await connection.execution_options(writing=True)
            async with connection.begin():
                yield connection

    async def exclude_others(self, connection: AsyncConnection, name: str) -> None:
        """Until the end of this transaction no other one passes here with the same name."""
        if not self.is_sqlite:  # where writers are alone anyway
            await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    def insert(self, table: Table) -> Upsert:
        """An INSERT that knows ON CONFLICT."""
        if self.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)

    async def _bring_up_to_date(self, migrated: bool) -> None:
        async with self.reading() as connection:
            stored = await connection.run_sync(migrate.stored_revision)
        if stored == migrate.HEAD:
            return
        if not migrated:
            raise StoreError(f"The tables of {self._place} are of another version. Run `paperwire db upgrade` first.")
        async with self.transaction() as connection:
            await self.exclude_others(connection, "paperwire migrations")
            await connection.run_sync(migrate.upgrade)


async def upgrade(url: str | None, folder: Path) -> None:
    """Bring the tables up to date and close again.  Raises as `Database.open` does."""
    database = await Database.open(url, folder)
    await database.aclose()


def _address(url: str | None, folder: Path) -> URL:
    if not url:
        return URL.create("sqlite+aiosqlite", database=str(folder / FILE))
    try:
        address = make_url(url)
        return address.set(drivername=_DRIVERS[address.get_backend_name()])
    except (ArgumentError, KeyError, ValueError):
        raise SettingsError(
            "DATABASE_URL must look like postgresql://user:password@host/name, or sqlite:///path/to/file."
        ) from None


_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def _make_place(file: Path) -> None:
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


def _postgres_engine(address: URL) -> AsyncEngine:
    """An engine without prepared statements: poolers such as PgBouncer lose them, and a search needs its own plan."""
    return create_async_engine(
        address,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT, "prepare_threshold": None},
    )


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


def _sqlite_engine(address: URL, lock_timeout: float) -> AsyncEngine:
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
