"""The database that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from bot.llm.timeouts import Timeouts
from bot.ports import Clock, Store
from paperwire.settings import Settings


@asynccontextmanager
async def open_store(
    settings: Settings, clock: Clock, *, migrated: bool = True, or_read_only: bool = False
) -> AsyncIterator[Store]:
    """The database, with its tables brought up to date (or only checked, without `migrated`).  Raises as `open_app`."""
    from bot.store.database import Database
    from bot.store.whole import SqlStore

    url = database_url(settings)
    database = await Database.open(url, settings.data, migrated=migrated, or_read_only=or_read_only)
    try:
        timeouts = Timeouts.within(settings.model_timeout)
        store = SqlStore(database, clock, folder=settings.data, secret_key=settings.secret_key, timeouts=timeouts)
        with closing(store):
            yield store
    finally:
        await database.aclose()


async def upgrade_database(settings: Settings) -> None:
    """Run the migrations that are due.  Raises as `open_app`."""
    from bot.store.database import upgrade

    await upgrade(database_url(settings), settings.data)


def database_url(settings: Settings) -> str | None:
    """The database's address; None for the file in the data folder."""
    return settings.database_url.get_secret_value() if settings.database_url else None
