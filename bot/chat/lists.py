"""The lists of papers: a day's, a week's, and what is trending."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.chat.engine import Asked
from bot.chat.gallery import Gallery, Shown
from bot.chat.paging import Page, read_page
from bot.chat.request import Final, Progress, Reply
from bot.documents.model import (
    Action,
    Actions,
    Block,
    Document,
    Footnote,
    Inline,
    Moment,
    Paragraph,
    Text,
    Tone,
    text,
)
from bot.documents.words import long_date
from bot.papers.calendar import list_day, previous_weekday, read_day, rolls_over_at
from bot.papers.library import Library
from bot.papers.model import EmptyReason, ListState, PaperList
from bot.ports import Clock
from bot.reading.cards import counted, paper_json


@dataclass(frozen=True, slots=True)
class Listing:
    """A list about to be shown: its title, the command for its further pages, and until when it fills."""

    papers: PaperList
    title: str
    command: str
    closes: Moment | None = None  # None: it is complete, or there is no telling


class Lists:
    """Handlers of `today`, `yesterday`, `date`, `week` and `trending`."""

    def __init__(self, library: Library, gallery: Gallery, clock: Clock) -> None:
        self._library = library
        self._gallery = gallery
        self._clock = clock

    async def today(self, asked: Asked) -> AsyncIterator[Reply]:
        """Today's list, final or still filling."""
        yield Progress("Reading today's list …")
        async for reply in self._show(asked, _of_day(await self._library.today())):
            yield reply

    async def yesterday(self, asked: Asked) -> AsyncIterator[Reply]:
        """The list of the last weekday before today's list day."""
        yield Progress("Reading the list of the day before …")
        async for reply in self._show(
            asked, _of_day(await self._library.day(previous_weekday(list_day(self._clock.now()))))
        ):
            yield reply

    async def date(self, asked: Asked) -> AsyncIterator[Reply]:
        """The list of any day."""
        day = read_day(asked.invocation.get("day"))
        yield Progress(f"Reading the list of {long_date(day)} …")
        async for reply in self._show(asked, _of_day(await self._library.day(day))):
            yield reply

    async def week(self, asked: Asked) -> AsyncIterator[Reply]:
        """The top papers of this week; at its very beginning, when there are none, of the week before."""
        yield Progress("Reading the week's list …")
        papers = await self._library.this_week()
        monday = papers.day
        title = f"Top papers of the week · {monday.day} {monday:%B} to {_end_of(monday)}"
        async for reply in self._show(
            asked, Listing(papers, title, "week", _closes(papers, monday + timedelta(days=6)))
        ):
            yield reply

    async def trending(self, asked: Asked) -> AsyncIterator[Reply]:
        """What Hugging Face calls trending, of whatever day."""
        yield Progress("Reading what is trending …")
        papers = await self._library.trending()
        async for reply in self._show(asked, Listing(papers, "Trending on Hugging Face now", "trending")):
            yield reply

    async def _show(self, asked: Asked, listing: Listing) -> AsyncIterator[Reply]:
        page = read_page(asked.invocation)
        if not listing.papers.papers:
            yield Final(empty_document(listing))
            return
        yield Progress("Summing the papers up …")
        shown = await self._gallery.page(listing.papers.papers, page, asked.request)
        yield Final(list_document(listing, page, shown))


def list_document(listing: Listing, page: Page, shown: Shown) -> Document:
    """A page of a list, with its state before and the way on after it."""
    total = len(listing.papers.papers)
    more = page.more(listing.command, left=total - page.end)
    state = Paragraph(state_line(listing, page, total))
    blocks: tuple[Block, ...] = (state, *shown.cards, *_age(listing.papers), *shown.footnotes, *more)
    return Document(listing.title, blocks, data=list_json(listing, page, shown))


def state_line(listing: Listing, page: Page, total: int) -> Text:
    """`35 papers by 16:00 UTC; the list fills until 11 July 2026, 01:30 UTC.`"""
    papers = counted(total, "paper")
    which = f" Shown: {page.first + 1} to {min(page.end, total)}." if total > page.size else ""
    if listing.closes is not None:
        seen = Moment(listing.papers.fetched_at, style="time")
        return text(f"{papers} by ", seen, "; the list fills until ", listing.closes, "." + which)
    final = "; the list is final" if listing.papers.state is ListState.FINAL else ""
    return text(f"{papers}{final}.{which}")


def empty_document(listing: Listing) -> Document:
    """Why a list is empty, and the way to the last one that is not."""
    day = listing.papers.day
    before = previous_weekday(day)
    button = Action(f"Show {long_date(before)}", f"date {before.isoformat()}", style="primary")
    return Document(
        listing.title,
        (Paragraph(text(*_why_empty(listing))), *_age(listing.papers), Actions((button,))),
        tone=Tone.NOTICE,
        data=_list_head(listing) | {"papers": []},
    )


def list_json(listing: Listing, page: Page, shown: Shown) -> dict[str, object]:
    """A list as plain JSON values: what it is, which part of it is here, and the papers (`paper_json`)."""
    return _list_head(listing) | {
        "total": len(listing.papers.papers),
        "page": page.number,
        "note": shown.note,
        "papers": [paper_json(seen) for seen in shown.sightings],
    }


def _list_head(listing: Listing) -> dict[str, object]:
    papers = listing.papers
    return {
        "list": listing.command.split()[0],
        "day": papers.day.isoformat(),
        "state": papers.state.value,
        "closes_at": listing.closes.at.isoformat() if listing.closes else None,
        "fetched_at": papers.fetched_at.isoformat(),
        "stale": papers.stale,
        "empty_because": papers.empty_because.value if papers.empty_because else None,
    }


def _of_day(papers: PaperList) -> Listing:
    title = f"Trending papers · {long_date(papers.day)}"
    return Listing(papers, title, f"date {papers.day.isoformat()}", _closes(papers, papers.day))


def _closes(papers: PaperList, last: date) -> Moment | None:
    """When a list that is filling will be complete; an old copy of one tells nothing about that."""
    is_filling = papers.state is ListState.FILLING and not papers.stale
    return Moment(rolls_over_at(last)) if is_filling else None


def _why_empty(listing: Listing) -> tuple[str | Inline, ...]:
    day = long_date(listing.papers.day)
    match listing.papers.empty_because:
        case EmptyReason.WEEKEND:
            return (f"There is no list for {day}: at weekends no papers are submitted.",)
        case EmptyReason.EARLY if listing.closes is not None:
            soon = replace(listing.closes, style="datetime")
            return ("Nobody has submitted a paper for this day yet. The list fills until ", soon, ".")
        case _:
            return (f"There is no list for {day}; it may have been a holiday.",)


def _age(papers: PaperList) -> tuple[Footnote, ...]:
    if not papers.stale:
        return ()
    return (Footnote(text("Hugging Face does not answer; this is as of ", Moment(papers.fetched_at), ".")),)


def _end_of(monday: date) -> str:
    sunday = monday + timedelta(days=6)
    return f"{sunday.day} {sunday:%B} {sunday.year}"
