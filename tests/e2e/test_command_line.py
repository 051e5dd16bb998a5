"""The command line as a user meets it, with what is typed wrong and what is broken around it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Program

SCRIPT = "/papers today\n/papers show #1\n/papers help\n"


def one_sentence(err: str) -> str:
    """What was said on stderr, which is a line and no more."""
    assert len(err.strip().splitlines()) == 1, err
    return err.strip()


def an_hour_passes(data: Path) -> None:
    """Make every list in the database an hour older."""
    with sqlite3.connect(data / "paperwire.db") as database:
        database.execute("UPDATE lists SET fetched_at = datetime(fetched_at, '-1 hour')")
    database.close()


def test_a_script_is_answered_line_by_line(paperwire: Program) -> None:
    done = paperwire("chat", "--demo", typed=SCRIPT)
    assert done.code == 0
    assert "Trending papers" in done.out
    assert "Vidu S1" in done.out
    assert "What can be asked" in done.out
    assert list(paperwire.folder.iterdir()) == []  # a demonstration leaves nothing behind


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_list_is_shown_in_any_encoding(paperwire: Program, encoding: str, options: tuple[str, ...]) -> None:
    done = paperwire("today", "--demo", *options, PYTHONIOENCODING=encoding)
    assert done.code == 0
    assert "Vidu S1" in done.out


def test_an_unknown_command_of_the_command_line_is_named(paperwire: Program) -> None:
    done = paperwire("tody")
    assert done.code == 2
    assert "today" in done.err


@pytest.mark.skipif(os.name == "nt", reason="needs a path that cannot be a folder")
def test_an_unusable_data_folder_is_named(paperwire: Program) -> None:
    done = paperwire("today", PAPERWIRE_DATA="/dev/null/data")
    assert done.code == 1
    assert "/dev/null/data" in one_sentence(done.err)


def test_a_corrupt_database_is_named_and_left_alone(paperwire: Program) -> None:
    data = paperwire.folder / "data"
    data.mkdir()
    (data / "paperwire.db").write_bytes(b"this is no database" * 1000)
    done = paperwire("today")
    assert done.code == 1
    assert "paperwire.db" in one_sentence(done.err)
    assert (data / "paperwire.db").read_bytes() == b"this is no database" * 1000


def test_an_empty_script_is_no_fault(paperwire: Program) -> None:
    done = paperwire("chat", "--demo", typed=None)
    assert (done.code, done.out) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_ends_a_script_that_never_comes(paperwire: Program) -> None:
    with paperwire.started("chat", "--demo") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("help\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130


@pytest.mark.real_data
def test_the_recorded_days_are_shown_and_stay_when_the_source_is_gone(paperwire: Program, replay: str) -> None:
    there = {"HF_ENDPOINT": replay, "PAPERWIRE_ARXIV_URL": replay}
    first = paperwire("run", typed="/papers week\n/papers show #1\n/papers help\n", **there)
    an_hour_passes(paperwire.folder / "data")
    later = paperwire("run", typed="/papers week\n")
    assert (first.code, later.code) == (0, 0)
    assert "Top papers of the week" in first.out
    assert "this is as of" not in first.out
    assert "Hugging Face does not answer; this is as of" in later.out


@pytest.mark.real_data
def test_on_a_full_disk_what_was_seen_is_shown_with_a_sentence(paperwire: Program, replay: str) -> None:
    data = paperwire.folder / "data"
    assert paperwire("today", HF_ENDPOINT=replay, PAPERWIRE_ARXIV_URL=replay).code == 0
    (data / "paperwire.db-shm").symlink_to("nowhere/at all")  # SQLite cannot make it, as if there were no room
    seen, fresh = paperwire("today"), paperwire("today", HF_ENDPOINT=replay)
    assert (seen.code, fresh.code) == (0, 0)
    assert "Hugging Face does not answer; this is as of" in seen.out
    assert "Nothing new is kept" in seen.out
    assert "Nothing new is kept" in fresh.out


def test_with_no_platform_and_nobody_typing_it_says_what_is_missing(paperwire: Program) -> None:
    done = paperwire("run", PAPERWIRE_HTTP="127.0.0.1:0")
    assert done.code == 1
    assert "paperwire setup slack" in one_sentence(done.err)


@pytest.mark.skipif(os.name == "nt", reason="closes an output as a POSIX shell does")
def test_a_closed_output_is_no_fault(paperwire: Program) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "from paperwire.cli import main; main()" today --demo >&-', sys.executable],
        cwd=paperwire.folder,
        env=os.environ | paperwire.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
