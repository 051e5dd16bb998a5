"""Mail over real sockets: what the server says, and what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from email.headerregistry import Address
from pathlib import Path

import pytest

from adapters.mail.poster import MailPoster
from adapters.mail.server import MailServer
from bot.digests.model import Digest, Edition, Kind, Part, Slot, Target
from bot.documents.model import Document, Paragraph, text
from bot.errors import Ambiguous, BotError, ContentRejected, TargetGone, Transient, Unauthorized
from bot.testing.clock import FakeClock
from tests.servers.mail import LocalMail, certificate, local_mail

READER = "reader@example.net"
SLOT = Slot(Target("email:local", READER), Kind.DAILY, date(2026, 7, 9), Edition.FINAL)
DIGEST = Digest(slot=SLOT, title="Papers", parts=(Part(0, Document("Papers", (Paragraph(text("2 new papers.")),))),))
SENDER = Address("Paperwire", addr_spec="papers@example.org")


@pytest.fixture
async def mail() -> AsyncIterator[LocalMail]:
    """A server in the clear, which is enough on one machine."""
    async with local_mail() as server:
        yield server


def _poster(server: MailServer) -> MailPoster:
    return MailPoster(server, SENDER, lambda target, kind: f"https://papers.example.org/{target.channel}", FakeClock())


async def _send(server: MailServer) -> None:
    await _poster(server).mail(DIGEST, "key")


async def test_digest_arrives(mail: LocalMail) -> None:
    ref = await _poster(MailServer.of(mail.url)).mail(DIGEST, "key")
    [letter] = mail.letters
    assert (letter["Subject"], letter["Message-ID"], ref.message) == (
        "Papers",
        "<key@example.org>",
        "<key@example.org>",
    )
    assert letter["List-Unsubscribe"] == f"<https://papers.example.org/{READER}>"


async def test_code_arrives(mail: LocalMail) -> None:
    await _poster(MailServer.of(mail.url)).send_code(READER, "K7QM-2XWD")
    assert "K7QM-2XWD" in mail.letters[0].get_content()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("550 5.1.1 No such user", TargetGone),
        ("553 5.1.3 Bad address", TargetGone),
        ("450 4.2.0 Greylisted, try again", Transient),
        ("421 4.3.2 Closing", Transient),
    ],
)
async def test_refused_recipient(mail: LocalMail, reply: str, error: type[BotError]) -> None:
    mail.refused[READER] = [reply]
    with pytest.raises(error) as caught:
        await _send(MailServer.of(mail.url))
    assert type(caught.value) is error
    assert reply[6:] not in caught.value.sentence


async def test_greylisted_mail_gets_through_later(mail: LocalMail) -> None:
    mail.refused[READER] = ["450 4.2.0 Greylisted"]
    server = MailServer.of(mail.url)
    with pytest.raises(Transient) as caught:
        await _send(server)
    assert caught.value.retry_after == 300
    assert "5 minutes" in caught.value.sentence
    await _send(server)
    assert len(mail.letters) == 1


@pytest.mark.parametrize(("reply", "error"), [("554 5.7.1 Spam", ContentRejected), ("452 4.3.1 Full", Transient)])
async def test_text_that_is_not_taken(mail: LocalMail, reply: str, error: type[BotError]) -> None:
    mail.text_reply = reply
    with pytest.raises(error) as caught:
        await _send(MailServer.of(mail.url))
    assert type(caught.value) is error


async def test_connection_that_breaks_after_the_text_leaves_it_open(mail: LocalMail) -> None:
    mail.breaks_off = True
    with pytest.raises(Ambiguous):
        await _send(MailServer.of(mail.url))
    assert len(mail.letters) == 1


async def test_no_answer_to_the_text_leaves_it_open(mail: LocalMail) -> None:
    mail.hangs = True
    with pytest.raises(Ambiguous):
        await _send(replace(MailServer.of(mail.url), patience_after_text=0.05))


async def test_nobody_there_is_worth_another_try(mail: LocalMail, unused_tcp_port: int) -> None:
    with pytest.raises(Transient) as caught:
        await _send(MailServer.of(f"smtp://127.0.0.1:{unused_tcp_port}"))
    assert type(caught.value) is Transient
    assert caught.value.retry_after == 120


@pytest.mark.parametrize("starts_encrypted", [True, False])
async def test_password_goes_over_an_encrypted_line(tmp_path: Path, starts_encrypted: bool) -> None:
    showing, trusting = certificate(tmp_path)
    own = LocalMail(user="papers", password="p w:d/1")
    tls, starttls = (showing, None) if starts_encrypted else (None, showing)
    async with local_mail(own, tls=tls, starttls=starttls) as mail:
        scheme = "smtps" if starts_encrypted else "smtp"
        url = f"{scheme}://papers:p%20w%3Ad%2F1@127.0.0.1:{mail.port}"
        await _send(MailServer.of(url, trusting))
    assert (len(mail.letters), mail.sessions_encrypted) == (1, [True])


async def test_wrong_password_is_for_whoever_runs_the_bot(tmp_path: Path) -> None:
    showing, trusting = certificate(tmp_path)
    async with local_mail(LocalMail(user="papers", password="right"), starttls=showing) as mail:
        server = MailServer.of(f"smtp://papers:wrong@127.0.0.1:{mail.port}", trusting)
        with pytest.raises(Unauthorized) as caught:
            await server.greet()
        with pytest.raises(Transient):  # no fault of the address
            await _send(server)
    assert "wrong" not in str(caught.value)
    assert "wrong" not in repr(server)


async def test_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    showing, _ = certificate(tmp_path)
    for tls, starttls, scheme in ((showing, None, "smtps"), (None, showing, "smtp")):
        async with local_mail(tls=tls, starttls=starttls) as mail:
            with pytest.raises(Unauthorized, match="certificate"):
                await MailServer.of(f"{scheme}://127.0.0.1:{mail.port}").greet()


async def test_server_without_tls_is_told_from_one_that_is_away(mail: LocalMail) -> None:
    with pytest.raises(Unauthorized, match="does not speak TLS"):
        await MailServer.of(mail.url.replace("smtp://", "smtps://")).greet()


async def test_other_machine_has_to_encrypt(mail: LocalMail) -> None:
    """The name is none of this machine's own, though it leads here."""
    with pytest.raises(Unauthorized, match="encryption"):
        await replace(MailServer.of(mail.url), host="127.1").greet()
    assert mail.letters == []


@pytest.mark.parametrize(
    ("url", "port", "encrypted"),
    [("smtp://mail.example.org", 587, False), ("smtps://mail.example.org", 465, True), ("smtp://m:25", 25, False)],
)
def test_ports(url: str, port: int, encrypted: bool) -> None:
    server = MailServer.of(url)
    assert (server.port, server.starts_encrypted) == (port, encrypted)
