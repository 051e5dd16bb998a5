"""A real mail server on this machine (aiosmtpd), that takes what it is told to take."""

from __future__ import annotations

import asyncio
import email
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOST = "127.0.0.1"


@dataclass
class LocalMail:
    """What has come in, and how the next mails are treated.

    Args:
        user, password: who may send; with none anybody may.
        refused: the server's reply to a recipient, by address; the newest is taken off where there are several.
        text_reply: its reply to the text; None takes it.
        breaks_off: whether the connection breaks once the text is there, which is taken all the same.
        hangs: whether no answer to the text ever comes.
    """

    port: int = 0
    user: str = ""
    password: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    text_reply: str | None = None
    breaks_off: bool = False
    hangs: bool = False
    sessions_encrypted: list[bool] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Its address, for the settings."""
        who = f"{self.user}:{self.password}@" if self.user else ""
        return f"smtp://{who}{HOST}:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 (its name)
        """Take a recipient, or not."""
        if replies := self.refused.get(address):
            return replies.pop()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (its name)
        """Take a text, or not."""
        if self.text_reply is not None:
            return self.text_reply
        self.sessions_encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        letter = email.message_from_bytes(envelope.content, policy=AS_SENT)
        assert isinstance(letter, EmailMessage)
        assert envelope.rcpt_tos == [letter["To"].addresses[0].addr_spec]
        self.letters.append(letter)
        self.arrived.set()
        if self.breaks_off:
            server.transport.abort()
        if self.hangs:
            await asyncio.Event().wait()
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
        """Whether these are the user and the password."""
        right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=right == (self.user, self.password), handled=False)


@asynccontextmanager
async def local_mail(
    mail: LocalMail | None = None, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[LocalMail]:
    """Run it on any free port: with STARTTLS, encrypted from the start, or in the clear."""
    mail = mail or LocalMail()

    def session() -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # of passwords in the clear: a line encrypted throughout is none
            return SMTP(
                mail,
                hostname="mail.example",
                tls_context=starttls,
                require_starttls=starttls is not None,
                auth_required=bool(mail.user),
                auth_require_tls=starttls is not None,
                authenticator=mail.authenticate,
                loop=asyncio.get_running_loop(),
            )

    server = await asyncio.get_running_loop().create_server(session, HOST, mail.port, ssl=tls)
    mail.port = server.sockets[0].getsockname()[1]
    try:
        yield mail
    finally:
        server.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for this machine: the context of who shows it, and that of who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    shown = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM)
    file.write_bytes(shown)
    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    showing.load_cert_chain(file)
    return showing, ssl.create_default_context(cadata=signed.public_bytes(Encoding.PEM).decode())
