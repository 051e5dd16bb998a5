"""Whom a workspace has named to manage its digests."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.tables import managers


class SqlManagers:
    """Implements `bot.ports.Managers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, workspace: str, user: str) -> bool:
        """Name somebody; False if they were named already."""
        row = {"workspace": workspace, "user": user}
        insert = self._database.insert(managers).values(row).on_conflict_do_nothing().returning(managers.c.user)
        async with self._database.transaction() as connection:
            return (await connection.execute(insert)).scalar() is not None

    async def remove(self, workspace: str, user: str) -> bool:
        """Take the right back; False if they were not named."""
        gone = delete(managers).where(managers.c.workspace == workspace, managers.c.user == user)
        async with self._database.transaction() as connection:
            return (await connection.execute(gone)).rowcount > 0

    async def of(self, workspace: str) -> list[str]:
        """All who are named, sorted."""
        named = select(managers.c.user).where(managers.c.workspace == workspace).order_by(managers.c.user)
        async with self._database.reading() as connection:
            return list((await connection.execute(named)).scalars())
