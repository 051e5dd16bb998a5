"""How subscriptions are shown: whose they are, what was wished, and what can be done about them.  Pure functions."""

from __future__ import annotations

from bot.chat.outlets import FEED, MAIL
from bot.chat.request import Request
from bot.chat.wishes import line_of
from bot.digests.model import Digest, Edition, EmptyDays, Kind, Standing, Subscription, Target
from bot.digests.options import write_weekdays
from bot.documents.model import Action, Actions, Document, Span, Text, channel, text
from bot.reading.cards import counted

_EDITIONS = {
    Edition.FINAL: "the newest list that is complete",
    Edition.LIVE: "the day's list as far as it is",
}


def subject_of(request: Request, target: Target) -> tuple[Span, ...]:
    """Whose digests they are, as a sentence about them begins."""
    if target.platform == MAIL:
        return (Span(target.channel),)
    if target.platform == FEED:
        return (Span(f"The {target.channel.replace(':', ' ')}"),)
    if target.channel != request.place.channel:
        return Span("Channel "), channel(target.channel)
    return (Span("This conversation" if request.direct else "This channel"),)


def rows_of(wish: Subscription) -> tuple[tuple[str, Text], ...]:
    """What was wished, as facts."""
    schedule = wish.schedule
    when = f"{write_weekdays(schedule.weekdays)} at {schedule.at:%H:%M}, {schedule.zone}"
    what = "the round-up of the week" if wish.kind is Kind.WEEKLY else _EDITIONS[wish.edition]
    rows = [
        ("When", when),
        ("What", f"{what}, {counted(wish.top, 'paper')} at most"),
        ("About", ", ".join(wish.topics)),
        ("Without", ", ".join(wish.muted)),
        ("Language", wish.language),
        ("Empty days", "say why" if wish.empty_days is EmptyDays.SAY else "silent"),
    ]
    return tuple((name, text(value)) for name, value in rows if value)


def buttons_of(request: Request, wish: Subscription) -> Actions:
    """What can be done about a subscription where this was asked."""
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


def undo_of(request: Request, wish: Subscription) -> Action:
    """What brings a subscription back that was ended."""
    where = "" if wish.target.channel == request.place.channel else wish.target.channel
    label = "Have the round-up again" if wish.kind is Kind.WEEKLY else "Subscribe again"
    return Action(label, line_of(wish, where) or " ".join(filter(None, ("subscribe", where))), private=True)


def previewed(digest: Digest) -> Document:
    """A digest as one private document."""
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


def standing_json(standing: Standing) -> dict[str, object]:
    """A subscription and what has become of it, for scripts; instants in ISO 8601, Monday is 0."""
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
