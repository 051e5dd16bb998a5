"""What is kept is for its owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.terminal.history import open_history
from bot.logs import log_to_file
from bot.papers.http.cache import open_cache
from bot.private import make_private_file, make_private_folder
from bot.store.database import FILE, Database
from bot.store.keys import KEY_FILE, keys
from paperwire.doctor.checks import look_at_data_folder
from paperwire.settings import Settings


def rights(path: Path) -> int:
    """The permission bits."""
    return path.stat().st_mode & 0o777


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.mark.usefixtures("restored_logging")
async def test_whoever_comes_first_makes_the_data_folder_private(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("log", "cache", "history", "doctor", "store")}
    log_to_file(folders["log"])
    storage = open_cache(folders["cache"])
    open_history(folders["history"] / "history")
    await look_at_data_folder(Settings.model_validate({"PAPERWIRE_DATA": str(folders["doctor"])}))
    await (await Database.open(None, folders["store"])).aclose()
    assert storage is not None
    assert {name: rights(folder) for name, folder in folders.items()} == dict.fromkeys(folders, 0o700)


async def test_a_database_and_all_beside_it_are_closed_to_others(tmp_path: Path) -> None:
    database = await Database.open(None, tmp_path)
    async with database.transaction():
        assert {rights(file) for file in _files(tmp_path)} == {0o600}
    await database.aclose()


async def test_a_database_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    (tmp_path / FILE).chmod(0o644)
    await (await Database.open(None, tmp_path)).aclose()
    assert rights(tmp_path / FILE) == 0o600


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    make_private_folder(tmp_path)
    assert rights(tmp_path) == 0o750


def test_a_file_that_is_there_keeps_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_text("words")
    make_private_file(file)
    assert (file.read_text(), rights(file)) == ("words", 0o600)


def test_key_file_is_made_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert keys(None, folder) == keys(None, folder)
    assert (rights(folder), rights(folder / KEY_FILE)) == (0o700, 0o600)
