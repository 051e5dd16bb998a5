"""What a digest says: a root message, then one message a paper.  Composed once, then frozen.

Whatever fails on the way makes the digest less, never nothing: an older list with its age, other summaries with their
label; and the digest says what it lacks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from bot.digests import wording
from bot.digests.choosing import Choice, Chosen, choose
from bot.digests.completing import Found, card_of, completed, is_unwritten
from bot.digests.lists import Reading, read, through
from bot.digests.model import Digest, Gaps, Kind, Part, Slot, Subscription, Target
from bot.digests.preparing import Preparer
from bot.digests.weekly import NOTHING, Draw, KnowsWhen, Review, Reviewer
from bot.errors import Transient
from bot.papers.library import Library
from bot.papers.model import Paper, Rise
from bot.ports import Clock, PaperRepository
from bot.reading.cards import Sighting
from bot.reading.ports import UNHURRIED, Summarizes

SINCE = timedelta(days=1)  # a rise is counted from a day before


class KnowsPosted(KnowsWhen, Protocol):
    """Remembers what a channel has had, and when; see `bot.digests.ports.DeliveryRepository`."""

    async def posted(self, target: Target, paper_ids: Iterable[str]) -> set[str]:
        """Which of these papers the channel has had."""


@dataclass(frozen=True, slots=True)
class Written:
    """Messages about papers, and why some of their summaries are not the model's, where that is news."""

    parts: tuple[Part, ...]
    degraded: str


