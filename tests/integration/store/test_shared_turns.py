"""Lines of turns in a real database."""

from __future__ import annotations

from sqlalchemy import update

from bot.store.database import Database
from bot.store.shared_turns import LONGEST, SqlSharedTurns
from bot.store.tables import shared_turns


async def test_line_of_a_clock_that_was_set_back_begins_anew(database: Database) -> None:
    turns = SqlSharedTurns(database)
    await turns.take("discord", 1.0)
    async with database.transaction() as connection:
        await connection.execute(update(shared_turns).values(free_from=shared_turns.c.free_from + 2 * LONGEST))
    assert await turns.take("discord", 1.0) == 0.0
