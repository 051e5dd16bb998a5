"""Sending one message of a digest: once, whatever crashes.

Before a request leaves, the message is claimed; when the platform has taken it, it is marked as sent.  Who finds a
message that another one has claimed does not know whether it arrived: it is looked for by its key.  Where that is not
possible it counts as unknown, and is not repeated: a digest that is missing can be asked for, one that is there twice
is a nuisance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.digests import unforeseen
from bot.digests.claims import SETTLED, Claim, OpenClaims, Result, Sent, Verdict
from bot.digests.model import DeliveryState, Digest, Marked, Part, Slot, Target, delivery_key
from bot.digests.pace import Pace
from bot.digests.plainer import plainer
from bot.digests.ports import DeliveryRepository, Leave, MessageRef, Poster, Progress, SharedTurns
from bot.errors import Ambiguous, ContentRejected, Permanent, RateLimited, StoreError, Transient, Unauthorized
from bot.ports import Clock

log = structlog.get_logger(__name__)

OnRoot = Callable[[Digest, MessageRef], Awaitable[None]]

AGAIN = 30.0  # seconds before another try where the platform does not say
TAKEN = Sent(Result.LATER, wait=AGAIN)  # another process sends it

ENDS = {
    DeliveryState.SENT: Result.SENT,
    DeliveryState.UNKNOWN: Result.UNKNOWN,
    DeliveryState.SKIPPED: Result.REJECTED,
}


class Sends(Protocol):
    """Sends the messages of digests, in whatever way."""

    def messages(self, digest: Digest) -> int:
        """How many messages a digest is."""

    def can_amend(self, slot: Slot) -> bool:
        """Whether `send` changes a message that was sent, where the digest has a newer revision."""

    async def send(self, digest: Digest, number: int) -> Sent:
        """Send the message of that number, if it has not been sent.  Raises `StoreError` alone."""


class Sender:
    """Sends messages by the posters of the platforms.  Implements `Sends`.

    Args:
        posters: by the prefix of the workspaces that each serves.
        on_root: told of each digest whose root is there, perhaps twice.
        turns: lines that all processes share; None where there is but one.
        settled: after so long a claim's request has had its effect, or never will; the same in all processes.
    """

    def __init__(
        self,
        posters: Mapping[str, Poster],
        deliveries: DeliveryRepository,
        clock: Clock,
        on_root: OnRoot | None = None,
        turns: SharedTurns | None = None,
        settled: timedelta = SETTLED,
    ) -> None:
        self._posters = posters
        self._deliveries = deliveries
        self._clock = clock
        self._on_root = on_root
        self._settled = settled
        self._open = OpenClaims()
        self._paces = {
            name: Pace(
                clock,
                seconds_between=poster.seconds_between,
                per_second=poster.per_second,
                burst=poster.burst,
                turns=turns,
            )
            for name, poster in posters.items()
        }

    def messages(self, digest: Digest) -> int:
        """One for each part."""
        return len(digest.parts)

    def can_amend(self, slot: Slot) -> bool:
        """Where messages can be changed."""
        return self._poster(slot).can_edit

    async def send(self, digest: Digest, number: int) -> Sent:
        """Send the message of that number, if it has not been sent; the root must have been."""
        try:
            return await self._send(digest, digest.parts[number])
        except (Permanent, Transient) as error:
            return result_of(error)

    async def _send(self, digest: Digest, part: Part) -> Sent:
        slot = digest.slot
        claim = self._open.of(slot, part)
        if claim is not None and claim.verdict is not None:
            return await self._conclude(digest, part, claim)
        states = await self._deliveries.states(slot)
        progress = states.get(part.number, Progress())
        is_sent = progress.state is DeliveryState.SENT
        root = await self._root(digest, states) if part.number or is_sent else None
        if is_sent and part.revision and progress.ref is not None:
            return await self._change(digest, part, root, progress)
        if progress.state in ENDS:
            return Sent(ENDS[progress.state])
        if progress.state is DeliveryState.SENDING:
            if not (claim and claim.token == progress.claim):
                return await self._look(digest, part, root, progress)
            # Nothing has left under it, but others may have judged it by its age: it is given back, never renewed.
            if await self._marked(digest, part, DeliveryState.PLANNED, claim.token) is Marked.VOID:
                return TAKEN
            claim = None
        return await self._try(digest, part, root, claim)

    # --- a message that has not been sent --------------------------------------------------------------------------

    async def _try(self, digest: Digest, part: Part, root: MessageRef | None, claim: Claim | None = None) -> Sent:
        slot = digest.slot
        await self._turn(slot.target)
        claim = claim or Claim(self._clock, self._settled / 2)
        claim.at = self._clock.now()
        self._open.keep(slot, part, claim)  # if the store fails now, it is claimed or not, and nothing has left
        is_mine = await self._deliveries.claim(slot, part, claim.at, claim.token)
        self._open.forget(slot, part)
        if not is_mine:
            return TAKEN
        claim.verdict = await self._posted(digest, part, root, claim)
        if claim.verdict is None:
            return await self._look(digest, part, root, Progress(DeliveryState.SENDING, None, claim.token, claim.at))
        return await self._conclude(digest, part, claim)

    async def _posted(self, digest: Digest, part: Part, root: MessageRef | None, claim: Claim) -> Verdict | None:
        """Post it; what is certain afterwards, or None where nobody knows whether it arrived."""
        slot = digest.slot
        try:
            ref = await self._post_in_some_form(digest, part, root, claim.leave)
        except Ambiguous as error:
            return None if claim.has_left else Verdict(DeliveryState.PLANNED, result_of(error))
        except ContentRejected as error:
            log.warning("message_rejected", action="send_digest", slot=slot.key, part=part.number, why=error.sentence)
            return Verdict(DeliveryState.SKIPPED, Sent(Result.REJECTED))
        except (Permanent, Transient) as error:
            if not isinstance(error, RateLimited):
                log.info("message_put_off", action="send_digest", slot=slot.key, part=part.number, why=error.sentence)
            return Verdict(DeliveryState.PLANNED, result_of(error))
        except Exception as error:
            if not isinstance(error, StoreError):
                unforeseen.report(error, "send_digest", slot=slot.key, part=part.number)
            why = error.public_sentence if isinstance(error, StoreError) else unforeseen.SENTENCE
            return None if claim.has_left else Verdict(DeliveryState.PLANNED, Sent(Result.LATER, AGAIN, why))
        return Verdict(DeliveryState.SENT, Sent(Result.SENT), ref)

    async def _conclude(self, digest: Digest, part: Part, claim: Claim) -> Sent:
        """Write down what is certain.  Where the store fails, the next try of this process begins here."""
        slot, verdict = digest.slot, claim.verdict
        if verdict is None:
            raise RuntimeError("nothing is certain yet")
        self._open.keep(slot, part, claim)
        marked = await self._marked(digest, part, verdict.state, claim.token, verdict.ref)
        claim.is_revived |= marked is Marked.REVIVED
        if claim.is_revived:  # whoever had given it up may have ended the digest
            await self._deliveries.look_again(slot.key, self._clock.now())
        self._open.forget(slot, part)
        if marked is Marked.VOID:
            return TAKEN
        return await self._sent(digest, part, verdict.ref, claim.token) if verdict.ref else verdict.sent

    async def _sent(self, digest: Digest, part: Part, ref: MessageRef, claim: str) -> Sent:
        """A message is there; a root gets its thread."""
        if part.number == 0:
            await self._root(digest, {0: Progress(DeliveryState.SENT, ref, claim)})
        return Sent(Result.SENT)

    # --- a message of which nobody knows whether it was sent -------------------------------------------------------

    async def _look(self, digest: Digest, part: Part, root: MessageRef | None, progress: Progress) -> Sent:
        """Find out about a message that may have arrived."""
        slot, key, began = digest.slot, delivery_key(digest.slot, part.number), self._clock.now()
        try:
            with unforeseen.becomes(Transient, "look_for_message", slot=slot.key, part=part.number):
                found = await self._poster(slot).find(slot.target, root, digest.title, key, progress.at or began)
        except Ambiguous:
            log.warning("message_unknown", action="send_digest", slot=slot.key, part=part.number)
            marked = await self._marked(digest, part, DeliveryState.UNKNOWN, progress.claim)
            return TAKEN if marked is Marked.VOID else Sent(Result.UNKNOWN)
        if found is not None:
            marked = await self._marked(digest, part, DeliveryState.SENT, progress.claim, found)
            return TAKEN if marked is Marked.VOID else await self._sent(digest, part, found, progress.claim)
        if (wait := await self._until_settled(digest, part, progress, began)) > 0:
            return Sent(Result.LATER, wait=wait, why="It is not known yet whether a message arrived.")
        if await self._marked(digest, part, DeliveryState.PLANNED, progress.claim) is Marked.VOID:
            return TAKEN
        return await self._try(digest, part, root)

    async def _until_settled(self, digest: Digest, part: Part, progress: Progress, now: datetime) -> float:
        """Seconds until a message that is not there will not come any more: its request may still be on its way.

        `now` is when the look began: a look that takes long, or whose process is frozen, saw what was there then.
        A claim of the future is of a clock that was wrong; its time begins now.
        """
        since = progress.at or now
        if since > now:
            await self._marked(digest, part, DeliveryState.SENDING, progress.claim)
        return (min(since, now) + self._settled - now).total_seconds()

    # --- a message that was sent -----------------------------------------------------------------------------------

    async def _root(self, digest: Digest, states: Mapping[int, Progress]) -> MessageRef:
        """The digest's first message with its thread, which is opened if it is not."""
        progress, slot = states.get(0, Progress()), digest.slot
        if progress.ref is None:
            raise RuntimeError("a digest's messages are sent after its root")
        if progress.ref.thread is not None:
            return progress.ref
        with unforeseen.becomes(Transient, "open_thread", slot=slot.key):
            root = await self._poster(slot).open_thread(slot.target, progress.ref, digest.title)
        await self._marked(digest, digest.parts[0], DeliveryState.SENT, progress.claim, root)
        return root

    async def _change(self, digest: Digest, part: Part, root: MessageRef | None, progress: Progress) -> Sent:
        """Let a message that is there show what the digest says by now; twice if in doubt, as that does no harm."""
        slot, ref = digest.slot, root if part.number == 0 else progress.ref
        if ref is None:
            raise RuntimeError("what was sent has an id")
        await self._turn(slot.target)
        try:
            with unforeseen.becomes(Transient, "change_message", slot=slot.key, part=part.number):
                await self._change_in_some_form(digest, part, root if part.number else None, ref)
        except Unauthorized:
            raise
        except Permanent as error:  # taken away, or too old to be changed: it stays as it is
            log.info("message_not_changed", action="complete_digest", slot=slot.key, part=part.number, why=str(error))
        await self._marked(digest, part, DeliveryState.SENT, progress.claim, ref)
        return Sent(Result.SENT)

    # --- the platform and the store --------------------------------------------------------------------------------

    async def _change_in_some_form(self, digest: Digest, part: Part, root: MessageRef | None, ref: MessageRef) -> None:
        key, poster = delivery_key(digest.slot, part.number), self._poster(digest.slot)
        try:
            await poster.edit(digest.slot.target, root, ref, part.document, key)
        except ContentRejected:
            await poster.edit(digest.slot.target, root, ref, plainer(part.document), key)

    async def _post_in_some_form(self, digest: Digest, part: Part, root: MessageRef | None, leave: Leave) -> MessageRef:
        """Post it as it is; in plain words where the platform does not take that."""
        try:
            return await self._post(digest, part, root, leave)
        except ContentRejected:
            return await self._post(digest, replace(part, document=plainer(part.document)), root, leave)

    async def _post(self, digest: Digest, part: Part, root: MessageRef | None, leave: Leave) -> MessageRef:
        slot = digest.slot
        key = delivery_key(slot, part.number)
        if root is None:
            return await self._poster(slot).post_root(slot.target, digest.title, part.document, key, leave)
        return await self._poster(slot).post_reply(slot.target, root, part.document, key, leave)

    async def _turn(self, target: Target) -> None:
        line = self._posters[target.platform].counted_with(target)
        await self._paces[target.platform].turn(target, line=line)

    async def _marked(
        self, digest: Digest, part: Part, state: DeliveryState, claim: str, ref: MessageRef | None = None
    ) -> Marked:
        """Mark a message; of a root that is complete others are told first, as this may be the last chance."""
        if part.number == 0 and ref is not None and ref.thread is not None and self._on_root is not None:
            await self._on_root(digest, ref)
        marked = await self._deliveries.mark(digest.slot, part, state, self._clock.now(), ref, claim=claim)
        if marked is Marked.VOID:
            log.warning("claim_void", action="send_digest", slot=digest.slot.key, part=part.number, state=state.value)
        return marked

    def _poster(self, slot: Slot) -> Poster:
        return self._posters[slot.target.platform]


def result_of(error: Permanent | Transient) -> Sent:
    """What follows from an error that says that nothing was posted, or changed nothing."""
    if isinstance(error, ContentRejected):
        return Sent(Result.REJECTED)
    if isinstance(error, Permanent):
        return Sent(Result.REFUSED, why=error.public_sentence)
    return Sent(Result.LATER, wait=error.retry_after or AGAIN, why=error.public_sentence)
