"""What was said where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.conversation import Turn
from bot.chat.request import Place
from bot.ports import OTHERS_COUNT_AFTER
from bot.store.database import Database
from bot.store.instants import LEEWAY, instant
from bot.store.tables import seen_lists, shown_lists, turns

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class SqlConversations:
    """Implements `bot.ports.ConversationRepository`.

    Lists are stamped by Postgres' own clock, since those of several machines may differ.  A SQLite file belongs to one
    machine, whose clock tells more than SQLite's milliseconds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def show_list(
        self, place: Place, paper_ids: Sequence[str], at: datetime, *, user: str = "", alone: bool = False
    ) -> bool:
        """Remember a list: the first one of a thread, the last one of a channel and of who saw it."""
        shown = {"papers": paper_ids, "shown_at": self._stamp(at)}
        insert = self._database.insert(shown_lists).values(**asdict(place), **shown)
        keys = list(shown_lists.primary_key)
        async with self._database.transaction() as connection:
            if place.thread:
                if not alone:
                    await connection.execute(insert.on_conflict_do_nothing(index_elements=keys))
                first = await _shown(connection, place)
                return first is not None and list(first.papers or ()) == list(paper_ids)
            await self._age_future(connection, place, at)
            if not alone:
                await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=shown))
            await self._seen(connection, place, user, paper_ids, at)
        return True

    async def shown_list(self, place: Place, user: str = "") -> list[str]:
        """The paper ids that numbers mean there, in order."""
        newest = (
            select(seen_lists)
            .where(seen_lists.c.workspace == place.workspace, seen_lists.c.channel == place.channel)
            .where(seen_lists.c.user.in_({user, ""}))
            .order_by(seen_lists.c.seen_at.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            public = await _shown(connection, place)
            own = None if place.thread else (await connection.execute(newest)).one_or_none()
        if own and (public is None or public.shown_at - own.seen_at <= OTHERS_COUNT_AFTER):
            return list(own.papers or ())
        return list(public.papers or ()) if public else []

    def _stamp(self, at: datetime, ahead: timedelta = timedelta()) -> datetime | ColumnElement[datetime]:
        """What counts as now, so much later."""
        return at + ahead if self._database.is_sqlite else instant(self._database, ahead)

    async def _age_future(self, connection: AsyncConnection, place: Place, at: datetime) -> None:
        """Make lists of a channel the oldest that were shown while the clock was ahead, or newer ones would lose."""
        latest = self._stamp(at, LEEWAY)
        for stamp in (shown_lists.c.shown_at, seen_lists.c.seen_at):
            table = stamp.table
            here = (table.c.workspace == place.workspace) & (table.c.channel == place.channel)
            await connection.execute(update(table).where(here, stamp > latest).values({stamp: LONG_AGO}))

    async def _seen(
        self, connection: AsyncConnection, place: Place, user: str, paper_ids: Sequence[str], at: datetime
    ) -> None:
        seen = {"papers": paper_ids, "seen_at": self._stamp(at)}
        who = {"workspace": place.workspace, "channel": place.channel, "user": user}
        insert = self._database.insert(seen_lists).values(**who, **seen)
        await connection.execute(insert.on_conflict_do_update(index_elements=list(seen_lists.primary_key), set_=seen))

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """Append a question or an answer."""
        said = {"role": turn.role, "text": turn.text, "said_at": turn.at, "papers": turn.papers}
        async with self._database.transaction() as connection:
            await connection.execute(turns.insert().values(**asdict(place), **said))

    async def turns(self, place: Place, limit: int = 20) -> list[Turn]:
        """The newest turns, oldest first."""
        newest = select(turns).where(*at(turns, place)).order_by(turns.c.number.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(newest)).all()
        return [Turn(role=row.role, text=row.text, at=row.said_at, papers=row.papers) for row in reversed(rows)]


async def _shown(connection: AsyncConnection, place: Place) -> Row[Any] | None:
    return (await connection.execute(select(shown_lists).where(*at(shown_lists, place)))).one_or_none()


def at(table: Table, place: Place) -> tuple[ColumnElement[bool], ...]:
    """The condition that a row belongs to exactly this place."""
    return tuple(table.c[name] == value for name, value in asdict(place).items())
