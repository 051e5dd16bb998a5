"""Migrations build exactly the tables that the code speaks of, on both databases."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import StoreError
from bot.store import migrate
from bot.store.database import Database, upgrade
from bot.store.tables import OWNED, metadata


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            # the index of words has a form of its own on each database
            "include_name": lambda name, kind, _: not str(name).startswith("paper_words") and name != "ix_papers_words",
        },
    )
    found: list[object] = list(compare_metadata(context, metadata))
    return [change for change in found if not _is_index_of_words(change)]


def _is_index_of_words(change: object) -> bool:
    return isinstance(change, tuple) and change[0] == "remove_column" and change[3].name == "words"


@pytest.mark.filterwarnings("ignore:Did not recognize type 'tsvector'")
async def test_migrations_and_tables_agree(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


async def test_every_table_with_a_workspace_is_forgotten(database: Database) -> None:
    async with database.reading() as connection:
        columns = await connection.run_sync(lambda own: inspect(own).get_multi_columns())
    owned = {table for (_, table), own in columns.items() if "workspace" in [column["name"] for column in own]}
    assert owned == {table.name for table in OWNED}
    assert owned


def test_the_head_is_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


async def test_tables_of_a_newer_version_are_refused(database: Database, database_url: str, tmp_path: Path) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer Paperwire"):
        await Database.open(database_url, tmp_path)


async def test_missing_tables_are_not_made_unasked(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="paperwire db upgrade"):
        await Database.open(database_url, tmp_path, migrated=False)


async def test_upgrading_twice_is_no_fault(database_url: str, tmp_path: Path) -> None:
    await upgrade(database_url, tmp_path)
    await upgrade(database_url, tmp_path)
    database = await Database.open(database_url, tmp_path, migrated=False)
    await database.aclose()


async def test_replicas_may_start_together(database_url: str, tmp_path: Path) -> None:
    opened = await asyncio.gather(*[Database.open(database_url, tmp_path) for _ in range(4)])
    for database in opened:
        await database.aclose()


OPEN = """
import asyncio, sys
from pathlib import Path
from bot.store.database import Database
async def main():
    database = await Database.open(None, Path(sys.argv[1]))
    await database.aclose()
asyncio.run(main())
print("alembic" in sys.modules)
"""


async def test_start_without_migrations_does_not_load_alembic(tmp_path: Path) -> None:
    await upgrade(None, tmp_path)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OPEN, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert printed == b"False\n"
