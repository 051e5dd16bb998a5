"""Answers to a digest's starter questions, made before anybody asks: a press is answered at once and for nothing.

They are made when the digest has been sent, once for all channels that show a paper, and from at most half of what the
workspace may spend that day: the other half is for what people ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.digests.completing import card_of
from bot.digests.model import Digest, Part, Slot
from bot.errors import BotError
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.ports import Clock, Leases

log = structlog.get_logger(__name__)

FIRST = 10  # papers whose questions are answered ahead
SHARE = 0.5  # of a day's tokens
MOST_FAILURES = 2
AGAIN = timedelta(hours=1)  # a question is not tried again for another channel before that


class AnswersAhead(Protocol):
    """Answers a question when nobody waits; see `bot.chat.asking.Asking.answer_ahead`."""

    async def __call__(self, paper: Paper, question: str, workspace: str) -> bool:
        """Have the answer remembered, billed to the workspace; False if the model gives none."""


class KnowsBudget(Protocol):
    """Knows what a workspace has spent; see `bot.llm.budget.Meter`."""

    async def has_spent_less(self, workspace: str, share: float) -> bool:
        """Whether less than this share of the day's tokens is gone."""


class Preparer:
    """Has starter questions answered.

    Args:
        leases: by which several processes agree on who has a question answered.
    """

    def __init__(
        self, library: Library, answer: AnswersAhead, budget: KnowsBudget, leases: Leases, clock: Clock
    ) -> None:
        self._library = library
        self._answer = answer
        self._budget = budget
        self._leases = leases
        self._clock = clock
        self._tried: dict[tuple[str, str], datetime] = {}

    async def prepare(self, digest: Digest) -> None:
        """Answer the questions of a digest's first papers, until the budget ends or the model has failed twice."""
        workspace = digest.slot.target.workspace
        papers = {paper.id: paper for paper in await self._library.papers(digest.paper_ids[:FIRST])}
        failures = 0
        for paper, question in _questions(digest, papers):
            if not self._is_new(paper.id, question):
                continue
            if failures == MOST_FAILURES or not await self._budget.has_spent_less(workspace, SHARE):
                return
            if await self._is_ours(digest.slot, paper.id, question):
                failures += not await self._answered(paper, question, workspace)

    async def _answered(self, paper: Paper, question: str, workspace: str) -> bool:
        try:
            return await self._answer(paper, question, workspace)
        except BotError as error:  # of this paper there is no text; that says nothing about the next one
            log.info("starter_not_answered", action="prepare_answers", paper=paper.id, kind=type(error).__name__)
            return True

    def _is_new(self, paper_id: str, question: str) -> bool:
        now = self._clock.now()
        self._tried = {key: at for key, at in self._tried.items() if now - at < AGAIN}
        return (paper_id, question) not in self._tried

    async def _is_ours(self, slot: Slot, paper_id: str, question: str) -> bool:
        """Whether no other process has begun; a digest that is taken up after a crash goes on where it was."""
        self._tried[paper_id, question] = self._clock.now()
        asked = hashlib.sha256(question.encode()).hexdigest()[:16]
        return await self._leases.acquire(f"starter/{paper_id}/{asked}", slot.key, AGAIN) is not None


def _questions(digest: Digest, papers: Mapping[str, Paper]) -> Iterator[tuple[Paper, str]]:
    for part in digest.parts:
        if part.paper_id in papers:
            yield from ((papers[part.paper_id], question) for question in starters_of(part))


def starters_of(part: Part) -> Iterator[str]:
    """The questions on the buttons of a message about a paper, as pressing them asks."""
    ask = f"ask {part.paper_id} "
    for action in card_of(part).actions:
        if action.command.startswith(ask) and action.input is None:
            yield action.command.removeprefix(ask)
