"""Mail as the command line sees it: settings go in, what sends mail comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from functools import partial
from typing import TYPE_CHECKING

from bot.digests.addresses import read_sender
from bot.digests.links import Links, Purpose
from bot.ports import Clock
from paperwire.doctor.model import Check, Result, Verdict
from paperwire.settings import Settings

if TYPE_CHECKING:
    from adapters.mail.poster import MailPoster
    from adapters.mail.server import MailServer

NEEDED = {"PAPERWIRE_SMTP_URL": "smtp_url", "PAPERWIRE_MAIL_FROM": "mail_from", "PAPERWIRE_PUBLIC_URL": "public_url"}


def make_poster(settings: Settings, links: Links, clock: Clock) -> MailPoster:
    """What sends mail, where the settings have all it needs."""
    from adapters.mail.poster import MailPoster

    return MailPoster(_server(settings), _sender(settings), partial(links.of, Purpose.END), clock)


def checks(settings: Settings) -> Sequence[Check]:
    """What the doctor looks at, where somebody has begun to set mail up."""
    return (MailCheck(settings),) if settings.smtp_url or settings.mail_from else ()


@dataclass(frozen=True, slots=True)
class MailCheck:
    """Whether the mail server takes the bot in, and people can end what they get.  No mail is sent."""

    settings: Settings
    name: str = "mail"

    async def run(self) -> Result:
        """Look."""
        settings = self.settings
        missing = [name for name, field in NEEDED.items() if getattr(settings, field) is None]
        if missing:
            return Result(Verdict.FAULT, "No digest can be mailed.", f"Set {' and '.join(missing)}.")
        server = _server(settings)
        await server.greet()
        taken = f"{server.host} takes the bot in; no mail was sent."
        if settings.http is None:
            fix = "Where `paperwire run` is to answer at PAPERWIRE_PUBLIC_URL, set PAPERWIRE_HTTP."
            return Result(Verdict.WARNING, f"{taken} Nothing listens here for those who unsubscribe.", fix)
        return Result(Verdict.OK, taken)


def _server(settings: Settings) -> MailServer:
    from adapters.mail.server import MailServer

    return MailServer.of(settings.smtp_url.get_secret_value() if settings.smtp_url else "")


def _sender(settings: Settings) -> Address:
    name, address = read_sender(settings.mail_from or "")
    return Address(name, addr_spec=address)
