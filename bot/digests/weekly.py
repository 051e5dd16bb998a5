"""What the round-up of a week says beyond its papers: what rose after it was posted, and what the week was about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import structlog

from bot.digests.lists import read
from bot.digests.model import Target
from bot.digests.topics import Count, count_topics
from bot.documents.model import Bars, Block, Bullets, Heading, Image, Moment, Text, link, text
from bot.papers import calendar
from bot.papers.library import Library
from bot.papers.model import Paper, Rise
from bot.ports import PaperRepository

log = structlog.get_logger(__name__)

WEEK = timedelta(days=7)
MOST_RISERS = 5

Draw = Callable[[str, Bars], Awaitable[bytes]]  # a chart with this title as a PNG


class KnowsWhen(Protocol):
    """Remembers when a channel has had a paper; see `bot.digests.ports.DeliveryRepository`."""

    async def posted_at(self, target: Target, paper_ids: Iterable[str]) -> Mapping[str, datetime]:
        """When each of these papers was posted there; without those that were not."""


@dataclass(frozen=True, slots=True)
class Riser:
    """A paper, and what it has won since it was posted, or, where it was not, since its list was complete."""

    paper: Paper
    rise: Rise


@dataclass(frozen=True, slots=True)
class Review:
    """What a week looks like afterwards, as blocks for people and as plain JSON values."""

    blocks: tuple[Block, ...]
    data: Mapping[str, object]


NOTHING = Review((), {})


class Reviewer:
    """Looks back at weeks.

    Args:
        draw: draws the chart; without a picture its figures are there all the same.
    """

    def __init__(self, library: Library, papers: PaperRepository, posted: KnowsWhen, draw: Draw) -> None:
        self._library = library
        self._papers = papers
        self._posted = posted
        self._draw = draw

    async def review(
        self, target: Target, days: Sequence[date], papers: Sequence[Paper], wanted: Sequence[Paper]
    ) -> Review:
        """The week of these list days.

        Args:
            target: the channel, of which it matters what it was shown when.
            days: the week's list days.
            papers: all papers of their lists.
            wanted: those of them that are for this channel, by its topics.
        """
        risers = await self._risers(target, wanted)
        before = await read(self._library, [day - WEEK for day in days])
        counts = count_topics(papers, None if before.unread else before.papers)
        blocks: tuple[Block, ...] = ()
        if risers:
            blocks += (Heading("Rose after they were posted"), Bullets(tuple(map(_line, risers))))
        if counts:
            bars = _bars(counts, (days[0], len(papers)), (days[0] - WEEK, len(before.papers)))
            blocks += (await self._chart(f"Papers by topic, week of {days[0].day} {days[0]:%B %Y}", bars),)
        return Review(blocks, {"risers": [_riser_json(one) for one in risers], "topics": _topics_json(counts)})

    async def _risers(self, target: Target, papers: Sequence[Paper]) -> list[Riser]:
        """The papers whose votes grew most, most first."""
        by_id = {paper.id: paper for paper in papers}
        posted = await self._posted.posted_at(target, by_id)
        since: defaultdict[datetime, list[str]] = defaultdict(list)
        for paper in papers:
            at = posted.get(paper.id) or (calendar.rolls_over_at(paper.listed) if paper.listed else None)
            if at is not None:
                since[_to_the_hour(at)].append(paper.id)
        rises = {name: rise for at, ids in since.items() for name, rise in (await self._papers.rises(ids, at)).items()}
        risers = [Riser(by_id[paper_id], rise) for paper_id, rise in rises.items() if rise.gained]
        return sorted(risers, key=lambda one: one.rise.gained, reverse=True)[:MOST_RISERS]

    async def _chart(self, title: str, bars: Bars) -> Image:
        try:
            picture = await self._draw(title, bars)
        except Exception as error:  # a library draws it; nothing that it runs into is worth a digest
            log.warning("chart_not_drawn", action="compose_digest", kind=type(error).__name__)
            picture = None
        return Image(alt=_alt(title, bars), data=picture, title="Topics of the week", bars=bars)


def _to_the_hour(instant: datetime) -> datetime:
    """The hour's beginning: votes are remembered by the hour, so that few instants have to be asked for."""
    return instant.replace(minute=0, second=0, microsecond=0)


def _line(riser: Riser) -> Text:
    rise = riser.rise
    votes = f": {rise.gained} more upvotes since "
    return text(link(riser.paper.title, riser.paper.url), votes, Moment(rise.since, style="date"), f", now {rise.now}")


def _bars(counts: Sequence[Count], week: tuple[date, int], before: tuple[date, int]) -> Bars:
    """The figures, with each week's Monday and number of papers; the week before is left out if it is not known."""
    name = f"{_week_of(week[0])}: {week[1]} papers"
    if any(count.before is None for count in counts):
        return Bars((name,), tuple((count.topic, (count.papers,)) for count in counts))
    rows = tuple((count.topic, (count.papers, count.before or 0)) for count in counts)
    return Bars((name, f"{_week_of(before[0])}: {before[1]}"), rows)


def _week_of(monday: date) -> str:
    return f"Week of {monday.day} {monday:%B}"


def _alt(title: str, bars: Bars) -> str:
    """The chart in words, with all its figures."""
    series = "; ".join(bars.series)
    rows = ", ".join(f"{label} {_figures(counts)}" for label, counts in bars.rows)
    return f"Bar chart. {title}. {series}. {rows}."


def _figures(counts: Sequence[int]) -> str:
    now, *before = counts
    return f"{now} (before: {before[0]})" if before else str(now)


def _riser_json(riser: Riser) -> dict[str, object]:
    rise = riser.rise
    return {
        "id": riser.paper.id,
        "title": riser.paper.title,
        "url": riser.paper.url,
        "upvotes": rise.now,
        "upvotes_gained": rise.gained,
        "since": rise.since.isoformat(),
    }


def _topics_json(counts: Sequence[Count]) -> list[dict[str, object]]:
    return [{"topic": count.topic, "papers": count.papers, "week_before": count.before} for count in counts]
