"""The library: what the rest of the house asks for papers.  Sources first, the store behind them.

A list is asked for at its source at most once a minute, as its votes go on growing, and not again once it is a month
old.  Where the source does not answer, the last good list is given with its age; what is known stays readable without
any network.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from bot.errors import BadInput, NotFound, StoreError, Transient
from bot.papers import calendar
from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import HuggingFace, Listing
from bot.papers.linked import Linked
from bot.papers.model import EmptyReason, ListState, Paper, PaperList
from bot.papers.references import PaperReference
from bot.ports import Clock, PaperRepository

log = structlog.get_logger(__name__)

FRESH = 60.0  # seconds
SETTLED = timedelta(days=30)  # by then hardly anybody votes for a list's papers any more
SEARCH_PATIENCE = 6.0  # seconds that a search waits for Hugging Face before it makes do with the store
WEEK = timedelta(days=7)
WEEKS_BACK = 8  # an older week is no news any more
_FUSION = 60  # reciprocal rank fusion's constant: Cormack, Clarke and Büttcher, SIGIR 2009


Shape = Callable[[Listing], PaperList]  # a listing as the list it is


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, best first.  Without `source_answered` it comes from the store alone."""

    papers: tuple[Paper, ...]
    source_answered: bool


class Library:
    """Papers and lists of papers."""

    def __init__(self, huggingface: HuggingFace, arxiv: Arxiv, repository: PaperRepository, clock: Clock) -> None:
        self._huggingface = huggingface
        self._arxiv = arxiv
        self._repository = repository
        self._clock = clock
        self._linked = Linked(huggingface, repository, clock)
        self._asking: dict[str, asyncio.Task[PaperList]] = {}
        self._answered: dict[str, float] = {}  # when this library last had a list from its source

    async def today(self) -> PaperList:
        """The list of today's list day: filling, and perhaps still empty (then it says why).

        With the source down: today's list as last seen, else the newest list there is, marked stale.

        Raises:
            SourceUnavailable, RateLimited: the source is down and no list was ever seen.
        """
        day = calendar.list_day(self._clock.now())
        try:
            today = await self._day(day)
        except Transient:
            if newest := await self._repository.latest_day(day):
                return replace(newest, stale=True)
            raise
        if today.stale and today.empty_because is EmptyReason.EARLY:  # it may have filled since
            newest = await self._repository.latest_day(day)
            return replace(newest, stale=True) if newest else today
        return today

    async def day(self, day: date) -> PaperList:
        """The list of a day.

        Raises:
            BadInput: the day lies ahead, or before the first list.
            SourceUnavailable, RateLimited: the source is down and this list was never seen.
        """
        self._check(day)
        try:
            return await self._day(day)
        except Transient:
            if not calendar.is_weekend(day):
                raise
            return _day_of(day)(Listing((), self._clock.now()))

    async def week(self, day: date) -> PaperList:
        """The list of the ISO week that holds `day`, most upvoted first.  Raises as `day` does."""
        self._check(day)
        week = calendar.iso_week(day)
        return await self._list(_week_key(day), lambda: self._huggingface.weekly(week), _week_of(day))

    async def this_week(self) -> PaperList:
        """The list of this week; at its very beginning, when there is none, of the week before.

        With the source down: the newest of the last weeks that was ever seen, marked stale.

        Raises:
            SourceUnavailable, RateLimited: the source is down and none of these lists was ever seen.
        """
        today = calendar.list_day(self._clock.now())
        try:
            papers = await self.week(today)
            return papers if papers.papers else await self.week(today - WEEK)
        except Transient:
            for back in range(1, WEEKS_BACK + 1):
                kept = await self._repository.load_list(_week_key(today - back * WEEK))
                if kept and kept.papers:
                    return replace(kept, stale=True)
            raise

    async def trending(self) -> PaperList:
        """What trends now.  Raises `SourceUnavailable` or `RateLimited` if the source is down and it was never seen."""
        return await self._list("trending", self._huggingface.trending, _trending)

    async def paper(self, reference: PaperReference) -> Paper:
        """One paper, in the version asked for: from Hugging Face, else from the store while that is down, else arXiv.

        Raises:
            NotFound: there is no such paper.
            SourceUnavailable, RateLimited: it is not known here, and the sources that may know it do not answer.
        """
        paper = await self._paper(reference.id)
        return replace(paper, version=reference.version) if reference.version else paper

    async def papers(self, ids: Sequence[str]) -> list[Paper]:
        """The papers with these ids, in this order, as far as the store or arXiv knows them; never `Transient`."""
        known = {paper.id: paper for paper in await self._repository.get_many(ids)}
        missing = [paper_id for paper_id in ids if paper_id not in known]
        if missing:
            try:
                known |= {paper.id: paper for paper in await self._remembered(await self._arxiv.papers(missing))}
            except Transient as error:
                log.info("papers_missing", action="papers", count=len(missing), reason=type(error).__name__)
        return [known[paper_id] for paper_id in dict.fromkeys(ids) if paper_id in known]

    async def with_artifacts(self, papers: Sequence[Paper]) -> list[Paper]:
        """The same papers, with the models, datasets and Spaces that name them; as they are where nobody tells."""
        return await self._linked.to(papers)

    async def search(self, words: str, limit: int = 10) -> SearchResult:
        """Search the store and Hugging Face at once, and fuse both rankings.

        Raises:
            BadInput: no words.
        """
        if not words.strip():
            raise BadInput("Please say what to search for, such as `search diffusion policy`.")
        theirs, ours = await asyncio.gather(self._search_source(words), self._repository.search(words, limit=limit))
        return SearchResult(_fused(ours, theirs or ())[:limit], source_answered=theirs is not None)

    def _check(self, day: date) -> None:
        today = calendar.list_day(self._clock.now())
        if day > today:
            raise BadInput(f"{day.isoformat()} lies ahead; the newest list is that of {today.isoformat()}.")
        if day < calendar.FIRST_LIST:
            raise BadInput(f"Hugging Face's lists begin on {calendar.FIRST_LIST.isoformat()}.")

    async def _day(self, day: date) -> PaperList:
        return await self._list(f"day:{day.isoformat()}", lambda: self._huggingface.daily(day), _day_of(day))

    async def _list(self, key: str, ask: Callable[[], Awaitable[Listing]], shape: Shape) -> PaperList:
        """A list from the store while it is good, else from its source, else the store's with its age."""
        kept = await self._repository.load_list(key)
        if kept and self._is_good(key, kept):
            return kept
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key, kept, ask, shape))
            asking.add_done_callback(lambda done: self._has_asked(key, done))
        return await asyncio.shield(asking)

    def _has_asked(self, key: str, task: asyncio.Task[PaperList]) -> None:
        self._asking.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen here, should nobody be waiting any more

    async def _ask(
        self, key: str, kept: PaperList | None, ask: Callable[[], Awaitable[Listing]], shape: Shape
    ) -> PaperList:
        """A list from its source, once for all who want it at the same time; else the one that was kept."""
        try:
            listing = await ask()
        except Transient:
            if kept is None:
                raise
            return replace(kept, stale=True)
        if listing.stale:
            return replace(kept or shape(listing), stale=True)
        self._answered[key] = self._clock.monotonic()
        papers = shape(listing)
        try:
            await self._repository.save_list(key, papers)
        except StoreError as error:  # what was fetched is shown, even where it cannot be kept
            _log_unkept(error)
        return papers

    def _is_good(self, key: str, kept: PaperList) -> bool:
        """Whether there is nothing to be gained from asking again: the list is settled, or a moment old."""
        is_complete = kept.state is ListState.FINAL and bool(kept.papers)
        is_settled = is_complete and calendar.list_day(kept.fetched_at) - kept.day > SETTLED
        return is_settled or (self._clock.monotonic() - self._answered.get(key, -math.inf) < FRESH)

    async def _paper(self, paper_id: str) -> Paper:
        try:
            found = await self._huggingface.paper(paper_id)
        except Transient:
            if known := await self._repository.get(paper_id):
                return known
        else:
            if found:
                return (await self._remembered([found]))[0]
        return await self._paper_from_arxiv(paper_id)

    async def _paper_from_arxiv(self, paper_id: str) -> Paper:
        try:
            found = await self._arxiv.papers([paper_id])
        except Transient:
            if known := await self._repository.get(paper_id):
                return known
            raise
        if found:
            return (await self._remembered(found))[0]
        if known := await self._repository.get(paper_id):
            return known
        raise NotFound(_unknown(paper_id, self._clock.now()))

    async def _remembered(self, papers: Sequence[Paper]) -> list[Paper]:
        """The same papers with what the store knew of them beside; as they are if the store fails."""
        try:
            await self._repository.save(papers, self._clock.now())
            known = {paper.id: paper for paper in await self._repository.get_many([paper.id for paper in papers])}
        except StoreError as error:
            _log_unkept(error)
            known = {}
        return [known.get(paper.id, paper) for paper in papers]

    async def _search_source(self, words: str) -> Sequence[Paper] | None:
        try:
            async with asyncio.timeout(SEARCH_PATIENCE):
                found = await self._huggingface.search(words)
        except (Transient, TimeoutError) as error:
            log.info("search_without_source", action="search", reason=type(error).__name__)
            return None
        return await self._remembered(found)


