"""Several papers as numbered cards, with summaries, rises and buttons: the common part of every list shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.chat.discretion import meant_for
from bot.chat.paging import Page
from bot.chat.request import Request
from bot.documents.model import Card, Footnote, text
from bot.errors import StoreError
from bot.papers.model import Paper
from bot.ports import Clock, ConversationRepository, PaperRepository
from bot.reading.cards import Sighting, full_card, list_card
from bot.reading.model import Summaries
from bot.reading.ports import PATIENCE, Summarizes

log = structlog.get_logger(__name__)

RISE_WINDOW = timedelta(days=1)
FIRST_COUNTS = "Numbers such as #3 mean the first list of this thread, so this one has none."


@dataclass(frozen=True, slots=True)
class Shown:
    """Papers ready to be shown, in order, and what the reader should know about them all."""

    sightings: tuple[Sighting, ...]
    cards: tuple[Card, ...]
    note: str | None = None

    @property
    def footnotes(self) -> tuple[Footnote, ...]:
        """The note as small print."""
        return (Footnote(text(self.note)),) if self.note else ()


class Gallery:
    """Makes cards.

    Args:
        summarizer: writes the lines.
        papers: knows how upvotes rose.
        conversations: remembers what `#3` means.
        offers: names of the commands there are, which become the cards' buttons.
        language: of the summaries (BCP 47).
        patience: seconds that people wait for the model's summaries.
    """

    def __init__(
        self,
        summarizer: Summarizes,
        papers: PaperRepository,
        conversations: ConversationRepository,
        clock: Clock,
        *,
        offers: Iterable[str],
        language: str,
        patience: float = PATIENCE,
    ) -> None:
        self._summarizer = summarizer
        self._papers = papers
        self._conversations = conversations
        self._clock = clock
        self._offers = frozenset(offers)
        self._language = language
        self._patience = patience

    async def page(
        self, papers: Sequence[Paper], page: Page, request: Request, *, numbered: bool = True, written: bool = True
    ) -> Shown:
        """A page of a list as short cards.

        Args:
            papers: the whole list.
            page: which part of it.
            request: who asks, and where.
            numbered: whether the list is remembered there, so that `#3` means its third paper.  In a thread only the
                first one is; later ones bear no numbers.
            written: whether summaries that are missing are written by the model, which takes a while and tokens.
        """
        chosen = page.of(papers)
        kept, note = await self._keep_numbers(papers, request) if numbered else (False, "")
        summaries = await self._summarize(chosen, request) if written else await self._recall(chosen)
        first = page.first + 1 if kept else None
        sightings = await self._look_at(chosen, summaries, first)
        now = self._clock.now()
        cards = tuple(list_card(seen, offers=self._offers, now=now) for seen in sightings)
        return Shown(sightings, cards, " ".join(filter(None, (summaries.degraded, note))) or None)

    async def whole(self, paper: Paper, request: Request) -> Shown:
        """One paper in full."""
        summaries = await self._summarize([paper], request)
        sightings = await self._look_at([paper], summaries, None)
        now = self._clock.now()
        cards = tuple(full_card(seen, offers=self._offers, now=now) for seen in sightings)
        return Shown(sightings, cards, summaries.degraded)

    async def _keep_numbers(self, papers: Sequence[Paper], request: Request) -> tuple[bool, str]:
        """Remember the order; whether numbers mean this list, and what to tell the reader of them ("": nothing)."""
        ids = [paper.id for paper in papers]
        try:
            kept = await self._conversations.show_list(
                request.place, ids, self._clock.now(), user=request.user, alone=request.private
            )
        except StoreError as error:
            log.warning("numbers_not_kept", action="show_list", reason=type(error).__name__)
            return True, f"The numbers of this list cannot be used, only ids: {meant_for(request, error).sentence}"
        return kept, "" if kept else FIRST_COUNTS

    async def _summarize(self, papers: Sequence[Paper], request: Request) -> Summaries:
        workspace = request.place.workspace
        return await self._summarizer.summarize(
            papers, workspace=workspace, language=self._language, patience=self._patience
        )

    async def _recall(self, papers: Sequence[Paper]) -> Summaries:
        return await self._summarizer.recall(papers, language=self._language)

    async def _look_at(self, papers: Sequence[Paper], summaries: Summaries, first: int | None) -> tuple[Sighting, ...]:
        rises = await self._papers.rises([paper.id for paper in papers], self._clock.now() - RISE_WINDOW)
        return tuple(
            Sighting(
                paper=paper,
                summary=summaries.by_id.get(paper.id),
                rise=rises.get(paper.id),
                rank=None if first is None else first + offset,
            )
            for offset, paper in enumerate(papers)
        )
