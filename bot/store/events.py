"""Inbound events, each worked on once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from bot.store.database import Database
from bot.store.tables import events


class SqlEventLog:
    """Implements `bot.ports.EventLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, event: str, now: datetime, lease: timedelta) -> bool:
        """Whether to work on `event` now.  One statement decides, so of many who ask at once one hears yes."""
        begun = {"begun_at": now, "lease_ends": now + lease}
        insert = self._database.insert(events).values(event=event, finished=False, **begun)
        taken = insert.on_conflict_do_update(
            index_elements=[events.c.event],
            set_=begun,
            where=events.c.finished.is_(False) & (events.c.lease_ends <= now),
        )
        async with self._database.transaction() as connection:
            return (await connection.execute(taken.returning(events.c.event))).scalar() is not None

    async def finish(self, event: str) -> None:
        """It is done; never again."""
        async with self._database.transaction() as connection:
            await connection.execute(update(events).where(events.c.event == event).values(finished=True))

    async def forget_before(self, instant: datetime) -> int:
        """Drop events begun before then; how many."""
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(events).where(events.c.begun_at < instant))).rowcount
