"""Inbound events, each worked on once, by the database's clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from bot.store.database import Database
from bot.store.instants import instant, runs
from bot.store.tables import events


class SqlEventLog:
    """Implements `bot.ports.EventLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, event: str, lease: timedelta) -> bool:
        """Whether to work on `event` now.  One statement decides, so of many who ask at once one hears yes."""
        begun = {"begun_at": instant(self._database), "lease_ends": instant(self._database, lease)}
        insert = self._database.insert(events).values(event=event, finished=False, **begun)
        taken = insert.on_conflict_do_update(
            index_elements=[events.c.event],
            set_=begun,
            where=events.c.finished.is_(False) & ~runs(self._database, events.c.lease_ends, lease),
        )
        async with self._database.transaction() as connection:
            return (await connection.execute(taken.returning(events.c.event))).scalar() is not None

    async def finish(self, event: str) -> None:
        """It is done; never again."""
        async with self._database.transaction() as connection:
            await connection.execute(update(events).where(events.c.event == event).values(finished=True))

    async def forget_begun(self, longer_ago: timedelta) -> int:
        """Drop events begun so long ago; how many."""
        old = events.c.begun_at < instant(self._database, -longer_ago)
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(events).where(old))).rowcount
