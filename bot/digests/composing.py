"""What a digest says: a root message, then one message a paper.  Composed once, then frozen.

Whatever fails on the way makes the digest less, never nothing: an older list with its age, other summaries with their
label; and the digest says what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.digests.choosing import Choice, Chosen, choose
from bot.digests.model import Digest, Edition, Kind, Part, Slot, Subscription, Target
from bot.documents.model import (
    Block,
    Bullets,
    Document,
    Footnote,
    Inline,
    Moment,
    Paragraph,
    Text,
    Tone,
    link,
    text,
)
from bot.documents.words import long_date
from bot.errors import Transient
from bot.papers import calendar
from bot.papers.library import Library
from bot.papers.model import EmptyReason, Paper, PaperList, Rise
from bot.ports import Clock, PaperRepository
from bot.reading.cards import Sighting, details, list_card, paper_json, starters
from bot.reading.model import Summaries
from bot.reading.ports import UNHURRIED, Summarizes

LONGEST_TITLE = 90  # characters; the shortest of the platforms' limits for a thread's name is 100
FIRST_IN_ROOT = 5  # papers that the root message names
SINCE = timedelta(days=1)  # a rise is counted from a day before


class KnowsPosted(Protocol):
    """Remembers what a channel has had; see `bot.digests.ports.DeliveryRepository`."""

    async def posted(self, target: Target, paper_ids: Iterable[str]) -> set[str]:
        """Which of these papers the channel has had."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The papers of some list days, and what was wrong with the lists."""

    papers: tuple[Paper, ...]
    empty_because: EmptyReason | None
    old: datetime | None  # since when the oldest list that had to do is
    unread: tuple[date, ...]  # days that could not be had at all
    through: date | None  # the newest day up to which all lists were had


class Composer:
    """Composes digests.

    Args:
        offers: the commands there are; only those become buttons.
    """

    def __init__(
        self,
        library: Library,
        summarizer: Summarizes,
        papers: PaperRepository,
        posted: KnowsPosted,
        clock: Clock,
        *,
        offers: Iterable[str],
    ) -> None:
        self._library = library
        self._summarizer = summarizer
        self._papers = papers
        self._posted = posted
        self._clock = clock
        self._offers = frozenset(offers)

    async def compose(
        self, subscription: Subscription, slot: Slot, days: Sequence[date], *, patience: float = UNHURRIED
    ) -> Digest:
        """The digest of a slot, from the lists of `days`, with a model's summaries if they come within `patience`.

        Raises:
            Transient: no list at all could be had, old or new; nothing is lost by trying again.
        """
        reading = await self._read(days)
        if days and len(reading.unread) == len(days):
            raise Transient("Hugging Face does not answer, and none of these lists was ever seen.")
        chosen, rises = await self._choose(subscription, reading.papers)
        if not chosen.choices:
            return _notice(subscription, slot, reading, chosen)
        summaries = await self._summarizer.summarize(
            [choice.paper for choice in chosen.choices],
            workspace=subscription.target.workspace,
            language=subscription.language,
            patience=patience,
        )
        return self._digest(subscription, slot, reading, chosen, rises, summaries)

    async def _read(self, days: Sequence[date]) -> Reading:
        papers: dict[str, Paper] = {}
        ages: list[datetime] = []
        unread: list[date] = []
        newest: PaperList | None = None
        for day in days:
            try:
                newest = await self._library.day(day)
            except Transient:
                unread.append(day)
                continue
            papers |= {paper.id: paper for paper in newest.papers}
            ages += [newest.fetched_at] if newest.stale else []
        because = newest.empty_because if newest else EmptyReason.WEEKEND
        through = max((day for day in days if not unread or day < unread[0]), default=None)
        return Reading(tuple(papers.values()), because, min(ages, default=None), tuple(unread), through)

    async def _choose(self, subscription: Subscription, papers: Sequence[Paper]) -> tuple[Chosen, Mapping[str, Rise]]:
        ids = [paper.id for paper in papers]
        is_weekly = subscription.kind is Kind.WEEKLY  # looks back, so it may repeat what the days have shown
        had = set() if is_weekly else await self._posted.posted(subscription.target, ids)
        new = [paper for paper in papers if paper.id not in had]
        rises = await self._papers.rises(ids, self._clock.now() - SINCE)
        chosen = choose(new, topics=subscription.topics, muted=subscription.muted, top=subscription.top, rises=rises)
        return chosen, rises

    def _digest(
        self,
        subscription: Subscription,
        slot: Slot,
        reading: Reading,
        chosen: Chosen,
        rises: Mapping[str, Rise],
        summaries: Summaries,
    ) -> Digest:
        sightings = [
            Sighting(paper=choice.paper, summary=summaries.by_id.get(choice.paper.id), rise=rises.get(choice.paper.id))
            for choice in chosen.choices
        ]
        missing = " ".join(filter(None, (_what_is_missing(reading), summaries.degraded or "")))
        root = _root(slot, chosen, sightings, reading.old, missing)
        parts = [
            self._part(number, *pair) for number, pair in enumerate(zip(chosen.choices, sightings, strict=True), 1)
        ]
        return Digest(
            slot=slot, title=title_of(slot), parts=(Part(0, root), *parts), missing=missing, through=reading.through
        )

    def _part(self, number: int, choice: Choice, seen: Sighting) -> Part:
        card = list_card(seen, offers=self._offers, now=self._clock.now())
        card = replace(
            card,
            rank=number,
            why=choice.why,
            details=details(seen.summary) if seen.summary else (),
            actions=(*starters(seen, self._offers), *card.actions),
        )
        blocks: tuple[Block, ...] = (card, *_artifacts(choice.paper))
        return Part(number, Document(blocks=blocks, data=paper_json(replace(seen, rank=number))), choice.paper.id)