class Composer:
    """Composes digests.

    Args:
        offers: the commands there are; only those become buttons.
        draw: draws a week's chart.
        preparer: has starter questions answered; None where there is no model that could.
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
        draw: Draw,
        preparer: Preparer | None = None,
    ) -> None:
        self._library = library
        self._summarizer = summarizer
        self._papers = papers
        self._posted = posted
        self._clock = clock
        self._offers = frozenset(offers)
        self._preparer = preparer
        self._reviewer = Reviewer(library, papers, posted, draw)

    async def compose(
        self, subscription: Subscription, slot: Slot, days: Sequence[date], *, patience: float = UNHURRIED
    ) -> Digest:
        """The digest of a slot, from the lists of `days`, with a model's summaries if they come within `patience`.

        Raises:
            Transient: no list at all could be had, old or new; nothing is lost by trying again.
        """
        reading = await read(self._library, days)
        if days and len(reading.unread) == len(days):
            raise Transient("Hugging Face does not answer, and there is no older copy of its list.")
        chosen, rises = await self._choose(subscription, reading.papers)
        if not chosen.choices:
            return wording.notice(slot, reading, chosen, _gaps(reading))
        written = await self._write(subscription, dict(enumerate(chosen.choices, 1)), rises, patience)
        missing = wording.sentences(wording.what_is_missing(reading.unread), written.degraded)
        lacking = wording.what_is_lacking(reading, missing)
        root = wording.root(
            slot, chosen, self._clock.now(), lacking, await self._review(subscription, days, reading.papers)
        )
        return Digest(
            slot=slot,
            title=wording.title_of(slot),
            parts=(Part(0, root), *written.parts),
            missing=missing,
            through=reading.through,
            gaps=_gaps(reading, summaries=bool(written.degraded)),
        )

    async def _review(self, subscription: Subscription, days: Sequence[date], papers: Sequence[Paper]) -> Review:
        """A look back at the week, for its round-up."""
        if subscription.kind is not Kind.WEEKLY:
            return NOTHING
        wishes = choose(papers, topics=subscription.topics, muted=subscription.muted, top=len(papers), rises={})
        wanted = [choice.paper for choice in wishes.choices]
        return await self._reviewer.review(subscription.target, days, papers, wanted)

    async def complete(self, subscription: Subscription, digest: Digest, days: Sequence[date]) -> Digest:
        """The next revision of a digest, with what it lacked, as far as that can be had by now.

        Of papers that come late those follow that would have been among the first of the digest.

        Args:
            subscription: for whom.
            digest: as it was sent.
            days: the list days that it draws from.

        Returns: the digest itself where nothing can be had.
        """
        if digest.gaps is None:
            return digest
        reading = await read(self._library, digest.gaps.days)
        late = [paper for paper in reading.papers if paper.id not in digest.gaps.known]
        shown = await self._library.papers(digest.paper_ids)
        chosen, rises = await self._choose(subscription, late, beside=shown)
        there = _unwritten(digest, shown) if digest.gaps.summaries else {}
        choices = {**there, **dict(enumerate(chosen.choices, len(digest.parts)))}
        written = await self._write(subscription, choices, rises, UNHURRIED)
        missing = wording.sentences(wording.what_is_missing(reading.unread), written.degraded)
        lacking = wording.what_is_lacking(reading, missing)
        is_news = digest.is_notice and bool(chosen.choices)
        found = Found(
            better=[part for part in written.parts if part.number in there and not is_unwritten(part)],
            late=[part for part in written.parts if part.number not in there],
            root=wording.root(digest.slot, chosen, self._clock.now(), lacking) if is_news else None,
            lacking=lacking,
            missing=missing,
            gaps=_gaps(reading, summaries=bool(written.degraded), known=digest.gaps.known),
            through=through(days, reading.unread),
        )
        return completed(digest, found)

    async def prepare(self, digest: Digest) -> None:
        """Have the digest's starter questions answered before anybody asks them."""
        if self._preparer is not None:
            await self._preparer.prepare(digest)

    async def _choose(
        self, subscription: Subscription, papers: Sequence[Paper], beside: Sequence[Paper] = ()
    ) -> tuple[Chosen, Mapping[str, Rise]]:
        """Those of these papers that are for the channel.  Others `beside` them are shown already and take places."""
        ids = [paper.id for paper in papers]
        is_weekly = subscription.kind is Kind.WEEKLY  # looks back, so it may repeat what the days have shown
        had = set() if is_weekly else await self._posted.posted(subscription.target, ids)
        new = [paper for paper in papers if paper.id not in had]
        both = [*new, *beside]
        rises = await self._papers.rises([paper.id for paper in both], self._clock.now() - SINCE)
        chosen = choose(both, topics=subscription.topics, muted=subscription.muted, top=subscription.top, rises=rises)
        shown = {paper.id for paper in beside}
        return replace(chosen, choices=tuple(one for one in chosen.choices if one.paper.id not in shown)), rises

    async def _write(
        self, subscription: Subscription, choices: Mapping[int, Choice], rises: Mapping[str, Rise], patience: float
    ) -> Written:
        """The messages about these papers, by their numbers."""
        papers = [choice.paper for choice in choices.values()]
        workspace, language = subscription.target.workspace, subscription.language
        summaries, papers = await asyncio.gather(
            self._summarizer.summarize(papers, workspace=workspace, language=language, patience=patience),
            self._library.with_artifacts(papers),
        )
        now = self._clock.now()
        parts = []
        for (number, choice), paper in zip(choices.items(), papers, strict=True):
            seen = Sighting(paper=paper, summary=summaries.by_id.get(paper.id), rise=rises.get(paper.id))
            parts.append(wording.paper_part(number, choice.why, seen, offers=self._offers, now=now))
        return Written(tuple(parts), summaries.degraded or "")


def _unwritten(digest: Digest, papers: Sequence[Paper]) -> dict[int, Choice]:
    """Those of the digest's papers that lack a summary by the model, by their messages' numbers."""
    parts = {part.paper_id: part for part in digest.parts if is_unwritten(part)}
    mine = [(parts[paper.id], paper) for paper in papers if paper.id in parts]
    return {part.number: Choice(paper, card_of(part).why) for part, paper in mine}


def _gaps(reading: Reading, *, summaries: bool = False, known: Sequence[str] = ()) -> Gaps | None:
    """What can still be made good; None if nothing is missing.  `known` are papers of earlier looks."""
    if not reading.unread and not reading.old:
        return Gaps(summaries=True) if summaries else None
    papers = tuple(dict.fromkeys((*known, *(paper.id for paper in reading.papers))))
    return Gaps(reading.unread, reading.old, summaries, papers)
