"""The server that takes the bot's mail.  The one place that knows aiosmtplib (https://aiosmtplib.readthedocs.io)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException

from adapters.mail.errors import BROKEN, translated
from adapters.mail.limits import AT_ONCE, PATIENCE, PATIENCE_AFTER_TEXT
from bot.errors import Ambiguous

PORTS = {"smtp": 587, "smtps": 465}  # RFC 6409 and RFC 8314
HERE = ("localhost", "127.0.0.1", "::1")
FAREWELL = 5.0  # seconds for the server's last words


@dataclass(frozen=True)
class MailServer:
    """A server for submitting mail.

    What goes to another machine is encrypted, or not sent: by TLS from the start, or by STARTTLS before anything else.
    """

    host: str
    port: int
    starts_encrypted: bool
    user: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None  # None: certificates that this machine trusts
    patience: float = PATIENCE
    patience_after_text: float = PATIENCE_AFTER_TEXT
    _lanes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False, compare=False)

    @classmethod
    def of(cls, url: str, tls: ssl.SSLContext | None = None) -> MailServer:
        """The server of an address that the settings have accepted: smtp:// or smtps://, user:password@host:port."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            starts_encrypted=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
        )

    async def deliver(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand over one mail.

        Raises:
            TargetGone: the server takes nothing for that recipient.
            ContentRejected: it does not take this mail.
            Unauthorized: it does not take mail from the bot as it is set up.
            Transient: surely not sent.
            Ambiguous: the text had left when the connection broke, or no answer came.
        """
        async with self._lanes, self._session() as session:
            try:
                await session.mail(sender)
                await session.rcpt(recipient)
            except (SMTPException, OSError) as error:
                raise translated(error) from error
            try:
                await session.data(message, timeout=self.patience_after_text)
            except BROKEN as error:
                raise Ambiguous("The mail server did not say whether it took the mail.") from error
            except SMTPException as error:
                raise translated(error) from error

    async def greet(self) -> None:
        """Connect, encrypt, sign in, and leave again.  Raises as `deliver`, where it concerns no mail."""
        async with self._session():
            pass

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        session = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            use_tls=self.starts_encrypted,
            start_tls=self._starttls,
            tls_context=self.tls,
            timeout=self.patience,
        )
        try:
            await session.connect()
        except (SMTPException, OSError) as error:
            session.close()
            raise translated(error) from error
        try:
            yield session
            with suppress(SMTPException, OSError):
                await session.quit(timeout=FAREWELL)
        finally:
            session.close()

    @property
    def _starttls(self) -> bool | None:
        """Whether to encrypt before anything else; None: where the server can, which is enough on this machine."""
        if self.starts_encrypted:
            return False
        return None if self.host in HERE else True
