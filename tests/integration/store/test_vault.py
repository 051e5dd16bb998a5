"""Secrets at rest: never in the clear, readable with older keys, lost with none."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.errors import SettingsError, StoreError
from bot.store.database import Database
from bot.store.keys import KEY_FILE
from bot.store.tables import secrets
from bot.store.vault import SqlVault, cipher

OLD = SecretStr("an old key of thirty-two characters")
NEW = SecretStr("a new key of thirty-two characters or so")
BOTH = SecretStr(f"{NEW.get_secret_value()}, {OLD.get_secret_value()}")


async def test_secret_is_not_in_the_database(database: Database, tmp_path: Path) -> None:
    await SqlVault(database, cipher(NEW, tmp_path)).put("slack", "T1", "slack:T1", b"xoxb-canary")
    async with database.reading() as connection:
        stored = (await connection.execute(select(secrets.c.secret))).scalar_one()
    assert b"canary" not in stored


async def test_older_key_still_reads(database: Database, tmp_path: Path) -> None:
    await SqlVault(database, cipher(OLD, tmp_path)).put("slack", "T1", "slack:T1", b"token")
    assert await SqlVault(database, cipher(BOTH, tmp_path)).get("slack", "T1") == b"token"


async def test_newest_key_writes(database: Database, tmp_path: Path) -> None:
    await SqlVault(database, cipher(BOTH, tmp_path)).put("slack", "T1", "slack:T1", b"token")
    assert await SqlVault(database, cipher(NEW, tmp_path)).get("slack", "T1") == b"token"


async def test_lost_key_says_what_to_do(database: Database, tmp_path: Path) -> None:
    await SqlVault(database, cipher(OLD, tmp_path)).put("slack", "T1", "slack:T1", b"token")
    with pytest.raises(StoreError, match="PAPERWIRE_SECRET_KEY"):
        await SqlVault(database, cipher(NEW, tmp_path)).get("slack", "T1")


async def test_key_file_is_made_once_for_this_user_alone(database: Database, tmp_path: Path) -> None:
    await SqlVault(database, cipher(None, tmp_path)).put("slack", "T1", "slack:T1", b"token")
    assert await SqlVault(database, cipher(None, tmp_path)).get("slack", "T1") == b"token"
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert {name for name in os.listdir(tmp_path) if name.startswith(KEY_FILE)} == {KEY_FILE}


def test_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at least 32 characters") as caught:
        cipher(SecretStr("hunter2"), tmp_path)
    assert "hunter2" not in str(caught.value)


def test_key_file_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="PAPERWIRE_SECRET_KEY"):
        cipher(None, tmp_path / "file" / "folder")
