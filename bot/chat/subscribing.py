"""Digests by command: subscribe, unsubscribe, status and preview."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.chat.engine import Asked
from bot.chat.outlets import FEED, Outlets, outlets_beside
from bot.chat.request import Final, Progress, Reply, Request
from bot.chat.standings import buttons_of, previewed, rows_of, standing_json, subject_of, undo_of
from bot.chat.wishes import Wishes, target_of
from bot.digests.composing import Composer
from bot.digests.model import Kind, Standing, Subscription, Target
from bot.digests.opt_in import end
from bot.digests.planning import first_due, owed_at
from bot.digests.ports import DeliveryRepository, OptIns, SubscriptionRepository
from bot.documents.model import (
    Actions,
    Block,
    Document,
    Facts,
    Moment,
    Paragraph,
    Text,
    Tone,
    channel,
    link,
    text,
)
from bot.documents.words import with_code
from bot.errors import BadInput, BotError
from bot.ports import Clock
from bot.reading.ports import PATIENCE

_MAY_NOT_POST = "I may not post there yet. In the channel's settings my role needs: {}. Then subscribe again."
_NOT_HERE = "Here, `subscribe ADDRESS` has digests mailed, and `subscribe feed` makes a feed of them."
_WHICH = "Which? `unsubscribe ADDRESS` or `unsubscribe feed`; `status` lists what is subscribed."
_NOTHING_HERE = "No digest is subscribed here. `subscribe` has one posted every day."
_NOTHING_MAILED = (
    "No digest is subscribed. `subscribe ADDRESS` has one mailed every day, `subscribe feed` makes a feed."
)
LATELY = timedelta(days=7)


class Subscribing:
    """Handlers of what concerns digests.

    Args:
        outlets: what is set up of mail and feeds.
        promises: the platforms that digests can be posted to, each with what it promises about lost messages.
        patience: seconds that people wait for the model's summaries.
    """

    def __init__(
        self,
        subscriptions: SubscriptionRepository,
        deliveries: DeliveryRepository,
        opt_ins: OptIns,
        composer: Composer,
        clock: Clock,
        *,
        wishes: Wishes,
        outlets: Outlets,
        promises: Mapping[str, str],
        patience: float = PATIENCE,
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._opt_ins = opt_ins
        self._composer = composer
        self._clock = clock
        self._wishes = wishes
        self._outlets = outlets
        self._promises = promises
        self._patience = patience

    async def subscribe(self, asked: Asked) -> AsyncIterator[Reply]:
        """Subscribe a channel, or change what it has."""
        target = target_of(asked)
        if target.platform not in self._promises:
            raise BadInput(_NOT_HERE)
        if obstacle := _obstacle(asked.request):
            yield Final(_refusal(target, obstacle))
            return
        known, wish = await self._wishes.read(asked, target)
        waits = await self._outlets.pause(target)
        due = first_due(wish, self._clock.now())
        await self._subscriptions.put(wish, due, paused=waits)
        if waits:
            await self._ask(wish, known)
        verb = "changed" if known else "subscribed"
        subject = subject_of(asked.request, target)
        sentence = (*subject, *text(f" is {verb}. The next digest comes ", Moment(due), "."))
        if waits:
            sentence = (*text(f"{target.channel} is {verb}. "), *with_code(waits))
        rows = (*rows_of(wish), *(self._feed_row(wish) if target.platform == FEED else ()))
        blocks = (Paragraph(sentence), Facts(rows), buttons_of(asked.request, wish))
        data = {"subscribed": target.channel, "next": due.isoformat(), "paused": waits}
        yield Final(Document(blocks=blocks, data=data))

    async def _ask(self, wish: Subscription, known: Standing | None) -> None:
        """Mail a code for what waits already, as it may be confirmed at once; if that fails, all is as it was before.

        Raises:
            BotError: as `OptIn.ask`.
        """
        try:
            await self._outlets.opt_in.ask(wish.target)
        except BotError:
            if known is None:
                await self._subscriptions.delete(wish.target, wish.kind)
            else:
                await self._subscriptions.put(known.subscription, known.next_due_at, paused=known.paused)
            raise

    async def confirm(self, asked: Asked) -> AsyncIterator[Reply]:
        """Begin the digests of the address whose code this is."""
        workspace, _ = outlets_beside(asked.request.place)
        target = await self._outlets.opt_in.redeem(workspace, asked.invocation.get("code"))
        now = self._clock.now()
        for standing in await self._of(target):
            await self._subscriptions.put(standing.subscription, first_due(standing.subscription, now))
        begun = await self._of(target)
        blocks: list[Block] = [Paragraph(text(f"{target.channel} is confirmed."))]
        blocks += [block for standing in begun for block in await self._report(asked.request, standing)]
        data = {"confirmed": target.channel, "digests": [self._json(standing) for standing in begun]}
        yield Final(Document(blocks=tuple(blocks), data=data))

    async def unsubscribe(self, asked: Asked) -> AsyncIterator[Reply]:
        """End a channel's digests: the one that is named, or all."""
        target = target_of(asked)
        if target.platform not in self._promises:
            raise BadInput(_WHICH)
        kinds = [kind for kind in Kind if asked.invocation.get(kind.value)] or list(Kind)
        known = [standing for kind in kinds if (standing := await self._subscriptions.get(target, kind))]
        ended = [one.subscription for one in known if await self._end(one.subscription)]
        subject = subject_of(asked.request, target)
        sentence = (*subject, *text(" gets no more digests." if ended else " was not subscribed."))
        undo = (Actions(tuple(undo_of(asked.request, wish) for wish in ended)),) if ended else ()
        blocks = (Paragraph(sentence), *undo)
        yield Final(Document(blocks=blocks, data={"unsubscribed": [wish.kind.value for wish in ended]}))

    async def status(self, asked: Asked) -> AsyncIterator[Reply]:
        """The digests of this channel; in a direct conversation, also those elsewhere that this person subscribed or
        may manage.
        """
        request = asked.request
        standings = [
            standing
            for workspace in (request.place.workspace, *(outlets_beside(request.place) if request.runs_bot else ()))
            for standing in await self._subscriptions.of_workspace(workspace)
            if standing.subscription.target.channel == request.place.channel
            or (request.direct and (request.may_manage or standing.subscription.owner == request.user))
        ]
        if not standings:
            sentence = with_code(_NOTHING_MAILED if request.runs_bot else _NOTHING_HERE)
            yield Final(Document(blocks=(Paragraph(sentence),), tone=Tone.NOTICE, private=True, data={"digests": []}))
            return
        blocks = [block for standing in standings for block in await self._report(request, standing)]
        data = {"digests": [self._json(standing) for standing in standings]}
        yield Final(Document("Digests", tuple(blocks), private=True, data=data))

    async def preview(self, asked: Asked) -> AsyncIterator[Reply]:
        """What the next digest would be, as things stand; nothing is remembered."""
        yield Progress("Composing the digest …")
        known, wish = await self._wishes.read(asked, target_of(asked))
        now = self._clock.now()
        slot, days = owed_at(replace(known or Standing(subscription=wish, next_due_at=now), subscription=wish), now)
        yield Final(previewed(await self._composer.compose(wish, slot, days, patience=self._patience)))

    async def _report(self, request: Request, standing: Standing) -> tuple[Block, ...]:
        subscription = standing.subscription
        unknown = await self._deliveries.unknown(subscription.target, self._clock.now() - LATELY)
        rows: list[tuple[str, Text]] = [("Next", text(Moment(standing.next_due_at)))]
        if standing.paused:
            rows = [("Paused", with_code(standing.paused))]
        if standing.last_run_at is not None:
            rows.append(("Last", text(Moment(standing.last_run_at))))
        if standing.last_note:
            rows.append(("Last note", text(standing.last_note)))
        if unknown:
            rows.append(("Unknown", text(f"Whether {unknown} of the last week's messages arrived is not known.")))
        rows += [*rows_of(subscription), *self._feed_row(subscription)]
        rows.append(("Promise", text(self._promises.get(subscription.target.platform, ""))))
        subject = Paragraph(tuple(replace(part, bold=True) for part in subject_of(request, subscription.target)))
        return subject, Facts(tuple(rows)), buttons_of(request, subscription)

    def _feed_row(self, wish: Subscription) -> tuple[tuple[str, Text], ...]:
        address = self._outlets.feed(wish.target, wish.kind)
        return (("Feed", text(link(address, address))),) if address else ()

    async def _of(self, target: Target) -> list[Standing]:
        return [standing for kind in Kind if (standing := await self._subscriptions.get(target, kind))]

    async def _end(self, wish: Subscription) -> bool:
        return await end(self._subscriptions, self._opt_ins, wish.target, wish.kind)

    def _json(self, standing: Standing) -> dict[str, object]:
        wish = standing.subscription
        return standing_json(standing) | {"feed": self._outlets.feed(wish.target, wish.kind) or None}


def _obstacle(request: Request) -> str:
    """Why the bot could not post in the channel spoken of; "" where nothing is known to keep it from that."""
    return _MAY_NOT_POST.format(", ".join(request.lacking)) if request.lacking else request.hindrance


def _refusal(target: Target, obstacle: str) -> Document:
    """The obstacle, with the channel that it is about."""
    return Document(
        blocks=(Paragraph(text(channel(target.channel), ": ", *with_code(obstacle))),),
        tone=Tone.NOTICE,
        private=True,
        data={"error": obstacle, "kind": BadInput.__name__, "channel": target.channel},
    )
