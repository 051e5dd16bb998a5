"""A store of each kind: in memory, on SQLite, on Postgres."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.store.answers import SqlAnswers
from bot.store.conversations import SqlConversations
from bot.store.database import FILE, Database, upgrade
from bot.store.deliveries import SqlDeliveries
from bot.store.events import SqlEventLog
from bot.store.leases import SqlLeases
from bot.store.ledger import SqlLedger
from bot.store.managers import SqlManagers
from bot.store.open_replies import SqlOpenReplies
from bot.store.opt_ins import SqlOptIns
from bot.store.papers import SqlPapers
from bot.store.saved import SqlSavedPapers
from bot.store.seals import KeyedSeals
from bot.store.shared_turns import SqlSharedTurns
from bot.store.subscriptions import SqlSubscriptions
from bot.store.summaries import SqlSummaries
from bot.store.tables import events, leases, metadata, seen_lists, shown_lists
from bot.store.texts import SqlTexts
from bot.store.vault import SqlVault, cipher
from bot.store.workspaces import SqlWorkspaces
from bot.testing.clock import FakeClock
from bot.testing.store import FakeEventLog, FakeLeases, FakeLedger, FakeStore
from tests.contract.store.kinds import Store

KEY = SecretStr("a key of thirty-two characters or more")


@pytest.fixture
def clock() -> FakeClock:
    """The clock that the store reads."""
    return FakeClock()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to be copied."""
    folder = tmp_path_factory.mktemp("store")
    asyncio.run(upgrade(None, folder))
    return folder / FILE


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Postgres database with every table, which the tests of the contract use one after the other."""
    address = postgres_url.replace("/postgres?", "/contract?")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE contract")
    asyncio.run(upgrade(address, tmp_path_factory.mktemp("unused")))
    return address


@pytest.fixture
def empty_postgres(migrated_postgres: str) -> str:
    """The same, emptied."""
    with psycopg.connect(migrated_postgres) as connection:
        tables = SQL(", ").join(Identifier(table.name) for table in metadata.sorted_tables)
        connection.execute(SQL("TRUNCATE {}").format(tables))
    return migrated_postgres


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where to keep the store; None for the memory.  Each test of the contract runs on all three."""
    if request.param == "memory":
        return None
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path)
        return f"sqlite:///{tmp_path / FILE}"
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture
async def store(address: str | None, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    if address is None:
        yield _in_memory(clock)
        return
    database = await Database.open(address, tmp_path)
    yield _in_sql(database, clock, tmp_path)
    await database.aclose()


def _in_memory(clock: FakeClock) -> Store:
    fake = FakeStore(ledger=FakeLedger(clock), leases=FakeLeases(clock), events=FakeEventLog(clock))
    return Store(
        papers=fake.papers,
        summaries=fake.summaries,
        texts=fake.texts,
        answers=fake.answers,
        ledger=fake.ledger,
        conversations=fake.conversations,
        saved=fake.saved,
        events=fake.events,
        open_replies=fake.open_replies,
        leases=fake.leases,
        managers=fake.managers,
        vault=fake.vault,
        seals=fake.seals,
        opt_ins=fake.opt_ins,
        subscriptions=fake.subscriptions,
        deliveries=fake.deliveries,
        shared_turns=fake.shared_turns,
        workspaces=fake.workspaces,
        now=clock.now,
        pass_time=partial(_advance, clock),
    )


def _in_sql(database: Database, clock: FakeClock, folder: Path) -> Store:
    return Store(
        papers=SqlPapers(database),
        summaries=SqlSummaries(database),
        texts=SqlTexts(database),
        answers=SqlAnswers(database),
        ledger=SqlLedger(database, clock),
        conversations=SqlConversations(database),
        saved=SqlSavedPapers(database),
        events=SqlEventLog(database),
        open_replies=SqlOpenReplies(database),
        leases=SqlLeases(database),
        managers=SqlManagers(database),
        vault=SqlVault(database, cipher(KEY, folder)),
        seals=KeyedSeals.of(KEY, folder),
        opt_ins=SqlOptIns(database),
        subscriptions=SqlSubscriptions(database),
        deliveries=SqlDeliveries(database),
        shared_turns=SqlSharedTurns(database),
        workspaces=SqlWorkspaces(database),
        now=partial(datetime.now, UTC),
        pass_time=partial(_put_back, database),
    )


async def _advance(clock: FakeClock, time: timedelta) -> None:
    clock.advance(time.total_seconds())


async def _put_back(database: Database, time: timedelta) -> None:
    """What a database's own clock has stamped is so much older now: nobody can set that clock."""
    stamped = (
        (leases, ("expires_at",)),
        (events, ("begun_at", "lease_ends")),
        (shown_lists, ("shown_at",)),
        (seen_lists, ("seen_at",)),
    )
    async with database.transaction() as connection:
        for table, columns in stamped:
            for row in (await connection.execute(select(table))).mappings().all():
                older = {column: row[column] - time for column in columns}
                same = (key == row[key.name] for key in table.primary_key)
                await connection.execute(update(table).where(*same).values(older))
