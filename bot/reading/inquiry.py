"""Putting one question to a model: with the passages that fit, and once more with twice as many if need be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import structlog

from bot.errors import AnswerCut, BotError, BudgetExhausted, ModelError
from bot.llm.budget import Meter
from bot.llm.model import ModelCall, TextDelta, Usage
from bot.llm.prompts import Prompt
from bot.reading.answer import Answer, Question
from bot.reading.evidence import Found, shown
from bot.reading.growing import GrowingReply
from bot.reading.outcomes import broke_off, failed, outcome_of, unread
from bot.reading.packing import EVIDENCE_BUDGET
from bot.reading.passages import Passage
from bot.reading.pointers import Checked, Claim, check, shown_sentences
from bot.reading.replies import Reply, Verdict, read_reply, salvage

log = structlog.get_logger(__name__)

# Tokens of passages, and of the whole prompt with them: history and a long question leave less room for passages.
# Each paper beyond the first adds half as much again.
Rounds = Sequence[tuple[int, int]]
ROUNDS: Rounds = ((EVIDENCE_BUDGET, 2_200), (2 * EVIDENCE_BUDGET, 4_200))


class Inquiry:
    """One question put to a model: at most two calls, and what came of them."""

    def __init__(
        self, question: Question, found: Found, meter: Meter, workspace: str, prompt: Prompt, rounds: Rounds = ROUNDS
    ) -> None:
        self._prompt = prompt
        self._rounds = rounds
        self._question = question
        self._found = found
        self._model = meter.of(workspace)
        self._counter = meter.counter
        self._passages: list[Passage] = []
        self._reply = Reply(None)
        self._fault: BotError | None = None  # of the last reply
        self._checked = Checked(())
        self._has_claimed = False  # in any of its replies, whether it held or not
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
        """Ask, and once more with more passages if need be; yields the claims so far that were checked and hold.

        Each claim is checked by itself, so what was yielded stands in the answer too.
        """
        scale = (1 + len(self._found.papers)) / 2
        for budget, limit in self._rounds:
            call = await self._prepare(round(scale * budget), round(scale * limit))
            async for words in self._listen(call):
                yield words
            self._checked = check(self._claims, shown_sentences(self._passages))
            self._has_claimed |= bool(self._reply.claims) or self._reply.verdict is Verdict.ANSWERED
            if not self._wants_more():
                return

    def answer(self) -> Answer:
        """What came of it."""
        if self.failure:
            outcome, note = failed(self.failure.public_sentence)
        else:
            outcome, note = outcome_of(
                self._reply,
                self._checked,
                self._fault,
                has_claimed=self._has_claimed,
                passages_fit=self._found.answerable,
                read_all=not self._is_partly_read,
                gap=unread(self._found, self._question.search),
            )
        return Answer(
            question=self._question.text,
            outcome=outcome,
            note=note,
            found=self._found,
            claims=() if self.failure else self._checked.claims,
            dropped=len(self._checked.dropped),
            passages_read=len(self._passages),
            calls=len(self._usages),
            usage=added(self._usages),
            model=self._model.name,
        )

    def remembered(self, reply: Reply) -> Answer | None:
        """The answer that a reply of an earlier day gives; None if nothing of it holds any more."""
        self._reply = reply
        self._checked = check(self._claims, shown_sentences(self._found.passages))
        if reply.verdict is Verdict.ANSWERED and not self._checked.claims:
            return None
        return replace(self.answer(), remembered=True)

    @property
    def lasting_reply(self) -> Reply:
        """What is worth remembering: the claims that hold, or the model's own word that there are none.

        An answer that was cut off is not: it would pass for a whole one.
        """
        if isinstance(self._fault, AnswerCut) or broke_off(self._fault):
            return Reply(None)
        claims = tuple(
            Claim(claim.text, tuple(one.number for one in claim.citations)) for claim in self._checked.claims
        )
        if claims:
            return Reply(Verdict.ANSWERED, claims)
        is_absent = self._reply.verdict is Verdict.NOT_IN_PAPER and not self._has_claimed
        return Reply(Verdict.NOT_IN_PAPER if is_absent else None)

    @property
    def _claims(self) -> tuple[Claim, ...]:
        """The claims to check; those next to a verdict that there is no answer are none."""
        return self._reply.claims if self._reply.verdict is Verdict.ANSWERED else ()

    def _wants_more(self) -> bool:
        """Whether a second look is worth its price: there is more to see, and model or retrieval expect something."""
        if not self._is_partly_read or self._checked.claims:
            return False
        match self._reply.verdict:
            case Verdict.NEED_MORE | Verdict.ANSWERED:  # answered, but nothing of it holds
                return True
            case Verdict.NOT_IN_PAPER:
                return self._found.answerable or bool(self._reply.claims)
            case None:
                return False

    @property
    def _is_partly_read(self) -> bool:
        return len(self._passages) < self._found.total

    async def _prepare(self, budget: int, limit: int) -> ModelCall:
        """The call with as many passages as fit the limit of the whole prompt."""
        while True:
            self._passages = self._found.evidence(budget)
            call = self._prompt.call(
                purpose="answer",
                papers=shown(self._found.papers, self._passages),
                history=self._question.history,
                question=self._question.text,
            )
            surplus = await asyncio.to_thread(self._counter.count_call, call) - limit
            if surplus <= 0 or not self._passages:
                return call
            budget -= max(surplus, 20)

    async def _listen(self, call: ModelCall) -> AsyncIterator[str]:
        growing, heard = GrowingReply(), ""
        sentences = shown_sentences(self._passages)
        self._fault = None
        is_whole = False
        try:
            async for piece in self._model.stream(call):
                if isinstance(piece, TextDelta):
                    heard += piece.text
                    if growing.grow(piece.text) and (claims := check(growing.claims, sentences).claims):
                        yield " ".join(claim.text for claim in claims)
                else:
                    is_whole = True
                    self._usages.append(piece.usage)
                    self._reply = read_reply(piece.data)
        except BotError as error:
            if is_whole:  # it could not be billed, which takes nothing from the answer
                log.warning("answer_not_billed", action="show_answer", error=type(error).__name__)
                return
            answer = error.answer if isinstance(error, ModelError) else None
            self._fault = error
            self._reply = salvage(answer.text if answer else heard)
            if answer is not None:
                self._usages.append(answer.usage)
            elif self._reply.verdict is None and not isinstance(error, ModelError):
                raise


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
