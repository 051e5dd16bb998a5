"""Settings: what is read, what is refused, and what never shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import load

NO_FILE = Path("no such file")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PAPERWIRE_MODEL=from-file\nPAPERWIRE_LANGUAGE=de\n", encoding="utf-8")
    settings = load({"PAPERWIRE_MODEL": "from-environment"}, file)
    assert (settings.model, settings.language) == ("from-environment", "de")


def test_an_empty_value_is_as_good_as_none() -> None:
    assert load({"OPENAI_API_KEY": " ", "PAPERWIRE_MODEL": ""}, NO_FILE) == load({}, NO_FILE)


@pytest.mark.parametrize(("wrong", "right"), [("PAPERWIRE_MODLE", "PAPERWIRE_MODEL"), ("PAPERWIRE_DATE", "DATA")])
def test_an_unknown_name_is_told_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(SettingsError, match=right):
        load({wrong: "x"}, NO_FILE)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAPERWIRE_TOKENS_PER_DAY", "plenty"), ("PAPERWIRE_TOKENS_PER_DAY", "-1"), ("HF_ENDPOINT", "ftp://hidden")],
)
def test_a_value_that_cannot_be_is_told_by_its_name_alone(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        load({name: value}, NO_FILE)
    assert value not in caught.value.sentence


def test_secrets_never_show() -> None:
    settings = load({"OPENAI_API_KEY": "hush-1", "DATABASE_URL": "postgresql://u:hush-2@h/d"}, NO_FILE)
    assert "hush" not in f"{settings} {settings!r} {settings.model_dump()}"


def test_a_server_of_ones_own_needs_no_key() -> None:
    assert load({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}, NO_FILE).has_model
    assert not load({}, NO_FILE).has_model
