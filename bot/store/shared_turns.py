"""Lines in which every process of this bot waits for its turn."""

from __future__ import annotations

from sqlalchemy import case

from bot.store.database import Database
from bot.store.instants import unix_seconds
from bot.store.tables import shared_turns

LONGEST = 900.0  # seconds; a line that reaches farther was written before the database's clock was set back


class SqlSharedTurns:
    """Implements `bot.digests.ports.SharedTurns`.  The database's clock counts, so those of the machines may differ."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, seconds: float, ahead: float = 0.0) -> float:
        """Move the line on, in one statement."""
        now, free_from = unix_seconds(self._database), shared_turns.c.free_from
        earliest = now - ahead
        begins = case((free_from.between(earliest, now + LONGEST), free_from), else_=earliest)
        insert = self._database.insert(shared_turns).values(name=name, free_from=earliest + seconds)
        moved = insert.on_conflict_do_update(
            index_elements=[shared_turns.c.name], set_={"free_from": begins + seconds}
        ).returning(free_from - seconds - now)
        async with self._database.statement() as connection:
            wait: float = (await connection.execute(moved)).scalar_one()
        return max(0.0, wait)
