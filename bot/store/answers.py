"""Models' replies to questions, by a key of all that they depend on; shared by all workspaces."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import answers


class SqlAnswers:
    """Implements `bot.ports.AnswerRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """The reply kept under a key."""
        wanted = select(answers.c.reply).where(answers.c.key == key)
        async with self._database.reading() as connection:
            reply: str | None = (await connection.execute(wanted)).scalar()
        return reply

    async def save(self, key: str, reply: str, at: datetime) -> None:
        """Insert or replace."""
        insert = self._database.insert(answers).values(key=key, reply=reply, at=at)
        replaced = {"reply": insert.excluded.reply, "at": insert.excluded.at}
        async with self._database.transaction() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_=replaced))
