"""What was said where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select

from bot.chat.conversation import Turn
from bot.chat.request import Place
from bot.store.database import Database
from bot.store.tables import shown_lists, turns


class SqlConversations:
    """Implements `bot.ports.ConversationRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def show_list(self, place: Place, paper_ids: Sequence[str], at: datetime) -> None:
        """Remember the list last shown there."""
        shown = {"papers": paper_ids, "shown_at": at}
        insert = self._database.insert(shown_lists).values(**asdict(place), **shown)
        async with self._database.transaction() as connection:
            await connection.execute(
                insert.on_conflict_do_update(index_elements=list(shown_lists.primary_key), set_=shown)
            )

    async def shown_list(self, place: Place) -> list[str]:
        """The paper ids last shown there, in order."""
        async with self._database.reading() as connection:
            shown = (await connection.execute(select(shown_lists.c.papers).where(*at(shown_lists, place)))).scalar()
        return list(shown or ())

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

    async def forget_workspace(self, workspace: str) -> None:
        """Delete everything that was said in a workspace."""
        async with self._database.transaction() as connection:
            for table in (shown_lists, turns):
                await connection.execute(delete(table).where(table.c.workspace == workspace))


def at(table: Table, place: Place) -> tuple[ColumnElement[bool], ...]:
    """The condition that a row belongs to exactly this place."""
    return tuple(table.c[name] == value for name, value in asdict(place).items())
