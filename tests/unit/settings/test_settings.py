"""Settings: what is read, what is refused, and what never shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from paperwire.settings import load

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


@pytest.mark.parametrize("written", ["sk-1\n", "sk-1\r\n", " sk-1 ", '"sk-1"', "'sk-1'", "“sk-1”", "‘sk-1’\n"])
def test_what_files_and_shells_leave_around_a_key_is_taken_off(written: str) -> None:
    key = load({"OPENAI_API_KEY": written}, NO_FILE).openai_api_key
    assert key is not None
    assert key.get_secret_value() == "sk-1"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DISCORD_TOKEN", "HF_TOKEN"])
@pytest.mark.parametrize("written", ["sk—1", "sk-1\nsk-2", "sk 1", "sk\x001"])
def test_a_key_that_fits_into_no_header_is_refused_by_its_name(name: str, written: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        load({name: written}, NO_FILE)
    assert written not in caught.value.sentence


@pytest.mark.parametrize("end", ["", "/", "/chat/completions", "/chat/completions/"])
def test_the_end_of_the_models_address_is_taken_off(end: str) -> None:
    assert load({"OPENAI_BASE_URL": f"http://127.0.0.1:1/v1{end}"}, NO_FILE).openai_base_url == "http://127.0.0.1:1/v1"


@pytest.mark.parametrize("language", ["klingon!!", "xx", "en-", "english please"])
def test_a_language_that_is_none_is_refused(language: str) -> None:
    with pytest.raises(SettingsError, match="PAPERWIRE_LANGUAGE must be a language tag such as en"):
        load({"PAPERWIRE_LANGUAGE": language}, NO_FILE)


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "zh-Hans"])
def test_a_language_is_taken(language: str) -> None:
    assert load({"PAPERWIRE_LANGUAGE": language}, NO_FILE).language == language


def test_a_refusal_reads_as_a_sentence() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"HF_ENDPOINT": "huggingface.co", "PAPERWIRE_TOKENS_PER_DAY": "many"}, NO_FILE)
    assert "PAPERWIRE_TOKENS_PER_DAY is wrong: input should be a valid integer" in caught.value.sentence
    assert "HF_ENDPOINT must begin with https:// or http://" in caught.value.sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAPERWIRE_SMTP_URL", "mail.example.org"),
        ("PAPERWIRE_SMTP_URL", "http://u:hush@mail.example.org"),
        ("PAPERWIRE_SMTP_URL", "smtp://u:hush@"),
        ("PAPERWIRE_SMTP_URL", "smtp://u:hush@host:port"),
        ("PAPERWIRE_SMTP_URL", "smtp://user:12#hush@mail.example.org"),
        ("PAPERWIRE_SMTP_URL", "smtp://mail.example.org/hush?x"),
        ("PAPERWIRE_MAIL_FROM", "Paperwire"),
        ("PAPERWIRE_MAIL_FROM", "Paperwire <a@b.org>\r\nBcc: <c@d.org>"),
        ("PAPERWIRE_MAIL_FROM", "papers@example..org"),
        ("PAPERWIRE_MAIL_FROM", "papers@exämple.org"),
        ("PAPERWIRE_MAIL_FROM", "a@example.org, b@example.org"),
        ("PAPERWIRE_PUBLIC_URL", "http://papers.example.org"),
        ("PAPERWIRE_PUBLIC_URL", "https://u:hush@papers.example.org"),
        ("PAPERWIRE_PUBLIC_URL", "https://papers.example.org/?hush"),
        ("PAPERWIRE_PUBLIC_URL", "https://papers.example.org/#hush"),
        ("PAPERWIRE_PUBLIC_URL", "https://papers.example.org:port"),
        ("PAPERWIRE_PUBLIC_URL", "https://pap ers.example.org"),
        ("PAPERWIRE_PUBLIC_URL", "https://exämple.org"),
        ("PAPERWIRE_PUBLIC_URL", "https://[::1"),
        ("PAPERWIRE_PUBLIC_URL", "https://"),
        ("PAPERWIRE_PUBLIC_URL", "papers.example.org"),
    ],
)
def test_what_cannot_be_used_for_mail_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must") as caught:
        load({name: value}, NO_FILE)
    assert "hush" not in caught.value.sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAPERWIRE_SMTP_URL", "smtp://u%40x:p%23@[::1]:25/"),
        ("PAPERWIRE_MAIL_FROM", "papers@localhost"),
        ("PAPERWIRE_MAIL_FROM", "Päper, Wire <papers@example.org>"),
        ("PAPERWIRE_PUBLIC_URL", "https://papers.example.org:8443/bot"),
        ("PAPERWIRE_PUBLIC_URL", "http://[::1]:8080"),
    ],
)
def test_what_can_be_used_for_mail_is_taken(name: str, value: str) -> None:
    assert load({name: value}, NO_FILE) != load({}, NO_FILE)


def test_mail_and_feeds_need_all_their_settings() -> None:
    mail = {"PAPERWIRE_SMTP_URL": "smtps://u:hush@mail.example.org", "PAPERWIRE_MAIL_FROM": "P <p@example.org>"}
    reach = {"PAPERWIRE_PUBLIC_URL": "https://papers.example.org/"}
    assert not load(mail, NO_FILE).sends_mail
    assert load(mail | reach, NO_FILE).sends_mail
    assert not load(mail | reach, NO_FILE).shows_feeds
    assert load(reach | {"PAPERWIRE_HTTP": ":8080"}, NO_FILE).shows_feeds
    assert load(reach, NO_FILE).public_url == "https://papers.example.org"
    assert "hush" not in repr(load(mail, NO_FILE))
