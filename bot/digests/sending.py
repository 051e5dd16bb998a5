"""Sending one message of a digest: once, whatever crashes.

Before a request leaves, the message is marked as sending; when the platform has taken it, as sent.  Who finds a message
marked as sending does not know whether it arrived: it is looked for by its key.  Where that is not possible it counts
as unknown, and is not repeated: a digest that is missing can be asked for, one that is there twice is a nuisance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from bot.digests.model import DeliveryState, Digest, Part, Slot, Target, delivery_key
from bot.digests.pace import Pace
from bot.digests.ports import DeliveryRepository, MessageRef, Poster, SharedTurns
from bot.documents.model import Block, Bullets, Card, Document, Footnote, Heading, Image, Paragraph, link, text
from bot.errors import Ambiguous, ContentRejected, Permanent, RateLimited, TargetGone, Transient, Unauthorized
from bot.ports import Clock

log = structlog.get_logger(__name__)

OnRoot = Callable[[Digest, MessageRef], Awaitable[None]]

SETTLED = timedelta(minutes=1)  # after so long a request is at its end
AGAIN = 30.0  # seconds before another try where the platform does not say


class Result(StrEnum):
    """What became of one try to send a message."""

    SENT = "sent"
    UNKNOWN = "unknown"
    REJECTED = "rejected"  # the platform does not take its form; the rest of the digest can go on
    REFUSED = "refused"  # the platform takes nothing of the bot's there
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Sent:
    """A try's result; for LATER after how many seconds the next makes sense, for REFUSED why, as a sentence."""

    result: Result
    wait: float = 0.0
    why: str = ""


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
        """Send the message of that number, if it has not been sent.  Raises no `BotError` but of the store."""


