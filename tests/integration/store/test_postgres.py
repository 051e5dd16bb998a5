"""A Postgres that closes connections, as servers and poolers do."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy import make_url, text

from bot.store import postgres
from bot.store.database import Database

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
