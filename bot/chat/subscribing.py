"""Digests by command: subscribe, unsubscribe, status and preview."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.chat.engine import Asked
from bot.chat.outlets import FEED, MAIL, Outlets, outlets_beside
from bot.chat.request import Final, Progress, Reply, Request
from bot.chat.wishes import Wishes, line_of, target_of
from bot.digests.composing import Composer
from bot.digests.model import Digest, Edition, EmptyDays, Kind, Standing, Subscription, Target
from bot.digests.opt_in import end
from bot.digests.options import write_weekdays
from bot.digests.planning import first_due, owed_at
from bot.digests.ports import DeliveryRepository, OptIns, SubscriptionRepository
from bot.documents.model import (
    Action,
    Actions,
    Block,
    Document,
    Facts,
    Moment,
    Paragraph,
    Span,
    Text,
    Tone,
    channel,
    link,
    text,
)
from bot.documents.words import with_code
from bot.errors import BadInput
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
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._opt_ins = opt_ins
        self._composer = composer
        self._clock = clock
        self._wishes = wishes
        self._outlets = outlets
        self._promises = promises

    async def subscribe(self, asked: Asked) -> AsyncIterator[Reply]:
        """Subscribe a channel, or change what it has."""
        target = target_of(asked)
        if target.platform not in self._promises:
            raise BadInput(_NOT_HERE)
        if asked.request.lacking:
            raise BadInput(_MAY_NOT_POST.format(", ".join(asked.request.lacking)))
        if asked.request.hindrance:
            raise BadInput(asked.request.hindrance)
        known, wish = await self._wishes.read(asked, target)
        waits = await self._outlets.pause(target)
        due = first_due(wish, self._clock.now())
        await self._subscriptions.put(wish, due, paused=waits)
        verb = "changed" if known else "subscribed"
        subject = _subject(asked.request, target)
        sentence = (*subject, *text(f" is {verb}. The next digest comes ", Moment(due), "."))
        if waits:
            sentence = (*text(f"{target.channel} is {verb}. "), *with_code(waits))
        rows = (*_rows(wish), *(self._feed_row(wish) if target.platform == FEED else ()))
        blocks = (Paragraph(sentence), Facts(rows), _buttons(asked.request, wish))
        data = {"subscribed": target.channel, "next": due.isoformat(), "paused": waits}
        yield Final(Document(blocks=blocks, data=data))

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
        subject = _subject(asked.request, target)
        sentence = (*subject, *text(" gets no more digests." if ended else " was not subscribed."))
        undo = (Actions(tuple(_undo(asked.request, wish) for wish in ended)),) if ended else ()
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
        _, wish = await self._wishes.read(asked, target_of(asked))
        now = self._clock.now()
        slot, days = owed_at(Standing(subscription=wish, next_due_at=now), now)
        yield Final(_preview(await self._composer.compose(wish, slot, days, patience=PATIENCE)))

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
        rows += [*_rows(subscription), *self._feed_row(subscription)]
        rows.append(("Promise", text(self._promises.get(subscription.target.platform, ""))))
        subject = Paragraph(tuple(replace(part, bold=True) for part in _subject(request, subscription.target)))
        return subject, Facts(tuple(rows)), _buttons(request, subscription)

    def _feed_row(self, wish: Subscription) -> tuple[tuple[str, Text], ...]:
        address = self._outlets.feed(wish.target, wish.kind)
        return (("Feed", text(link(address, address))),) if address else ()

    async def _of(self, target: Target) -> list[Standing]:
        return [standing for kind in Kind if (standing := await self._subscriptions.get(target, kind))]

    async def _end(self, wish: Subscription) -> bool:
        return await end(self._subscriptions, self._opt_ins, wish.target, wish.kind)

    def _json(self, standing: Standing) -> dict[str, object]:
        wish = standing.subscription
        return _standing_json(standing) | {"feed": self._outlets.feed(wish.target, wish.kind) or None}


def _subject(request: Request, target: Target) -> tuple[Span, ...]:
    if target.platform == MAIL:
        return (Span(target.channel),)
    if target.platform == FEED:
        return (Span(f"The {target.channel.replace(':', ' ')}"),)
    if target.channel != request.place.channel:
        return Span("Channel "), channel(target.channel)
    return (Span("This conversation" if request.direct else "This channel"),)


def _rows(wish: Subscription) -> tuple[tuple[str, Text], ...]:
    schedule = wish.schedule
    when = f"{write_weekdays(schedule.weekdays)} at {schedule.at:%H:%M}, {schedule.zone}"
    what = "the round-up of the week" if wish.kind is Kind.WEEKLY else _EDITIONS[wish.edition]
    rows = [
        ("When", when),
        ("What", f"{what}, {wish.top} papers at most"),
        ("About", ", ".join(wish.topics)),
        ("Without", ", ".join(wish.muted)),
        ("Language", wish.language),
        ("Empty days", "say why" if wish.empty_days is EmptyDays.SAY else "silent"),
    ]
    return tuple((name, text(value)) for name, value in rows if value)


_EDITIONS = {
    Edition.FINAL: "the newest list that is complete",
    Edition.LIVE: "the day's list as far as it is",
}


def _buttons(request: Request, wish: Subscription) -> Actions:
    where = [] if wish.target.channel == request.place.channel else [wish.target.channel]
    words = [*where, *(["weekly"] if wish.kind is Kind.WEEKLY else [])]
    return Actions(
        (
            Action("Preview", " ".join(("preview", *words)), private=True),
            Action("Change", " ".join(("subscribe", *words)), private=True, fills=True),
            Action("Stop", " ".join(("unsubscribe", *where, wish.kind.value)), private=True),
            Action("Status", "status", private=True),
        )
    )


def _undo(request: Request, wish: Subscription) -> Action:
    where = "" if wish.target.channel == request.place.channel else wish.target.channel
    label = "Have the round-up again" if wish.kind is Kind.WEEKLY else "Subscribe again"
    return Action(label, line_of(wish, where) or " ".join(filter(None, ("subscribe", where))))


def _preview(digest: Digest) -> Document:
    root, *rest = digest.parts
    blocks = (*root.document.blocks, *(block for part in rest for block in part.document.blocks))
    said = root.document.data
    data = {
        **(said if isinstance(said, dict) else {}),
        "title": digest.title,
        "day": digest.slot.day.isoformat(),
        "edition": digest.slot.edition.value,
        "kind": digest.slot.kind.value,
        "missing": digest.missing,
        "papers": [part.document.data for part in rest],
    }
    return Document(digest.title, blocks, tone=root.document.tone, private=True, data=data)


def _standing_json(standing: Standing) -> dict[str, object]:
    wish = standing.subscription
    return {
        "channel": wish.target.channel,
        "kind": wish.kind.value,
        "at": f"{wish.schedule.at:%H:%M}",
        "zone": wish.schedule.zone,
        "weekdays": sorted(wish.schedule.weekdays),
        "top": wish.top,
        "about": wish.topics,
        "without": wish.muted,
        "language": wish.language,
        "edition": wish.edition.value,
        "empty_days": wish.empty_days.value,
        "next": standing.next_due_at.isoformat(),
        "last": standing.last_run_at.isoformat() if standing.last_run_at else None,
        "note": standing.last_note,
        "paused": standing.paused,
    }
