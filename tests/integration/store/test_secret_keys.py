"""Hosts that share a database and have different keys are told so, at the start and by the doctor."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.digests.durable import ALIVE
from bot.store.database import Database
from bot.store.keys import KEY_FILE
from bot.store.leases import SqlLeases
from bot.store.tables import secrets
from paperwire.bootstrap import key_differs
from paperwire.doctor.checks import look_at_secret_key
from paperwire.doctor.model import Verdict
from paperwire.settings import Settings

OLD, NEW = "an old key of thirty-two characters", "a new key of thirty-two characters or so"


def _host(database_url: str, folder: Path, key: str | None = None) -> Settings:
    given = {"DATABASE_URL": database_url, "PAPERWIRE_DATA": str(folder)}
    return Settings.model_validate(given | ({"PAPERWIRE_SECRET_KEY": key} if key else {}))


async def test_second_host_with_a_key_of_its_own_is_told(database: Database, database_url: str, tmp_path: Path) -> None:
    first, second = (_host(database_url, tmp_path / name) for name in ("first", "second"))
    assert not await key_differs(first, starting=True)
    await SqlLeases(database).acquire("digests/first", "first", ALIVE)
    for _ in range(2):
        assert await key_differs(second, starting=True)
    assert (await look_at_secret_key(second)).verdict is Verdict.FAULT
    assert (await look_at_secret_key(first)).verdict is Verdict.OK
    shutil.copy(tmp_path / "first" / KEY_FILE, tmp_path / "second" / KEY_FILE)
    assert not await key_differs(second, starting=True)


async def test_key_that_was_lost_is_told_of_once(database: Database, database_url: str, tmp_path: Path) -> None:
    host = _host(database_url, tmp_path / "host")
    await key_differs(host, starting=True)
    os.remove(tmp_path / "host" / KEY_FILE)
    assert [await key_differs(host, starting=True) for _ in range(2)] == [True, False]


async def test_key_is_replaced_step_by_step(database: Database, database_url: str, tmp_path: Path) -> None:
    await SqlLeases(database).acquire("digests/other", "other", timedelta(seconds=30))
    told = [
        await key_differs(_host(database_url, tmp_path, key), starting=True) for key in (OLD, f"{NEW}, {OLD}", NEW, OLD)
    ]
    assert told == [False, False, False, True]


async def test_nothing_of_the_key_is_in_the_database(database: Database, database_url: str, tmp_path: Path) -> None:
    await key_differs(_host(database_url, tmp_path, OLD), starting=True)
    async with database.reading() as connection:
        [kept] = (await connection.execute(select(secrets.c.secret))).scalars().all()
    assert OLD.encode() not in kept


async def test_doctor_keeps_no_key(database: Database, database_url: str, tmp_path: Path) -> None:
    await look_at_secret_key(_host(database_url, tmp_path, OLD))
    assert not await key_differs(_host(database_url, tmp_path, NEW), starting=True)
