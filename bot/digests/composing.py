"""What a digest says: a root message, then one message a paper.  Composed once, then frozen.

Whatever fails on the way makes the digest less, never nothing: an older list with its age, other summaries with their
label; and the digest says what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from bot.digests import wording
from bot.digests.choosing import Choice, Chosen, choose
from bot.digests.lists import Reading, read
from bot.digests.model import Digest, Gaps, Kind, Part, Slot, Subscription, Target
from bot.errors import Transient
from bot.papers.library import Library
from bot.papers.model import Paper, Rise
from bot.ports import Clock, PaperRepository
from bot.reading.cards import Sighting
from bot.reading.ports import UNHURRIED, Summarizes

SINCE = timedelta(days=1)  # a rise is counted from a day before


class KnowsPosted(Protocol):
    """Remembers what a channel has had; see `bot.digests.ports.DeliveryRepository`."""

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
        reading = await read(self._library, days)
        if days and len(reading.unread) == len(days):
            raise Transient("Hugging Face does not answer, and none of these lists was ever seen.")
        chosen, rises = await self._choose(subscription, reading.papers)
        if not chosen.choices:
            return wording.notice(slot, reading, chosen, _gaps(reading))
        written = await self._write(subscription, chosen.choices, rises, patience)
        missing = " ".join(filter(None, (wording.what_is_missing(reading.unread), written.degraded)))
        root = wording.root(slot, chosen, lacking=wording.what_is_lacking(reading, missing))
        return Digest(
            slot=slot,
            title=wording.title_of(slot),
            parts=(Part(0, root), *written.parts),
            missing=missing,
            through=reading.through,
            gaps=_gaps(reading, summaries=bool(written.degraded)),
        )

    async def _choose(self, subscription: Subscription, papers: Sequence[Paper]) -> tuple[Chosen, Mapping[str, Rise]]:
        ids = [paper.id for paper in papers]
        is_weekly = subscription.kind is Kind.WEEKLY  # looks back, so it may repeat what the days have shown
        had = set() if is_weekly else await self._posted.posted(subscription.target, ids)
        new = [paper for paper in papers if paper.id not in had]
        rises = await self._papers.rises(ids, self._clock.now() - SINCE)
        chosen = choose(new, topics=subscription.topics, muted=subscription.muted, top=subscription.top, rises=rises)
        return chosen, rises

    async def _write(
        self,
        subscription: Subscription,
        choices: Sequence[Choice],
        rises: Mapping[str, Rise],
        patience: float,
        first: int = 1,
    ) -> Written:
        """The messages about these papers, numbered from `first`."""
        papers = [choice.paper for choice in choices]
        workspace, language = subscription.target.workspace, subscription.language
        summaries = await self._summarizer.summarize(papers, workspace=workspace, language=language, patience=patience)
        now = self._clock.now()
        parts = []
        for number, choice in enumerate(choices, first):
            paper_id = choice.paper.id
            seen = Sighting(paper=choice.paper, summary=summaries.by_id.get(paper_id), rise=rises.get(paper_id))
            parts.append(wording.paper_part(number, choice, seen, offers=self._offers, now=now))
        return Written(tuple(parts), summaries.degraded or "")


def _gaps(reading: Reading, *, summaries: bool = False) -> Gaps | None:
    """What can still be made good; None if nothing is missing."""
    if not reading.lacking and not summaries:
        return None
    known = tuple(paper.id for paper in reading.papers) if reading.lacking else ()
    return Gaps(reading.unread, reading.old, summaries, known)
