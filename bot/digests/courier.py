"""One digest's way from being owed to its end, in steps that are recorded.

The courier says which steps there are and what follows from each; *recording* them, so that after a crash those that
are done are not done again, is up to who runs it (`durable.py`; in tests, nobody).  So whatever depends on time or on
the world happens inside a step, and what lies between them follows from the steps' results alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NotRequired, Protocol, TypedDict

import structlog

from bot.digests import unforeseen
from bot.digests.claims import Result, Sent
from bot.digests.completing import LOOK_AGAIN
from bot.digests.model import DeliveryState, Digest, EmptyDays, Owed, Part, Slot, Standing, Subscription
from bot.digests.pausing import pause
from bot.digests.planning import WINDOW
from bot.digests.ports import DeliveryRepository, Poster, Progress, SubscriptionRepository
from bot.digests.sending import Sends
from bot.documents.model import Document, Paragraph, Tone, text
from bot.documents.words import long_date
from bot.errors import StoreError, Transient
from bot.ports import Clock

log = structlog.get_logger(__name__)

REFUSALS = 3  # in a row; then the subscription is paused
AFTER_REFUSAL = 600.0  # seconds before the platform is asked again
AFTER_SILENCE = 120.0  # seconds before a source that does not answer is asked again
AFTER_FAULT = 120.0  # seconds before a step is run again in which something unforeseen happened


class Outcome(TypedDict):
    """What a step comes to, in plain values that can be written down.

    `next`: "on" to the next step, "again" after `wait` seconds, or "over": nothing more is to be sent.
    """

    next: str
    wait: float
    messages: int  # how many messages the digest has, once it is composed
    numbers: NotRequired[list[int]]  # which of them are to be sent or changed, once somebody has looked


class Steps(Protocol):
    """Runs steps and records what they come to."""

    async def run(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Run a step, or take what it came to when it ran before."""

    async def sleep(self, seconds: float) -> None:
        """Wait; after a crash, perhaps once more."""


class Composes(Protocol):
    """Writes digests; see `bot.digests.composing.Composer`."""

    async def compose(self, subscription: Subscription, slot: Slot, days: Sequence[date]) -> Digest:
        """The digest of a slot.  Raises `Transient` where no list can be had at all."""

    async def complete(self, subscription: Subscription, digest: Digest, days: Sequence[date]) -> Digest:
        """The next revision of a digest with what it lacked; the digest itself where nothing can be had yet."""

    async def prepare(self, digest: Digest) -> None:
        """Have the digest's starter questions answered before anybody asks them."""


