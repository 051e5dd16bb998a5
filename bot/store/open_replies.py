"""Replies that are not finished yet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.request import Place
from bot.ports import OpenReply
from bot.store.conversations import at
from bot.store.database import Database
from bot.store.instants import SKEW, instant
from bot.store.tables import open_replies


class SqlOpenReplies:
    """Implements `bot.ports.OpenReplies`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opened(self, reply: OpenReply) -> None:
        """Remember it."""
        async with self._database.transaction() as connection:
            await self._open(connection, reply)

    async def became(self, intended: OpenReply, reply: OpenReply) -> None:
        """Remember it in place of what was intended."""
        async with self._database.transaction() as connection:
            await self._close(connection, intended)
            await self._open(connection, reply)

    async def closed(self, reply: OpenReply) -> None:
        """It is finished."""
        async with self._database.transaction() as connection:
            await self._close(connection, reply)

    async def _open(self, connection: AsyncConnection, reply: OpenReply) -> None:
        row = asdict(reply.place) | {"message": reply.message, "opened_at": reply.opened_at}
        insert = self._database.insert(open_replies).values(row)
        keys, again = list(open_replies.primary_key), {"opened_at": reply.opened_at}
        await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=again))

    async def _close(self, connection: AsyncConnection, reply: OpenReply) -> None:
        mine = (*at(open_replies, reply.place), open_replies.c.message == reply.message)
        await connection.execute(delete(open_replies).where(*mine))

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        """Those of a platform opened before then, or in the future, and never closed, oldest first."""
        opened = open_replies.c.opened_at
        left = (
            select(open_replies)
            .where(open_replies.c.workspace.startswith(f"{platform}:", autoescape=True))
            .where((opened < before) | (opened > instant(self._database, SKEW)))
            .order_by(opened)
        )
        async with self._database.reading() as connection:
            return [
                OpenReply(
                    place=Place(row.workspace, row.channel, row.thread), message=row.message, opened_at=row.opened_at
                )
                for row in await connection.execute(left)
            ]
