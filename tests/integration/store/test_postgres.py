"""A Postgres that closes connections, as servers and poolers do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from bot.errors import StoreError
from bot.store import postgres
from bot.store.database import Database, upgrade
from bot.store.tables import shared_turns

CLOSE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def _answers(database: Database) -> bool:
    async with database.reading() as connection:
        return (await connection.execute(text("SELECT 1"))).scalar() == 1


@pytest.mark.postgres
async def test_connections_closed_while_they_rested_are_replaced_unnoticed(postgres_database: str) -> None:
    address = make_url(postgres_database).set(drivername="postgresql+psycopg")
    database = Database(postgres.engine(address, rested=0.0), "the Postgres server")
    assert all(await asyncio.gather(*[_answers(database) for _ in range(5)]))
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(CLOSE_OTHERS)
    assert all(await asyncio.gather(*[_answers(database) for _ in range(5)]))
    await database.aclose()


@pytest.mark.postgres
async def test_rows_that_a_frozen_process_holds_are_free_again_soon(postgres_database: str, tmp_path: Path) -> None:
    address = make_url(postgres_database).set(drivername="postgresql+psycopg")
    await upgrade(postgres_database, tmp_path)
    frozen = Database(postgres.engine(address, idle=0.2), "the Postgres server")
    others = Database(postgres.engine(address), "the Postgres server")
    async with others.transaction() as connection:
        await connection.execute(shared_turns.insert().values(name="slack", free_from=0.0))

    async def hold_up() -> None:
        move = shared_turns.update().values(free_from=1.0)
        async with frozen.transaction() as connection:
            await connection.execute(move)
            async with asyncio.timeout(10), others.transaction() as another:
                await another.execute(move)

    with pytest.raises(StoreError):
        await hold_up()
    await frozen.aclose()
    await others.aclose()
