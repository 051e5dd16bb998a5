"""Answers to questions about papers, each claim pointing to the sentences that bear it out.

Retrieval packs the likeliest passages into one call.  The model may ask for more once; then it gets twice as much.
What it says is checked against what it cites (`pointers.py`); what does not hold is dropped.  The answer is that the
paper does not say only where the model says so and retrieval, over the whole text, finds nothing that fits.  Everything
else that is no answer (`outcomes.py`) shows the best passages and says why.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import structlog

from bot.errors import BotError
from bot.llm.budget import Meter
from bot.llm.prompts import Prompt, load_prompt
from bot.reading.answer import Answer, Question
from bot.reading.evidence import find
from bot.reading.inquiry import ROUNDS, Inquiry, Rounds
from bot.reading.outcomes import unaided
from bot.reading.reader import ReadPaper
from bot.reading.remembered import RememberedReplies, reply_key
from bot.reading.underway import UnderWay

log = structlog.get_logger(__name__)


class Answerer:
    """Answers questions; without a meter (there is no model) by passages alone.

    A question that stands alone is put to the model once for all who ask it at the same time; with `replies`, once
    for good.
    """

    def __init__(
        self,
        meter: Meter | None,
        replies: RememberedReplies | None = None,
        *,
        prompt: Prompt | None = None,
        rounds: Rounds = ROUNDS,
    ) -> None:
        self._meter = meter
        self._prompt = prompt or load_prompt("answer")
        self._rounds = rounds
        self._replies = replies
        self._under_way: UnderWay[Answer] = UnderWay()

    async def answer(
        self, question: Question, papers: Sequence[ReadPaper], workspace: str
    ) -> AsyncIterator[str | Answer]:
        """The claims so far that were checked, growing; at the end the `Answer`, a lesser one if the model fails."""
        found = await find(question.search, papers, question.text)
        if self._meter is None:
            outcome, note = unaided(passages_fit=found.answerable, has_words=found.shows_words_of(question.text))
            yield Answer(question=question.text, outcome=outcome, found=found, note=note)
            return
        inquiry = Inquiry(question, found, self._meter, workspace, self._prompt, self._rounds)
        if question.history and not question.stands_alone:
            async for said in self._ask(inquiry):
                yield said
            return
        key = reply_key(question.text, papers, inquiry.model, self._prompt.hash)
        if shared := await self._under_way.join(key):
            yield replace(shared, question=question.text, calls=0, usage=None, remembered=shared.settles)
            return
        answers: list[Answer] = []  # one, at the end
        with self._under_way.lead(key) as work:
            async for said in self._recall_or_ask(inquiry, key):
                if isinstance(said, str):
                    yield said
                else:
                    answers.append(said)
            if inquiry.is_for_all:
                work.set_result(answers[-1])
        yield answers[-1]

    async def _recall_or_ask(self, inquiry: Inquiry, key: str) -> AsyncIterator[str | Answer]:
        """The answer as it was given before; else the model's, kept if it was given what was asked and nothing else."""
        known = await self._replies.recall(key) if self._replies else None
        if known and (answer := inquiry.remembered(known)):
            yield answer
            return
        async for said in self._ask(inquiry):
            if self._replies and isinstance(said, Answer) and inquiry.is_for_all and not inquiry.failure:
                await self._replies.keep(key, inquiry.lasting_reply)
            yield said

    async def _ask(self, inquiry: Inquiry) -> AsyncIterator[str | Answer]:
        """The model's answer; the passages where it fails."""
        try:
            async for words in inquiry.run():
                yield words
        except BotError as error:
            log.warning("answer_failed", action="show_passages", error=type(error).__name__)
            inquiry.failure = error
        yield inquiry.answer()
