"""Digests by mail, and the codes that come before them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage

from adapters.mail.letters import Envelope, code_letter, digest_letter
from adapters.mail.limits import PER_SECOND
from adapters.mail.server import MailServer
from bot.digests.model import Digest, Kind, Target
from bot.digests.ports import MessageRef
from bot.errors import Transient, Unauthorized
from bot.ports import Clock

AFTER_MENDING = 600.0  # seconds until whoever runs the bot may have mended the settings


class MailPoster:
    """Implements `bot.digests.ports.Mailer` and `SendsCodes` by one mail server.

    Args:
        sender: whom mail comes from.
        end: the address by which a subscription ends.
    """

    per_second = PER_SECOND

    def __init__(self, server: MailServer, sender: Address, end: Callable[[Target, Kind], str], clock: Clock) -> None:
        self._server = server
        self._sender = sender
        self._end = end
        self._clock = clock

    async def mail(self, digest: Digest, key: str) -> MessageRef:
        """Send a digest.  What whoever runs the bot has to mend is no fault of the address, so it counts as passing."""
        slot = digest.slot
        envelope = self._envelope(slot.target.channel, key)
        letter = digest_letter(digest, envelope, self._end(slot.target, slot.kind))
        try:
            await self._send(envelope, letter)
        except Unauthorized as error:
            raise Transient(error.sentence, retry_after=AFTER_MENDING) from error
        return MessageRef(envelope.message_id)

    async def send_code(self, address: str, code: str) -> None:
        """Send a code."""
        envelope = self._envelope(address, f"code.{secrets.token_hex(12)}")
        await self._send(envelope, code_letter(code, envelope))

    def _envelope(self, recipient: str, key: str) -> Envelope:
        return Envelope(self._sender, recipient, self._clock.now(), key)

    async def _send(self, envelope: Envelope, letter: EmailMessage) -> None:
        await self._server.deliver(self._sender.addr_spec, envelope.recipient, letter.as_bytes())
