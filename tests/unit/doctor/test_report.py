"""The doctor: checks that pass, warn, fail and hang."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.doctor.checks import look_at_data_folder, look_at_encodings, look_at_model
from bot.doctor.model import Result, Verdict
from bot.doctor.report import look_at_platforms, run_checks
from bot.errors import BotError, StoreError
from bot.settings import Settings


@dataclass
class Scripted:
    """A check that ends as it is told."""

    name: str
    end: Result | BotError | None = None

    async def run(self) -> Result:
        """End, or never."""
        if isinstance(self.end, BotError):
            raise self.end
        if self.end is None:
            await asyncio.Event().wait()
        assert self.end is not None
        return self.end


async def test_every_check_has_its_say_whatever_the_others_do() -> None:
    fine = Result(Verdict.OK, "All is well.")
    findings = await run_checks(
        [Scripted("a", fine), Scripted("b", StoreError("The disk is full.")), Scripted("c")], patience=0.01
    )
    assert findings["a"] == fine
    assert findings["b"] == Result(Verdict.FAULT, "The disk is full.")
    assert findings["c"].verdict is Verdict.FAULT


@pytest.mark.parametrize("folder", ["/dev/null/data", "/proc/paperwire"])
async def test_a_folder_that_takes_no_file_is_a_fault_with_its_fix(folder: str) -> None:
    result = await look_at_data_folder(Settings.model_validate({"PAPERWIRE_DATA": folder}))
    assert result.verdict is Verdict.FAULT
    assert folder in result.sentence
    assert "PAPERWIRE_DATA" in result.fix


async def test_a_folder_is_made_where_it_can_be(tmp_path: Path) -> None:
    result = await look_at_data_folder(Settings.model_validate({"PAPERWIRE_DATA": str(tmp_path / "deep" / "data")}))
    assert result.verdict is not Verdict.FAULT


async def test_no_model_is_a_warning() -> None:
    assert (await look_at_model(Settings.model_validate({}))).verdict is Verdict.WARNING


async def test_encodings_are_counted_on_or_warned_of() -> None:
    assert (await look_at_encodings(Settings.model_validate({}))).verdict is not Verdict.FAULT


def test_without_tokens_the_terminal_is_named() -> None:
    assert "terminal" in look_at_platforms(Settings.model_validate({})).sentence
