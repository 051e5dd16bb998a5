"""Forgetting a workspace."""

from __future__ import annotations

from sqlalchemy import delete, select, union

from bot.store.database import Database
from bot.store.tables import OWNED


class SqlWorkspaces:
    """Implements `bot.ports.Workspaces`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, workspace: str) -> None:
        """Delete everything a workspace owns, in every table, in one transaction."""
        async with self._database.transaction() as connection:
            for table in OWNED:
                await connection.execute(delete(table).where(table.c.workspace == workspace))

    async def known(self, platform: str) -> list[str]:
        """The workspaces of a platform that own anything, sorted."""
        owning = (
            select(table.c.workspace).where(table.c.workspace.startswith(f"{platform}:", autoescape=True))
            for table in OWNED
        )
        async with self._database.reading() as connection:
            return sorted((await connection.execute(union(*owning))).scalars())