def _unknown(paper_id: str, now: datetime) -> str:
    """The sentence for a paper that no source has.  arXiv's API has a new paper up to a day after its page."""
    if paper_id.startswith(f"{now:%y%m}."):
        return f"arXiv does not list {paper_id} yet. New papers appear there within a day; or is the id wrong?"
    return f"There is no paper {paper_id}, neither on Hugging Face nor on arXiv. Is the id right?"


def _day_of(day: date) -> Shape:
    def shape(listing: Listing) -> PaperList:
        return PaperList(
            papers=listing.papers,
            day=day,
            state=calendar.state_of(day, listing.fetched_at),
            fetched_at=listing.fetched_at,
            empty_because=None if listing.papers else calendar.why_empty(day, listing.fetched_at),
        )

    return shape


def _week_key(day: date) -> str:
    return f"week:{calendar.iso_week(day)}"


def _week_of(day: date) -> Shape:
    def shape(listing: Listing) -> PaperList:
        return PaperList(
            papers=listing.papers,
            day=calendar.monday_of(day),
            state=calendar.state_of_week(day, listing.fetched_at),
            fetched_at=listing.fetched_at,
        )

    return shape


def _trending(listing: Listing) -> PaperList:
    day = calendar.list_day(listing.fetched_at)
    return PaperList(papers=listing.papers, day=day, state=ListState.FILLING, fetched_at=listing.fetched_at)


def _fused(*rankings: Sequence[Paper]) -> tuple[Paper, ...]:
    """Several rankings as one, by reciprocal rank fusion; the first ranking's paper is kept where both have one."""
    papers: dict[str, Paper] = {}
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, paper in enumerate(ranking, start=1):
            papers.setdefault(paper.id, paper)
            scores[paper.id] = scores.get(paper.id, 0.0) + 1 / (_FUSION + rank)
    return tuple(papers[paper_id] for paper_id in sorted(scores, key=scores.__getitem__, reverse=True))


def _log_unkept(error: StoreError) -> None:
    log.warning("papers_not_kept", action="save", reason=type(error).__name__)
