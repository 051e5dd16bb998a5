"""Answers to questions about papers, each claim pointing to the sentences that bear it out.

Retrieval packs the likeliest passages into one call.  The model may ask for more once; then it gets twice as much.
What it says is checked against what it cites (`pointers.py`); what does not hold is dropped.  Where nothing is left, or
model and retrieval agree that there is nothing to find, the answer is that the paper does not say.  Without a model, or
with one that gives nothing to use or asks for yet more, the best passages are the answer, labelled as such; without one
it is retrieval that says whether the paper seems to answer at all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import structlog

from bot.errors import BotError, BudgetExhausted, ModelError
from bot.llm.budget import Meter
from bot.llm.model import Message, ModelCall, TextDelta, Usage
from bot.llm.prompts import load_prompt
from bot.reading.evidence import Found, find, shown
from bot.reading.lexical import terms
from bot.reading.packing import EVIDENCE_BUDGET
from bot.reading.passages import Passage
from bot.reading.pointers import Checked, CheckedClaim, Claim, check, shown_sentences
from bot.reading.reader import ReadPaper
from bot.reading.remembered import RememberedReplies, reply_key
from bot.reading.replies import Reply, Verdict, read_reply, salvage, words_so_far
from bot.reading.underway import UnderWay

log = structlog.get_logger(__name__)

# Tokens of passages, and of the whole prompt with them: history and a long question leave less room for passages.
# Each paper beyond the first adds half as much again.
ROUNDS = ((EVIDENCE_BUDGET, 2_200), (2 * EVIDENCE_BUDGET, 4_200))
PROMPT = "answer"
NO_MODEL = "No language model is set up, so here are the passages that fit the question best."
NOT_FOUND = "No answer was found in the passages that were read, which are not all there are. These come nearest."
SHORT_QUESTION = 3  # terms; a follow-up as short as that ("and on GPUs?") is looked up with the question before it
_LEANS_BACK = re.compile(
    r"\s*(?:and|but|so|then|also|what about|how about|why|how so)\b|\b(?:it|its|that|those|these|them|this|there)\b",
    re.IGNORECASE,
)


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    NOT_IN_PAPER = "not_in_paper"
    PASSAGES = "passages"  # no answer, but the passages where one should stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with all that is needed to trust it or not."""

    question: str
    outcome: Outcome
    found: Found
    claims: tuple[CheckedClaim, ...] = ()
    passages_read: int = 0
    calls: int = 0
    usage: Usage | None = None  # of all calls together
    model: str = ""
    dropped: int = 0  # claims that did not hold
    note: str = ""  # why this is a lesser answer, as a plain sentence
    remembered: bool = False  # the model said so before; this time it was not asked


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what was said before, oldest first."""

    text: str
    history: tuple[Message, ...] = ()

    @property
    def search(self) -> str:
        """What to look for: a short follow-up means little without the question before it, yet weighs more."""
        before = next((turn.content for turn in reversed(self.history) if turn.role == "user"), None)
        return f"{before} {self.text} {self.text}" if before and not self.stands_alone else self.text

    @property
    def stands_alone(self) -> bool:
        """Whether it can be understood without what was said before."""
        length = len(terms(self.text))
        return length > SHORT_QUESTION or (length > 1 and not _LEANS_BACK.search(self.text))


class Answerer:
    """Answers questions; without a meter (there is no model) by passages alone.

    A question that stands alone is put to the model once for all who ask it at the same time; with `replies`, once
    for good.
    """

    def __init__(self, meter: Meter | None, replies: RememberedReplies | None = None) -> None:
        self._meter = meter
        self._replies = replies
        self._under_way: UnderWay[Answer] = UnderWay()

    async def answer(
        self, question: Question, papers: Sequence[ReadPaper], workspace: str
    ) -> AsyncIterator[str | Answer]:
        """The answer's words so far, growing; at the end the `Answer`.  A model's failing makes it a lesser one."""
        found = await find(question.search, papers, question.text)
        if self._meter is None:
            outcome = Outcome.PASSAGES if found.answerable else Outcome.NOT_IN_PAPER
            yield Answer(question=question.text, outcome=outcome, found=found, note=NO_MODEL)
            return
        inquiry = _Inquiry(question, found, self._meter, workspace)
        if question.history and not question.stands_alone:
            async for said in self._ask(inquiry):
                yield said
            return
        key = reply_key(question.text, papers, inquiry.model, load_prompt(PROMPT).hash)
        if shared := await self._under_way.join(key):
            yield replace(
                shared, question=question.text, calls=0, usage=None, remembered=shared.outcome is not Outcome.PASSAGES
            )
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

    async def _recall_or_ask(self, inquiry: _Inquiry, key: str) -> AsyncIterator[str | Answer]:
        """The answer as it was given before; else the model's, kept if it was given what was asked and nothing else."""
        known = await self._replies.recall(key) if self._replies else None
        if known and (answer := inquiry.remembered(known)):
            yield answer
            return
        async for said in self._ask(inquiry):
            if self._replies and isinstance(said, Answer) and inquiry.is_for_all and not inquiry.failure:
                await self._replies.keep(key, inquiry.lasting_reply)
            yield said

    async def _ask(self, inquiry: _Inquiry) -> AsyncIterator[str | Answer]:
        """The model's answer; the passages where it fails."""
        try:
            async for words in inquiry.run():
                yield words
        except BotError as error:
            log.warning("answer_failed", action="show_passages", error=type(error).__name__)
            inquiry.failure = error
        yield inquiry.answer()


