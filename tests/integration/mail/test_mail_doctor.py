"""What the doctor says about mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from paperwire.doctor.model import Verdict
from paperwire.doctor.report import run_checks
from paperwire.on_mail import MailCheck, checks
from paperwire.settings import Settings
from tests.servers.mail import LocalMail, certificate, local_mail

SET = {
    "PAPERWIRE_MAIL_FROM": "Paperwire <papers@example.org>",
    "PAPERWIRE_PUBLIC_URL": "https://papers.example.org",
    "PAPERWIRE_HTTP": "127.0.0.1:8080",
}


def _settings(**given: str | None) -> Settings:
    return Settings.model_validate({name: value for name, value in (SET | given).items() if value})


async def _found(settings: Settings) -> tuple[Verdict, str]:
    result = (await run_checks([MailCheck(settings)]))["mail"]
    return result.verdict, f"{result.sentence} {result.fix}"


async def test_server_that_takes_the_bot_in_gets_no_mail() -> None:
    async with local_mail() as mail:
        verdict, words = await _found(_settings(PAPERWIRE_SMTP_URL=mail.url))
    assert (verdict, mail.letters) == (Verdict.OK, [])
    assert "no mail was sent" in words


async def test_listener_has_to_be_somewhere() -> None:
    async with local_mail() as mail:
        verdict, words = await _found(_settings(PAPERWIRE_SMTP_URL=mail.url, PAPERWIRE_HTTP=None))
    assert verdict is Verdict.WARNING
    assert "PAPERWIRE_HTTP" in words


async def test_wrong_password_is_told_without_it(tmp_path: Path) -> None:
    showing, _ = certificate(tmp_path)
    async with local_mail(LocalMail(user="papers", password="right"), starttls=showing) as mail:
        verdict, words = await _found(_settings(PAPERWIRE_SMTP_URL=f"smtp://papers:secret@127.0.0.1:{mail.port}"))
    assert verdict is Verdict.FAULT
    assert "certificate" in words  # nobody vouches for it, so the password never leaves
    assert "secret" not in words


async def test_nobody_at_the_address() -> None:
    verdict, words = await _found(_settings(PAPERWIRE_SMTP_URL="smtp://127.0.0.1:9"))
    assert verdict is Verdict.FAULT
    assert "PAPERWIRE_SMTP_URL" in words


@pytest.mark.parametrize("missing", ["PAPERWIRE_MAIL_FROM", "PAPERWIRE_PUBLIC_URL"])
async def test_what_is_missing_is_named(missing: str) -> None:
    verdict, words = await _found(_settings(PAPERWIRE_SMTP_URL="smtp://127.0.0.1:9", **{missing: None}))
    assert verdict is Verdict.FAULT
    assert f"Set {missing}." in words


def test_mail_that_nobody_wants_is_not_looked_at() -> None:
    assert checks(Settings.model_validate({})) == ()
    assert checks(Settings.model_validate({"PAPERWIRE_PUBLIC_URL": "https://papers.example.org"})) == ()