class Courier:
    """Takes digests to their channels."""

    def __init__(
        self,
        composer: Composes,
        sender: Sends,
        subscriptions: SubscriptionRepository,
        deliveries: DeliveryRepository,
        posters: Mapping[str, Poster],
        clock: Clock,
    ) -> None:
        self._composer = composer
        self._sender = sender
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._posters = posters
        self._clock = clock

    async def deliver(self, slot_key: str, steps: Steps) -> None:
        """Compose the digest of a slot and send it, message by message."""
        composed = await self._until_done(steps, "compose", slot_key, partial(self._compose, slot_key))
        if composed["next"] == "over":
            return
        for number in range(composed["messages"]):
            sent = await self._until_done(steps, f"send {number}", slot_key, partial(self._send, slot_key, number))
            if sent["next"] == "over":
                return
        await self._until_done(steps, "finish", slot_key, partial(self._finish, slot_key))
        await steps.run("prepare", partial(self._prepare, slot_key))

    async def complete(self, slot_key: str, steps: Steps) -> None:
        """Look for what a digest lacked when it was sent; send what has come, and change what got better."""
        looked = await self._until_done(steps, "look", slot_key, partial(self._look, slot_key))
        for number in looked.get("numbers", ()):
            sent = await self._until_done(steps, f"bring {number}", slot_key, partial(self._send, slot_key, number))
            if sent["next"] == "over":
                return
        if looked["next"] == "on":
            await self._until_done(steps, "finish", slot_key, partial(self._finish, slot_key))
            await steps.run("prepare", partial(self._prepare, slot_key))

    # --- the steps -----------------------------------------------------------------------------------------------

    async def _compose(self, slot_key: str) -> Outcome:
        owed, standing = await self._case(slot_key)
        if owed is None or standing is None or standing.paused:
            return _over()
        digest = await self._deliveries.digest(slot_key)
        if digest is None:
            try:
                digest = await self._composer.compose(standing.subscription, owed.slot, owed.days)
            except Transient as error:
                if not self._is_too_late(owed):
                    return await self._late(owed, error.public_sentence, error.retry_after or AFTER_SILENCE)
                digest = _apology(owed, error)
            is_whole = not digest.missing and digest.gaps is None
            if digest.is_notice and is_whole and standing.subscription.empty_days is EmptyDays.SILENT:
                await self._ran(owed, digest.through, "")
                return _over()
            await self._deliveries.compose(digest)
        return Outcome(next="on", wait=0.0, messages=self._sender.messages(digest))

    async def _send(self, slot_key: str, number: int) -> Outcome:
        digest = await self._deliveries.digest(slot_key)
        standing = await self._subscriptions.get(digest.slot.target, digest.slot.kind) if digest else None
        if digest is None or standing is None or standing.paused:
            return _over()  # somebody unsubscribed, or the workspace is gone
        sent = await self._sender.send(digest, number)
        owed = await self._deliveries.owed(slot_key) if sent.result is not Result.SENT else None
        if owed is None:
            return Outcome(next="on", wait=0.0, messages=len(digest.parts))
        match sent.result:
            case Result.LATER:
                outcome = await self._put_off(owed, number, sent)
            case Result.REFUSED:
                outcome = await self._refused(owed, standing, sent)
            case Result.UNKNOWN | Result.REJECTED if number == 0:
                await self._ran(owed, None, sent.why or _without_root(sent.result))
                outcome = _over()
            case _:
                outcome = Outcome(next="on", wait=0.0, messages=len(digest.parts))
        if outcome["next"] == "over":
            await self._leave(owed.slot, digest.parts[number])
        return outcome

    async def _leave(self, slot: Slot, part: Part) -> None:
        """Nobody will look for a message any more: it may be there or not."""
        progress = await self._deliveries.state(slot, part)
        if progress.state is DeliveryState.SENDING:
            now = self._clock.now()
            await self._deliveries.mark(slot, part, DeliveryState.UNKNOWN, now, claim=progress.claim)

    async def _look(self, slot_key: str) -> Outcome:
        owed, standing = await self._case(slot_key)
        digest = await self._deliveries.digest(slot_key)
        if owed is None or standing is None or standing.paused or digest is None:
            return _over()
        root = (await self._deliveries.states(owed.slot)).get(0, Progress()).state
        if root is not DeliveryState.SENT:  # it had been given up, and surely did not arrive
            may_send = root is DeliveryState.PLANNED and not self._is_too_late(owed)
            return _on(digest, await self._deliveries.outdated(digest)) if may_send else _over()
        newer = await self._composer.complete(standing.subscription, digest, owed.days)
        if newer is not digest and not await self._deliveries.amend(newer):
            newer = await self._deliveries.digest(slot_key) or digest
        numbers = await self._deliveries.outdated(newer)
        if not numbers and newer.gaps is not None:
            await self._look_again(owed, newer)
            return _over()
        return _on(newer, sorted(numbers, key=_root_last))

    async def _look_again(self, owed: Owed, digest: Digest) -> None:
        """Have somebody look later for what is missing, as long as it is still of interest.

        A message that is to be sent yet had been given up; whoever claimed it has said since that it did not arrive.
        """
        at = self._clock.now() + LOOK_AGAIN
        is_worth_it = at <= owed.due + WINDOW and self._sender.can_amend(owed.slot)
        if is_worth_it and (digest.gaps is not None or await self._deliveries.outdated(digest)):
            await self._deliveries.look_again(owed.slot.key, at)
        else:
            await self._deliveries.look_again(owed.slot.key, None)

    async def _finish(self, slot_key: str) -> Outcome:
        owed, digest = await self._deliveries.owed(slot_key), await self._deliveries.digest(slot_key)
        if owed is not None and digest is not None:
            since = owed.due
            unknown = await self._deliveries.unknown(owed.slot.target, since)
            await self._ran(owed, digest.through, " ".join(filter(None, (digest.missing, _unknown(unknown)))))
            await self._look_again(owed, digest)
            log.info("digest_delivered", action="deliver_digest", slot=slot_key, messages=len(digest.parts))
        return _over()

    async def _prepare(self, slot_key: str) -> Outcome:
        digest = await self._deliveries.digest(slot_key)
        if digest is not None and digest.slot.target.platform in self._posters:  # there are buttons to press
            try:
                await self._composer.prepare(digest)
            except StoreError:
                raise
            except Exception as error:  # the digest is there, and can do without
                unforeseen.report(error, "prepare_digest", slot=slot_key)
        return _over()

    # --- what can go wrong ---------------------------------------------------------------------------------------

    async def _until_done(
        self, steps: Steps, name: str, slot_key: str, step: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        while True:
            outcome = await steps.run(name, partial(self._guarded, slot_key, step))
            if outcome["next"] != "again":
                return outcome
            await steps.sleep(outcome["wait"])

    async def _guarded(self, slot_key: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Run a step; again later where something happens that nobody foresaw, while the digest's window is open."""
        try:
            return await step()
        except StoreError:
            raise  # the steps wait for the store
        except Exception as error:
            unforeseen.report(error, "deliver_digest", slot=slot_key)
        owed = await self._deliveries.owed(slot_key)
        if owed is None:
            return _over()
        if not self._is_too_late(owed):
            return await self._late(owed, unforeseen.SENTENCE, AFTER_FAULT)
        await self._ran(owed, None, f"A digest was given up; its papers come with the next one. {unforeseen.SENTENCE}")
        return _over()

    async def _late(self, owed: Owed, why: str, wait: float) -> Outcome:
        """Try again after so many seconds; until then `status` says why there is no digest yet."""
        await self._subscriptions.note(owed.slot.target, owed.slot.kind, f"The digest is late. {why}")
        return _again(wait)

    async def _put_off(self, owed: Owed, number: int, sent: Sent) -> Outcome:
        if not self._is_too_late(owed):
            is_told = bool(sent.why) and (number == 0 or sent.why == unforeseen.SENTENCE)
            return await self._late(owed, sent.why, sent.wait) if is_told else _again(sent.wait)
        what = "A digest could not be sent in time" if number == 0 else "The end of a digest could not be sent in time"
        await self._ran(owed, None, f"{what}; its papers come with the next one. {sent.why}")
        return _over()

    async def _refused(self, owed: Owed, standing: Standing, sent: Sent) -> Outcome:
        """Ask again a little later; the third refusal in a row pauses the subscription."""
        subscription = standing.subscription
        refusals = await self._subscriptions.refused(subscription.target, subscription.kind, sent.why)
        if refusals < REFUSALS:
            return _again(AFTER_REFUSAL)
        poster = self._posters.get(subscription.target.platform)  # none for mail and feeds, of which `status` tells
        await pause(standing, sent.why, self._subscriptions, poster)
        return _over()

    async def _case(self, slot_key: str) -> tuple[Owed | None, Standing | None]:
        owed = await self._deliveries.owed(slot_key)
        return owed, await self._subscriptions.get(owed.slot.target, owed.slot.kind) if owed else None

    async def _ran(self, owed: Owed, through: date | None, note: str) -> None:
        """The digest has ended.  Where nothing came of it (`through` is None), the next one begins with its days."""
        target, kind = owed.slot.target, owed.slot.kind
        if through is None and owed.days:
            standing = await self._subscriptions.get(target, kind)
            is_first = standing is not None and standing.last_list_day is None
            through = owed.days[0] if is_first else None
        await self._subscriptions.ran(target, kind, self._clock.now(), through, note)

    def _is_too_late(self, owed: Owed) -> bool:
        return self._clock.now() > owed.due + WINDOW


def _root_last(number: int) -> tuple[bool, int]:
    """An order: the root tells of what follows, so it is changed when that is there."""
    return number == 0, number


def _on(digest: Digest, numbers: Sequence[int]) -> Outcome:
    return Outcome(next="on", wait=0.0, messages=len(digest.parts), numbers=list(numbers))


def _again(seconds: float) -> Outcome:
    return Outcome(next="again", wait=seconds, messages=0)


def _over() -> Outcome:
    return Outcome(next="over", wait=0.0, messages=0)


def _apology(owed: Owed, error: Transient) -> Digest:
    """What a channel hears when its digest could not be composed all through its window."""
    sentence = (
        f"There is no digest for {long_date(owed.slot.day)}: {error.public_sentence} Its papers come with the next one."
    )
    document = Document(blocks=(Paragraph(text(sentence)),), tone=Tone.NOTICE, data={"papers": [], "why": sentence})
    return Digest.notice(owed.slot, document, missing=sentence)


def _without_root(result: Result) -> str:
    if result is Result.UNKNOWN:
        return "It is not known whether the last digest arrived, so it was not repeated; its papers come with the next."
    return "The platform did not take the last digest; its papers come with the next one."


def _unknown(count: int) -> str:
    messages = "message" if count == 1 else "messages"
    return f"It is not known whether {count} {messages} arrived; not repeated." if count else ""
