"""Sending digests whole: as one mail, or into a feed, which is no sending at all.

A mail cannot be looked for.  Whether it arrived is not known where the connection broke after its text had left, or the
process died with the request under way; then it counts as unknown, its papers as shown, and it is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.digests import unforeseen
from bot.digests.claims import SETTLED, Claim, OpenClaims, Result, Sent, Verdict
from bot.digests.model import DeliveryState, Digest, Marked, Slot, delivery_key
from bot.digests.pace import Pace
from bot.digests.ports import DeliveryRepository, Mailer, MessageRef, SharedTurns
from bot.digests.sending import ENDS, TAKEN, Sends, result_of
from bot.documents.model import Document
from bot.errors import Ambiguous, ContentRejected, Permanent, Transient
from bot.ports import Clock

log = structlog.get_logger(__name__)

NOT_REPEATED = "It is not known whether the last mail arrived; it was not repeated."
UNSURE = Verdict(DeliveryState.UNKNOWN, Sent(Result.UNKNOWN, why=NOT_REPEATED))


class WholeSender:
    """Sends each digest as one message, by a mailer.  Implements `bot.digests.sending.Sends`."""

    def __init__(
        self, mailer: Mailer, deliveries: DeliveryRepository, clock: Clock, turns: SharedTurns | None = None
    ) -> None:
        self._mailer = mailer
        self._deliveries = deliveries
        self._clock = clock
        self._open = OpenClaims()
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
        claim = self._open.of(slot, root)
        if claim is not None and claim.verdict is not None:
            return await self._conclude(digest, claim, claim.verdict)
        progress = await self._deliveries.state(slot, root)
        if progress.state in ENDS:
            return Sent(ENDS[progress.state])
        if progress.state is DeliveryState.SENDING and not (claim and claim.token == progress.claim):
            marked = await mark_whole(self._deliveries, self._clock, digest, UNSURE.state, claim=progress.claim)
            return TAKEN if marked is Marked.VOID else UNSURE.sent
        await self._pace.turn(slot.target)
        claim = claim or Claim(self._clock, SETTLED)
        self._open.keep(slot, root, claim)  # if the store fails now, it is claimed or not, and nothing has left
        is_mine = await self._deliveries.claim(slot, root, self._clock.now(), claim.token)
        self._open.forget(slot, root)
        return await self._conclude(digest, claim, await self._mailed(digest)) if is_mine else TAKEN

    async def _mailed(self, digest: Digest) -> Verdict:
        """Mail it; what is known afterwards."""
        slot = digest.slot
        try:
            with unforeseen.becomes(Ambiguous, "send_digest", slot=slot.key):
                ref = await self._mailer.mail(digest, delivery_key(slot, 0))
        except Ambiguous:
            log.warning("mail_unknown", action="send_digest", slot=slot.key)
            return UNSURE
        except ContentRejected as error:
            log.warning("mail_rejected", action="send_digest", slot=slot.key, why=error.sentence)
            return Verdict(DeliveryState.SKIPPED, Sent(Result.REJECTED))
        except (Permanent, Transient) as error:
            log.warning("mail_put_off", action="send_digest", slot=slot.key, why=error.sentence)
            return Verdict(DeliveryState.PLANNED, result_of(error))
        return Verdict(DeliveryState.SENT, Sent(Result.SENT), ref)

    async def _conclude(self, digest: Digest, claim: Claim, verdict: Verdict) -> Sent:
        """Write down what is known.  Where the store fails, the next try of this process begins here."""
        slot, root = digest.slot, digest.parts[0]
        claim.verdict = verdict
        self._open.keep(slot, root, claim)
        marked = await mark_whole(self._deliveries, self._clock, digest, verdict.state, verdict.ref, claim=claim.token)
        claim.is_revived |= marked is Marked.REVIVED
        if claim.is_revived:  # whoever had given it up has ended the digest
            await self._deliveries.look_again(slot.key, self._clock.now())
        self._open.forget(slot, root)
        return TAKEN if marked is Marked.VOID else verdict.sent


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
        progress = await self._deliveries.state(digest.slot, digest.parts[0])
        if progress.state is not DeliveryState.SENT:
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
    *,
    claim: str = "",
) -> Marked:
    """Mark each part of a digest that goes as one; what became of the root's mark, under its claim.

    The root is last, as by it a later try tells how far this one was.  The others are marked once nothing about them
    is open any more.
    """
    root, *rest = digest.parts
    for part in rest if state is not DeliveryState.PLANNED else ():
        await deliveries.mark(digest.slot, part, state, clock.now(), ref)
    return await deliveries.mark(digest.slot, root, state, clock.now(), ref, claim=claim)
