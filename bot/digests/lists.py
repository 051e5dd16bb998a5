"""The lists that a digest draws from, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import Transient
from bot.papers.library import Library
from bot.papers.model import EmptyReason, ListState, Paper, PaperList


@dataclass(frozen=True, slots=True)
class Reading:
    """The papers of some list days, and what was wrong with the lists."""

    papers: tuple[Paper, ...]
    empty_because: EmptyReason | None
    old: tuple[date, ...]  # days of which a copy had to do that may lack papers
    old_since: datetime | None  # the age of the oldest copy that had to do
    unread: tuple[date, ...]  # days that could not be had at all
    through: date | None  # the newest day up to which all lists were had


async def read(library: Library, days: Sequence[date]) -> Reading:
    """The lists of these days, as far as they can be had; a paper of two days counts once."""
    papers: dict[str, Paper] = {}
    found: dict[date, PaperList] = {}
    for day in days:
        try:
            found[day] = await library.day(day)
        except Transient:
            continue
        papers |= {paper.id: paper for paper in found[day].papers}
    unread = tuple(day for day in days if day not in found)
    stale = {day: each for day, each in found.items() if each.stale}
    newest = found[max(found)] if found else None
    return Reading(
        papers=tuple(papers.values()),
        empty_because=newest.empty_because if newest else EmptyReason.WEEKEND,
        old=tuple(day for day, each in stale.items() if each.state is not ListState.FINAL),
        old_since=min((each.fetched_at for each in stale.values()), default=None),
        unread=unread,
        through=through(days, unread),
    )


def through(days: Sequence[date], unread: Sequence[date]) -> date | None:
    """The newest of these days up to which all lists were had."""
    return max((day for day in days if not unread or day < unread[0]), default=None)
