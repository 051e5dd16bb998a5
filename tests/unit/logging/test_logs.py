"""Logs: where they go, and what never stands in them."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import structlog

from bot.logs import FILE, MAX_VALUE, log_to_file

pytestmark = pytest.mark.usefixtures("restored_logging")


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]


def test_each_line_is_json_with_time_level_and_action(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    structlog.get_logger("bot.test").warning("something", action="test", count=3)
    [line] = lines(tmp_path)
    assert line["timestamp"].endswith("Z")
    assert {key: line[key] for key in ("event", "level", "logger", "action", "count")} == {
        "event": "something",
        "level": "warning",
        "logger": "bot.test",
        "action": "test",
        "count": 3,
    }


def test_libraries_log_to_the_same_place(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    logging.getLogger("some.library").error("it broke: %s", "why")
    assert lines(tmp_path)[0]["event"] == "it broke: why"


def test_a_traceback_holds_no_values_of_variables(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    token = "".join(["hu", "sh"])
    try:
        raise ValueError(len(token))
    except ValueError:
        structlog.get_logger().exception("failed", action="test")
    assert "ValueError" in lines(tmp_path)[0]["exception"]
    assert "hush" not in (tmp_path / FILE).read_text(encoding="utf-8")


def test_a_librarys_traceback_is_kept_too(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("some.library").exception("it broke")
    assert "ValueError: broken" in lines(tmp_path)[0]["exception"]


def test_long_values_are_cut(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    structlog.get_logger().warning("long", action="test", text="x" * 100_000)
    assert len(lines(tmp_path)[0]["text"]) == MAX_VALUE + 1


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("folder", [None, Path("/dev/null/logs")])
def test_without_a_usable_folder_nothing_is_logged_and_nothing_breaks(folder: Path | None) -> None:
    log_to_file(folder)
    structlog.get_logger().error("into the void", action="test")


def test_mail_addresses_are_shortened(tmp_path: Path) -> None:
    log_to_file(tmp_path)
    slot = "email:local/somebody.else@mail.example.org/daily/2026-07-10/final"
    structlog.get_logger().warning("digest_delivered", action="test", slot=slot)
    logging.getLogger("some.library").error("mail for <a@example.org>, @here and x @ y")
    delivered, library = lines(tmp_path)
    assert delivered["slot"] == "email:local/s…@mail.example.org/daily/2026-07-10/final"
    assert library["event"] == "mail for <a…@example.org>, @here and x @ y"