class Sender:
    """Sends messages by the posters of the platforms.  Implements `Sends`.

    Args:
        posters: by the prefix of the workspaces that each serves.
        on_root: told of each digest whose root is there, perhaps twice.
        turns: lines that all processes share; None where there is but one.
    """

    def __init__(
        self,
        posters: Mapping[str, Poster],
        deliveries: DeliveryRepository,
        clock: Clock,
        on_root: OnRoot | None = None,
        turns: SharedTurns | None = None,
    ) -> None:
        self._posters = posters
        self._deliveries = deliveries
        self._clock = clock
        self._on_root = on_root
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

    async def send(self, digest: Digest, number: int) -> Sent:
        """Send the message of that number, if it has not been sent; the root must have been.  Never raises `BotError`
        but for a store that fails.
        """
        slot, part = digest.slot, digest.parts[number]
        states = await self._deliveries.states(slot)
        state, ref = states.get(number, (DeliveryState.PLANNED, None))
        root = _root_of(states) if number else None
        if state is DeliveryState.SENT and part.revision and ref is not None:
            return await self._change(digest, part, root, ref)
        if state in ENDS:
            return Sent(ENDS[state])
        try:
            return await self._try(digest, part, root, unsure=state is DeliveryState.SENDING)
        except (TargetGone, Unauthorized) as error:
            await self._mark(slot, part, DeliveryState.PLANNED)
            return Sent(Result.REFUSED, why=error.sentence)
        except Transient as error:
            await self._mark_unsent(slot, part, error)
            return Sent(Result.LATER, wait=error.retry_after or AGAIN, why=error.sentence)

    async def _try(self, digest: Digest, part: Part, root: MessageRef | None, *, unsure: bool) -> Sent:
        if unsure:
            return await self._look(digest, part, root)
        slot = digest.slot
        await self._turn(slot.target)
        if not await self._deliveries.claim(slot, part, self._clock.now()):
            return Sent(Result.LATER, wait=AGAIN, why="Another process is sending it.")
        try:
            ref = await self._post_in_some_form(digest, part, root)
        except Ambiguous:
            return await self._look(digest, part, root)
        except ContentRejected as error:
            log.warning("message_rejected", action="send_digest", slot=slot.key, part=part.number, why=error.sentence)
            await self._mark(slot, part, DeliveryState.SKIPPED)
            return Sent(Result.REJECTED)
        return await self._arrived(digest, part, ref)

    def can_amend(self, slot: Slot) -> bool:
        """Where messages can be changed."""
        return self._poster(slot).can_edit

    async def _change(self, digest: Digest, part: Part, root: MessageRef | None, ref: MessageRef) -> Sent:
        """Let a message that is there show what the digest says by now; twice if in doubt, as that does no harm."""
        slot = digest.slot
        await self._turn(slot.target)
        try:
            await self._change_in_some_form(digest, part, root, ref)
        except Unauthorized as error:
            return Sent(Result.REFUSED, why=error.sentence)
        except Transient as error:
            return Sent(Result.LATER, wait=error.retry_after or AGAIN, why=error.sentence)
        except Permanent as error:  # taken away, or too old to be changed: it stays as it is
            log.info("message_not_changed", action="complete_digest", slot=slot.key, part=part.number, why=str(error))
        if part.number == 0 and self._on_root is not None:
            await self._on_root(digest, ref)
        await self._mark(slot, part, DeliveryState.SENT, ref)
        return Sent(Result.SENT)

    async def _change_in_some_form(self, digest: Digest, part: Part, root: MessageRef | None, ref: MessageRef) -> None:
        key, poster = delivery_key(digest.slot, part.number), self._poster(digest.slot)
        try:
            await poster.edit(digest.slot.target, root, ref, part.document, key)
        except ContentRejected:
            await poster.edit(digest.slot.target, root, ref, plainer(part.document), key)

    async def _look(self, digest: Digest, part: Part, root: MessageRef | None) -> Sent:
        """Find out about a message that may have arrived."""
        slot = digest.slot
        try:
            found = await self._poster(slot).find(slot.target, root, digest.title, delivery_key(slot, part.number))
        except Ambiguous:
            log.warning("message_unknown", action="send_digest", slot=slot.key, part=part.number)
            await self._mark(slot, part, DeliveryState.UNKNOWN)
            return Sent(Result.UNKNOWN)
        except (TargetGone, Unauthorized) as error:
            return Sent(Result.REFUSED, why=error.sentence)  # still not known
        except Transient as error:
            return Sent(Result.LATER, wait=error.retry_after or AGAIN, why=error.sentence)  # still not known
        if found is None and (wait := await self._until_settled(slot, part)) > 0:
            return Sent(Result.LATER, wait=wait, why="It is not known yet whether a message arrived.")
        if found is None:
            await self._mark(slot, part, DeliveryState.PLANNED)
            return await self._try(digest, part, root, unsure=False)
        return await self._arrived(digest, part, found)

    async def _until_settled(self, slot: Slot, part: Part) -> float:
        """Seconds until a message that is not there will not come any more: its request may still be on its way."""
        since = await self._deliveries.sending_since(slot, part)
        return (since + SETTLED - self._clock.now()).total_seconds() if since else 0.0

    async def _arrived(self, digest: Digest, part: Part, ref: MessageRef) -> Sent:
        if part.number == 0 and self._on_root is not None:
            await self._on_root(digest, ref)
        await self._mark(digest.slot, part, DeliveryState.SENT, ref)
        return Sent(Result.SENT)

    async def _post_in_some_form(self, digest: Digest, part: Part, root: MessageRef | None) -> MessageRef:
        """Post it as it is; in plain words where the platform does not take that."""
        try:
            return await self._post(digest, part, root)
        except ContentRejected:
            return await self._post(digest, replace(part, document=plainer(part.document)), root)

    async def _post(self, digest: Digest, part: Part, root: MessageRef | None) -> MessageRef:
        slot = digest.slot
        key = delivery_key(slot, part.number)
        if root is None:
            return await self._poster(slot).post_root(slot.target, digest.title, part.document, key)
        return await self._poster(slot).post_reply(slot.target, root, part.document, key)

    async def _turn(self, target: Target) -> None:
        line = self._posters[target.platform].counted_with(target)
        await self._paces[target.platform].turn(target, line=line)

    async def _mark_unsent(self, slot: Slot, part: Part, error: Transient) -> None:
        """It surely did not arrive, so the next try need not look for it."""
        if not isinstance(error, RateLimited):
            log.info("message_put_off", action="send_digest", slot=slot.key, part=part.number, why=error.sentence)
        await self._mark(slot, part, DeliveryState.PLANNED)

    async def _mark(self, slot: Slot, part: Part, state: DeliveryState, ref: MessageRef | None = None) -> None:
        await self._deliveries.mark(slot, part, state, self._clock.now(), ref)

    def _poster(self, slot: Slot) -> Poster:
        return self._posters[slot.target.platform]


def _root_of(states: Mapping[int, tuple[DeliveryState, MessageRef | None]]) -> MessageRef:
    _, root = states.get(0, (DeliveryState.PLANNED, None))
    if root is None:
        raise RuntimeError("a digest's messages are sent after its root")
    return root


def plainer(document: Document) -> Document:
    """A document in running text alone: its papers by their titles and lines, its pictures in words, no buttons."""
    blocks = tuple(plain for block in document.blocks if (plain := _plainer(block)))
    return Document(document.title, blocks, data=document.data)


def _plainer(block: Block) -> Block | None:
    match block:
        case Card():
            line = (f": {block.line}",) if block.line else ()
            return Paragraph(text(link(block.title, block.url), *line))
        case Image():
            return Footnote(text(block.alt))
        case Heading():
            return Paragraph(text(block.text))
        case Paragraph() | Bullets() | Footnote():
            return block
        case _:
            return None