def title_of(slot: Slot) -> str:
    """The thread's name: `Papers of Friday 10 July 2026`."""
    if slot.kind is Kind.WEEKLY:
        return f"Papers of the week of {slot.day.day} {slot.day:%B %Y}"
    return f"Papers of {long_date(slot.day)}"[:LONGEST_TITLE]


def _root(slot: Slot, chosen: Chosen, sightings: Sequence[Sighting], old: datetime | None, missing: str) -> Document:
    shown, total = len(chosen.choices), len(chosen.choices) + chosen.below + chosen.off_topic + chosen.muted
    first = list(zip(chosen.choices, sightings, strict=True))[:FIRST_IN_ROOT]
    blocks: list[Block] = [
        Paragraph(text(_counts(shown, total, chosen))),
        Bullets(tuple(_line(*pair) for pair in first)),
    ]
    if slot.edition is Edition.LIVE and slot.kind is Kind.DAILY:
        closes = Moment(calendar.rolls_over_at(slot.day))
        blocks.append(Footnote(text("The list fills until ", closes, "; later papers come with the next digest.")))
    if old is not None:
        blocks.append(Footnote(text("Hugging Face does not answer; the list is as of ", Moment(old), ".")))
    if missing:
        blocks.append(Footnote(text(missing)))
    data = {"day": slot.day.isoformat(), "edition": slot.edition.value, "shown": shown, "total": total}
    return Document(title_of(slot), tuple(blocks), data=data)


def _counts(shown: int, total: int, chosen: Chosen) -> str:
    what = f"{total} new paper" + ("" if total == 1 else "s")
    if shown == total:
        return f"{what}, one a message in this thread."
    left_out = [f"{chosen.off_topic} on other topics"] if chosen.off_topic else []
    left_out += [f"{chosen.muted} on muted topics"] if chosen.muted else []
    left_out += [f"{chosen.below} further down the list"] if chosen.below else []
    return f"{what}; {shown} of them in this thread. Left out: {', '.join(left_out)}."


def _line(choice: Choice, seen: Sighting) -> Text:
    paper = choice.paper
    reasons = [f"{paper.upvotes} upvotes"] if paper.upvotes else []
    reasons += [choice.why] if choice.why else []
    why: tuple[str | Inline, ...] = (f" ({'; '.join(reasons)})",) if reasons else ()
    return text(link(paper.title, paper.url), *why)


def _artifacts(paper: Paper) -> tuple[Block, ...]:
    """A line with the models, datasets and Spaces that name the paper."""
    if not paper.artifacts:
        return ()
    links = [link(f"{one.name} ({one.kind})", one.url) for one in paper.artifacts[:5]]
    between = [piece for one in links for piece in (", ", one)][1:]
    return (Footnote(text("On Hugging Face: ", *between)),)


def _what_is_missing(reading: Reading) -> str:
    if not reading.unread:
        return ""
    days = ", ".join(long_date(day) for day in reading.unread)
    return f"Without the list of {days}: Hugging Face does not answer. Its papers come with the next digest."


def _notice(subscription: Subscription, slot: Slot, reading: Reading, chosen: Chosen) -> Digest:
    """One sentence on why there are no papers."""
    sentence = _why_none(subscription, slot, reading, chosen)
    document = Document(blocks=(Paragraph(text(sentence)),), tone=Tone.NOTICE, data={"papers": [], "why": sentence})
    return Digest(
        slot=slot,
        title=title_of(slot),
        parts=(Part(0, document),),
        missing=_what_is_missing(reading),
        through=reading.through,
    )


def _after_weekend(day: date) -> bool:
    return calendar.is_weekend(day) or calendar.is_weekend(day - timedelta(days=1))


def _why_none(subscription: Subscription, slot: Slot, reading: Reading, chosen: Chosen) -> str:
    day = long_date(slot.day)
    if slot.notice and not _after_weekend(slot.day):
        return "No list has been completed since the last digest."
    if chosen.off_topic or chosen.muted:
        return f"None of the {chosen.off_topic + chosen.muted} new papers of {day} is on this channel's topics."
    if reading.papers:
        return f"Nothing new since the last digest: all papers of {day} have been shown here."
    match reading.empty_because:
        case EmptyReason.WEEKEND:
            return "No new list: at weekends no papers are submitted."
        case EmptyReason.EARLY:
            return f"The list of {day} has not begun to fill yet; its papers come with the next digest."
        case _:
            return f"There is no list for {day}; it may have been a holiday."
