"""Replies that are not finished yet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select

from bot.chat.request import Place
from bot.ports import OpenReply
from bot.store.conversations import at
from bot.store.database import Database
from bot.store.tables import open_replies


class SqlOpenReplies:
    """Implements `bot.ports.OpenReplies`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opened(self, reply: OpenReply) -> None:
        """Remember it."""
        row = asdict(reply.place) | {"message": reply.message, "opened_at": reply.opened_at}
        insert = self._database.insert(open_replies).values(row)
        async with self._database.transaction() as connection:
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=list(open_replies.primary_key), set_={"opened_at": reply.opened_at}
                )
            )

    async def closed(self, reply: OpenReply) -> None:
        """It is finished."""
        mine = (*at(open_replies, reply.place), open_replies.c.message == reply.message)
        async with self._database.transaction() as connection:
            await connection.execute(delete(open_replies).where(*mine))

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        """Those of a platform opened before then and never closed, oldest first."""
        left = (
            select(open_replies)
            .where(open_replies.c.workspace.startswith(f"{platform}:", autoescape=True))
            .where(open_replies.c.opened_at < before)
            .order_by(open_replies.c.opened_at)
        )
        async with self._database.reading() as connection:
            return [
                OpenReply(
                    place=Place(row.workspace, row.channel, row.thread), message=row.message, opened_at=row.opened_at
                )
                for row in await connection.execute(left)
            ]