class _Inquiry:
    """One question put to a model: at most two calls, and what came of them."""

    def __init__(self, question: Question, found: Found, meter: Meter, workspace: str) -> None:
        self._question = question
        self._found = found
        self._model = meter.of(workspace)
        self._counter = meter.counter
        self._passages: list[Passage] = []
        self._reply = Reply(None)
        self._fault = "The language model gave no answer that can be used."
        self._checked = Checked(())
        self._usages: list[Usage] = []
        self.failure: BotError | None = None  # that ended it

    @property
    def is_for_all(self) -> bool:
        """Whether others who ask the same may have the same answer: nothing said before, and no budget, is in it."""
        return not self._question.history and not isinstance(self.failure, BudgetExhausted)

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model.name

    async def run(self) -> AsyncIterator[str]:
        """Ask, and once more with more passages if need be; yields the words so far."""
        scale = (1 + len(self._found.papers)) / 2
        for budget, limit in ROUNDS:
            call = await self._prepare(round(scale * budget), round(scale * limit))
            async for words in self._listen(call):
                yield words
            self._checked = check(self._reply.claims, shown_sentences(self._passages))
            if not self._wants_more():
                return

    def answer(self) -> Answer:
        """What came of it."""
        if self.failure or self._reply.verdict is None:
            return self._lesser(self.failure.sentence if self.failure else self._fault)
        if self._reply.verdict is Verdict.NEED_MORE and self._is_partly_read:
            return self._answer(Outcome.PASSAGES, note=NOT_FOUND)
        outcome = Outcome.ANSWERED if self._checked.claims else Outcome.NOT_IN_PAPER
        return self._answer(outcome, claims=self._checked.claims, dropped=len(self._checked.dropped))

    def remembered(self, reply: Reply) -> Answer | None:
        """The answer that a reply of an earlier day gives; None if nothing of it holds any more."""
        self._reply = reply
        self._checked = check(reply.claims, shown_sentences(self._found.passages))
        if reply.verdict is Verdict.ANSWERED and not self._checked.claims:
            return None
        return replace(self.answer(), remembered=True)

    @property
    def lasting_reply(self) -> Reply:
        """What is worth remembering: the claims that hold, or the model's own word that there are none."""
        claims = tuple(
            Claim(claim.text, tuple(one.number for one in claim.citations)) for claim in self._checked.claims
        )
        if claims:
            return Reply(Verdict.ANSWERED, claims)
        return Reply(Verdict.NOT_IN_PAPER if self._reply.verdict is Verdict.NOT_IN_PAPER else None)

    def _lesser(self, reason: str) -> Answer:
        """The best passages instead of an answer."""
        return self._answer(Outcome.PASSAGES, note=f"{reason} Here are the passages that fit the question best.")

    def _answer(self, outcome: Outcome, **more: Any) -> Answer:
        return Answer(
            question=self._question.text,
            outcome=outcome,
            found=self._found,
            passages_read=len(self._passages),
            calls=len(self._usages),
            usage=added(self._usages),
            model=self._model.name,
            **more,
        )

    def _wants_more(self) -> bool:
        """Whether a second look is worth its price: there is more to see, and model or retrieval expect something."""
        if not self._is_partly_read or self._checked.claims:
            return False
        match self._reply.verdict:
            case Verdict.NEED_MORE | Verdict.ANSWERED:  # answered, but nothing of it holds
                return True
            case Verdict.NOT_IN_PAPER:
                return self._found.answerable
            case None:
                return False

    @property
    def _is_partly_read(self) -> bool:
        return len(self._passages) < self._found.total

    async def _prepare(self, budget: int, limit: int) -> ModelCall:
        """The call with as many passages as fit the limit of the whole prompt."""
        while True:
            self._passages = self._found.evidence(budget)
            call = load_prompt(PROMPT).call(
                purpose="answer",
                papers=shown(self._found.papers, self._passages),
                more=len(self._passages) < self._found.total,
                history=self._question.history,
                question=self._question.text,
            )
            surplus = await asyncio.to_thread(self._counter.count_call, call) - limit
            if surplus <= 0 or not self._passages:
                return call
            budget -= max(surplus, 20)

    async def _listen(self, call: ModelCall) -> AsyncIterator[str]:
        heard = said = ""
        try:
            async for piece in self._model.stream(call):
                if isinstance(piece, TextDelta):
                    heard += piece.text
                    before, said = said, words_so_far(heard)
                    if said != before:
                        yield said
                else:
                    self._usages.append(piece.usage)
                    self._reply = read_reply(piece.data)
        except ModelError as error:
            self._fault = error.sentence
            self._reply = Reply(None)
            if error.answer is not None:
                self._usages.append(error.answer.usage)
                self._reply = salvage(error.answer.text)


def added(usages: Sequence[Usage]) -> Usage | None:
    """Several calls' usage in one; its cost is unknown if any is."""
    if not usages:
        return None
    costs = [usage.cost for usage in usages]
    return Usage(
        prompt_tokens=sum(usage.prompt_tokens for usage in usages),
        completion_tokens=sum(usage.completion_tokens for usage in usages),
        cost=None if None in costs else sum(cost for cost in costs if cost is not None),
        estimated=any(usage.estimated for usage in usages),
    )
