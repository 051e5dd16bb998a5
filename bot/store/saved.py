"""Reading lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.tables import saved_papers


class SqlSavedPapers:
    """Implements `bot.ports.SavedPapers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, workspace: str, user: str, paper_id: str, at: datetime) -> bool:
        """Add; False if it was there already."""
        row = {"workspace": workspace, "user": user, "paper_id": paper_id, "saved_at": at}
        insert = (
            self._database.insert(saved_papers).values(row).on_conflict_do_nothing().returning(saved_papers.c.paper_id)
        )
        async with self._database.transaction() as connection:
            return (await connection.execute(insert)).scalar() is not None

    async def remove(self, workspace: str, user: str, paper_id: str) -> bool:
        """Take out; False if it was not there."""
        own = saved_papers.c
        gone = delete(saved_papers).where(own.workspace == workspace, own.user == user, own.paper_id == paper_id)
        async with self._database.transaction() as connection:
            return (await connection.execute(gone)).rowcount > 0

    async def saved(self, workspace: str, user: str) -> list[str]:
        """Paper ids, newest first."""
        own = saved_papers.c
        mine = select(own.paper_id).where(own.workspace == workspace, own.user == user)
        newest = mine.order_by(own.saved_at.desc(), own.paper_id.desc())
        async with self._database.reading() as connection:
            return list((await connection.execute(newest)).scalars())
