"""Sending digests whole: as one mail, or into a feed, which is no sending at all.

A mail cannot be looked for.  Whether it arrived is not known where the connection broke after its text had left, or the
process died with the request under way; then it counts as unknown, its papers as shown, and it is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.digests.model import DeliveryState, Digest, Slot, delivery_key
from bot.digests.pace import Pace
from bot.digests.ports import DeliveryRepository, Mailer, MessageRef, SharedTurns
from bot.digests.sending import AGAIN, ENDS, Result, Sends, Sent
from bot.documents.model import Document
from bot.errors import Ambiguous, ContentRejected, TargetGone, Transient, Unauthorized
from bot.ports import Clock

log = structlog.get_logger(__name__)

NOT_REPEATED = "It is not known whether the last mail arrived; it was not repeated."


class WholeSender:
    """Sends each digest as one message, by a mailer.  Implements `bot.digests.sending.Sends`."""

    def __init__(
        self, mailer: Mailer, deliveries: DeliveryRepository, clock: Clock, turns: SharedTurns | None = None
    ) -> None:
        self._mailer = mailer
        self._deliveries = deliveries
        self._clock = clock
        self._pace = Pace(clock, per_second=mailer.per_second, turns=turns)

    def messages(self, digest: Digest) -> int:
        """One."""
        return 1

    def can_amend(self, slot: Slot) -> bool:
        """A mail stays as it came."""
        return False

    async def send(self, digest: Digest, number: int) -> Sent:
        """Send it, if it has not been sent."""
        slot, root = digest.slot, digest.parts[0]
        state, _ = await self._deliveries.state(slot, root)
        if state in ENDS:
            return Sent(ENDS[state])
        if state is DeliveryState.SENDING:
            return await self._unknown(digest)
        await self._pace.turn(slot.target)
        if not await self._deliveries.claim(slot, root, self._clock.now()):
            return Sent(Result.LATER, wait=AGAIN, why="Another process is sending it.")
        try:
            ref = await self._mailer.mail(digest, delivery_key(slot, root.number))
        except Ambiguous:
            return await self._unknown(digest)
        except ContentRejected as error:
            log.warning("mail_rejected", action="send_digest", slot=slot.key, why=error.sentence)
            await mark_whole(self._deliveries, self._clock, digest, DeliveryState.SKIPPED)
            return Sent(Result.REJECTED)
        except (TargetGone, Unauthorized) as error:
            await self._not_sent(digest)
            return Sent(Result.REFUSED, why=error.sentence)
        except Transient as error:
            log.warning("mail_put_off", action="send_digest", slot=slot.key, why=error.sentence)
            await self._not_sent(digest)
            return Sent(Result.LATER, wait=error.retry_after or AGAIN, why=error.sentence)
        await mark_whole(self._deliveries, self._clock, digest, DeliveryState.SENT, ref)
        return Sent(Result.SENT)

    async def _unknown(self, digest: Digest) -> Sent:
        log.warning("mail_unknown", action="send_digest", slot=digest.slot.key)
        await mark_whole(self._deliveries, self._clock, digest, DeliveryState.UNKNOWN)
        return Sent(Result.UNKNOWN, why=NOT_REPEATED)

    async def _not_sent(self, digest: Digest) -> None:
        await self._deliveries.mark(digest.slot, digest.parts[0], DeliveryState.PLANNED, self._clock.now())


class FeedSender:
    """Lets feeds show digests: they do as soon as one counts as sent.  Implements `bot.digests.sending.Sends`."""

    def __init__(self, deliveries: DeliveryRepository, clock: Clock) -> None:
        self._deliveries = deliveries
        self._clock = clock

    def messages(self, digest: Digest) -> int:
        """One."""
        return 1

    def can_amend(self, slot: Slot) -> bool:
        """Readers have it already, and would be shown it again."""
        return False

    async def send(self, digest: Digest, number: int) -> Sent:
        """Count it as sent."""
        state, _ = await self._deliveries.state(digest.slot, digest.parts[0])
        if state is not DeliveryState.SENT:
            await mark_whole(self._deliveries, self._clock, digest, DeliveryState.SENT)
        return Sent(Result.SENT)


class SendersByPlatform:
    """Gives each digest to the sender of its platform.  Implements `bot.digests.sending.Sends`."""

    def __init__(self, senders: Mapping[str, Sends]) -> None:
        self._senders = senders

    def messages(self, digest: Digest) -> int:
        """As its sender says."""
        return self._senders[digest.slot.target.platform].messages(digest)

    def can_amend(self, slot: Slot) -> bool:
        """As its sender says."""
        return self._senders[slot.target.platform].can_amend(slot)

    async def send(self, digest: Digest, number: int) -> Sent:
        """As its sender does."""
        return await self._senders[digest.slot.target.platform].send(digest, number)


def as_one(digest: Digest) -> Document:
    """All of a digest as one document."""
    documents = [part.document for part in digest.parts]
    blocks = tuple(block for document in documents for block in document.blocks)
    return Document(digest.title, blocks, tone=documents[0].tone)


async def mark_whole(
    deliveries: DeliveryRepository,
    clock: Clock,
    digest: Digest,
    state: DeliveryState,
    ref: MessageRef | None = None,
) -> None:
    """Mark each part of a digest that went as one; the root last, as by it a later try tells how far this one was."""
    root, *rest = digest.parts
    for part in (*rest, root):
        await deliveries.mark(digest.slot, part, state, clock.now(), ref)
