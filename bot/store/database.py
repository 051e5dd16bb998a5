"""The door to the database: an engine, transactions, and errors in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import URL, Table, func, make_url, select
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import SettingsError, StoreError
from bot.store import migrate, postgres, sqlite
from bot.store.faults import forbids_writing, plain_errors
from bot.store.locks import LOCK_TIMEOUT

FILE = "paperwire.db"

if TYPE_CHECKING:  # at run time only who uses Postgres pays for its dialect at the start
    from sqlalchemy.dialects import postgresql

    Upsert = Insert | postgresql.Insert


class Database:
    """One database, SQLite or Postgres.  Repositories differ in what they ask, never in whom."""

    def __init__(self, engine: AsyncEngine, place: str, *, unwritable: str | None = None) -> None:
        self._engine = engine
        self._place = place  # its name for a person, without secrets
        self._unwritable = unwritable  # why nothing can be kept, where that is so
        self._at_once = engine if self.is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writing = asyncio.Lock() if self.is_sqlite else None

    @classmethod
    async def open(
        cls,
        url: str | None,
        folder: Path,
        *,
        migrated: bool = True,
        or_read_only: bool = False,
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> Self:
        """Connect and bring the tables up to date, or only check them where `migrated` is False.

        Args:
            url: postgresql://…, postgres://… or sqlite:///…; None for the SQLite file in `folder`.
            folder: the data folder, made if it is not there and needed.
            migrated: whether to run migrations that are due.
            or_read_only: whether a SQLite file that cannot be written will do; nothing is kept then.
            lock_timeout: seconds to wait while another process writes to a SQLite file.

        Raises:
            SettingsError: an address of another form.
            StoreError: it cannot be opened, or its tables are newer than this code (or older, and not to be migrated).
        """
        address = _address(url, folder)
        if address.get_backend_name() == "sqlite":
            return await cls._open_file(address, migrated, or_read_only, lock_timeout)
        place = f"the Postgres server for database {address.database!r}"
        return await cls(postgres.engine(address), place)._ready(migrated)

    @classmethod
    async def _open_file(cls, address: URL, migrated: bool, or_read_only: bool, lock_timeout: float) -> Self:
        file = Path(str(address.database))
        place = f"the database file {file}"
        await asyncio.to_thread(sqlite.make_place, file)
        try:
            return await cls(sqlite.writing_engine(address, lock_timeout), place)._ready(migrated)
        except StoreError as error:
            if not or_read_only or not forbids_writing(error) or not await asyncio.to_thread(sqlite.is_whole, file):
                raise
            with suppress(StoreError):  # its tables are not as they should be, which nothing can change now
                readable = cls(sqlite.reading_engine(file), place, unwritable=_UNWRITABLE.format(file))
                return await readable._ready(migrated)
            raise

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
            async with self._at_once.connect() as connection:
                yield connection

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncConnection]:
        """A connection for one statement that writes: it happens, or nothing.  Raises `StoreError`."""
        if self.is_sqlite:
            async with self.transaction() as connection:
                yield connection
            return
        async with self.reading() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection for writing: all of it happens, or nothing.  Raises `StoreError`.

        SQLite has one writer at a time.  Within this process writers queue; for other processes they wait.
        """
        if self._unwritable:
            raise StoreError(self._unwritable)
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
            return Insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)

    async def _ready(self, migrated: bool) -> Self:
        """This database with its tables as they should be; closed again where that cannot be."""
        try:
            await self._bring_up_to_date(migrated)
        except BaseException:
            await self.aclose()
            raise
        return self

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


_UNWRITABLE = (
    "Nothing new is kept, as {} can only be read. Free some space on its disk, or see that this user may write it and "
    "its folder."
)


def _address(url: str | None, folder: Path) -> URL:
    if not url:
        return URL.create(sqlite.DRIVER, database=str(folder / FILE))
    try:
        address = make_url(url)
        return address.set(drivername=_DRIVERS[address.get_backend_name()])
    except (ArgumentError, KeyError, ValueError):
        raise SettingsError(
            "DATABASE_URL must look like postgresql://user:password@host/name, or sqlite:///path/to/file."
        ) from None


_DRIVERS = {"sqlite": sqlite.DRIVER, "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
