"""The doctor: checks that pass, warn, fail and hang."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.errors import BotError, StoreError
from paperwire.doctor.checks import advice, look_at_data_folder, look_at_encodings
from paperwire.doctor.language_model import look_at_model
from paperwire.doctor.model import Result, Verdict
from paperwire.doctor.report import examine, look_at_platforms, look_at_settings, run_checks, with_advice
from paperwire.settings import Settings


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


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("database", "PAPERWIRE_DATA"),
        ("Hugging Face", "HF_ENDPOINT"),
        ("arXiv", "PAPERWIRE_ARXIV_URL"),
        ("language model", "OPENAI_API_KEY"),
    ],
)
def test_a_fault_without_a_fix_gets_the_setting_to_look_at(name: str, setting: str) -> None:
    mended = with_advice({name: Result(Verdict.FAULT, "No.")}, advice(Settings.model_validate({})))
    assert setting in mended[name].fix


def test_advice_names_the_address_but_no_password() -> None:
    settings = Settings.model_validate(
        {"OPENAI_BASE_URL": "http://me:hunter2@model.test/v1?key=hunter2", "HF_ENDPOINT": "https://me:hunter2@hf.test"}
    )
    told = " ".join([*advice(settings).values(), look_at_settings(settings).sentence])
    assert "http://model.test/v1" in told
    assert "https://hf.test" in told
    assert "OPENAI_BASE_URL" in told
    assert "hunter2" not in told


def test_a_fix_that_is_there_stays() -> None:
    found = {"arXiv": Result(Verdict.FAULT, "No.", "Wait."), "database": Result(Verdict.OK, "Yes.")}
    assert with_advice(found, advice(Settings.model_validate({}))) == found


@pytest.mark.usefixtures("restored_logging")
async def test_settings_that_cannot_be_read_are_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPERWIRE_MODLE", "x")
    assert await examine(as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["kind"] == "SettingsError"
