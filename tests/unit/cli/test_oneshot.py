"""One-shot commands: what stands on which stream, and the exit code."""

from __future__ import annotations

import json
import sqlite3
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from paperwire.cli.app import app

pytestmark = pytest.mark.usefixtures("restored_logging")

NOBODY_LISTENS = "http://127.0.0.1:9"  # the discard port: refused at once


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and sources that do not answer."""
    monkeypatch.chdir(tmp_path)  # where no .env lies
    monkeypatch.setenv("PAPERWIRE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HF_ENDPOINT", NOBODY_LISTENS)
    monkeypatch.setenv("PAPERWIRE_ARXIV_URL", NOBODY_LISTENS)
    return tmp_path / "data"


def paperwire(*words: str) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, words)


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "2401.99999", "--demo"], "There is no paper 2401.99999"),
        (["show", "https://example.com/paper", "--demo"], "names no paper"),
        (["today", "--date", "2026-02-30", "--demo"], "That is not a day"),
        (["today", "--date", "2099-01-01", "--demo"], "lies ahead"),
        (["ask", "#1", " ", "--demo"], "What would you like to know?"),
        (["search", "", "--demo"], "needs words to search for"),
        (["search", "\x1b\x07", "--demo"], "needs words to search for"),
        (["search", "x" * 100_000, "--demo"], "please keep it under"),
        (["show", "\x1b[31m", "--demo"], "names no paper"),
        (["show", "#4", "--demo"], "No list has been shown here yet"),
    ],
)
def test_bad_input_gets_one_sentence_on_stderr_and_a_code(words: list[str], says: str) -> None:
    done = paperwire(*words)
    assert done.exit_code == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "\x1b" not in done.stderr
    assert not done.stdout


def test_the_version_is_that_of_the_package() -> None:
    done = paperwire("--version")
    assert (done.exit_code, done.stdout) == (0, f"Paperwire {version('paperwire')}\n")


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("words", [["show", "nonsense", "--demo"], ["today"]])
def test_an_error_is_json_too(words: list[str]) -> None:
    done = paperwire(*words, "--json")
    assert done.exit_code == 1
    assert set(json.loads(done.stdout)) == {"error", "kind"}


@pytest.mark.usefixtures("data")
def test_nothing_found_is_no_error() -> None:
    done = paperwire("search", "zebra", "--demo")
    assert done.exit_code == 0
    assert "No paper was found" in done.stdout


@pytest.mark.usefixtures("data")
def test_the_json_of_a_list_holds_its_papers() -> None:
    done = paperwire("today", "--demo", "--json", "--top", "2")
    assert done.exit_code == 0
    assert [paper["rank"] for paper in json.loads(done.stdout)["papers"]] == [1, 2]


@pytest.mark.usefixtures("data")
def test_an_unknown_setting_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERWIRE_MODLE", "x")
    done = paperwire("today")
    assert done.exit_code == 1
    assert "PAPERWIRE_MODEL" in done.stderr


@pytest.mark.usefixtures("data")
def test_a_password_stays_out_of_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:hunter2@127.0.0.1:9/papers")
    done = paperwire("today")
    assert done.exit_code == 1
    assert "hunter2" not in done.output


def test_a_database_of_a_newer_version_is_told(data: Path) -> None:
    assert paperwire("db", "upgrade").exit_code == 0
    with sqlite3.connect(data / "paperwire.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'ffff'")
    database.close()
    done = paperwire("today")
    assert done.exit_code == 1
    assert "newer Paperwire" in done.stderr


@pytest.mark.usefixtures("data")
def test_the_doctor_tells_faults_from_warnings() -> None:
    done = paperwire("doctor", "--json")
    report = json.loads(done.stdout)
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert done.exit_code == 1
    assert report["ok"] is False
    assert verdicts["Hugging Face"] == verdicts["arXiv"] == "fault"
    assert verdicts["database"] == verdicts["data folder"] == "ok"
    assert verdicts["language model"] == "warning"


@pytest.mark.usefixtures("data")
def test_a_digest_has_its_own_most_papers() -> None:
    assert paperwire("digest", "preview", "--top", "25", "--demo").exit_code == 0
    assert paperwire("digest", "preview", "--top", "26", "--demo").exit_code == 2


@pytest.mark.usefixtures("data")
def test_the_demonstration_can_be_searched_at_once() -> None:
    done = paperwire("search", "video", "generation", "--demo")
    assert done.exit_code == 0
    assert "Vidu S1" in done.stdout


@pytest.mark.usefixtures("data")
def test_round_up_of_the_week_has_its_figures_for_scripts() -> None:
    done = paperwire("digest", "preview", "--weekly", "--demo", "--json")
    told = json.loads(done.stdout)
    assert (told["kind"], told["total"]) == ("weekly", len(told["papers"]))
    assert {"topic", "papers", "week_before"} == told["topics"][0].keys()
