"""What a workspace may spend, and what it spent: reserved before a call, settled after it.

`Meter` holds what is common, `Meter.of(workspace)` is a language model that bills that workspace.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace

from bot.errors import AnswerCut, BudgetExhausted, ModelError
from bot.llm.model import Completion, ModelCall, TextDelta, Usage
from bot.llm.prices import cost
from bot.llm.tokens import LONGEST_TOKEN, TokenCounter
from bot.ports import Clock, LanguageModel, UsageLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A language model whose calls are billed.  `budget` is in tokens for a workspace and UTC day; 0: no limit."""

    model: LanguageModel
    ledger: UsageLedger
    counter: TokenCounter
    clock: Clock
    budget: int = 0

    def of(self, workspace: str) -> MeteredModel:
        """The model on the account of one workspace."""
        return MeteredModel(self, workspace)

    async def has_spent_less(self, workspace: str, share: float) -> bool:
        """Whether a workspace has spent less than this share of what it may today; without a limit it always has."""
        return not self.budget or await self.spent(workspace) < share * self.budget

    async def spent(self, workspace: str) -> int:
        """The tokens that a workspace has spent today."""
        rows = await self.ledger.usage(workspace, self.clock.now().date())
        return sum(row.prompt_tokens + row.completion_tokens for row in rows)


class MeteredModel:
    """Implements `bot.ports.LanguageModel`; beyond its errors, raises `BudgetExhausted` before a call."""

    def __init__(self, meter: Meter, workspace: str) -> None:
        self._meter = meter
        self._workspace = workspace

    @property
    def name(self) -> str:
        """The name of the model behind."""
        return self._meter.model.name

    def most_written(self, call: ModelCall) -> int:
        """As many as the model behind may write."""
        return self._meter.model.most_written(call)

    def most_when_repeated(self, call: ModelCall) -> int:
        """As many as the model behind may write."""
        return self._meter.model.most_when_repeated(call)

    async def complete(self, call: ModelCall) -> Completion:
        """Answer whole, reserved and settled."""
        reservation, call = await self._reserve(call)
        usage: Usage | None = None
        try:
            answer = await self._meter.model.complete(call)
            usage = answer.usage
        except ModelError as error:
            usage = error.answer.usage if error.answer else None
            raise
        finally:
            await self._settle(reservation, call, usage)
        return answer

    async def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """Answer piece by piece, reserved and settled.  Of a stream left half-way, what had come is estimated.

        A server that ignores the length limit is not listened to beyond it: the answer is cut there.
        """
        reservation, call = await self._reserve(call)
        pieces = self._meter.model.stream(call)
        heard = ""
        usage: Usage | None = None
        try:
            async for piece in pieces:
                if isinstance(piece, Completion):
                    usage = piece.usage
                else:
                    heard += piece.text
                yield piece
                if usage is None and len(heard) > LONGEST_TOKEN * call.max_tokens:
                    raise await self._cut(call, heard)
        except ModelError as error:
            usage = error.answer.usage if error.answer else None
            raise
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
            if usage is None and heard:
                usage = await asyncio.shield(self._estimate(call, heard))
            await self._settle(reservation, call, usage)

    async def _reserve(self, call: ModelCall) -> tuple[int, ModelCall]:
        """Tokens for the call, and for its repetition if the budget has them; else the call that is not repeated."""
        prompt = await asyncio.to_thread(self._meter.counter.count_call, call)
        once = prompt + self.most_written(call)
        if call.may_repeat and (again := self.most_when_repeated(call)):
            both = await self._hold(once + prompt + again)
            if both is not None:
                return both, call
        single = await self._hold(once)
        if single is None:
            raise await self._exhausted(once)
        return single, replace(call, may_repeat=False)

    async def _hold(self, tokens: int) -> int | None:
        meter = self._meter
        return await meter.ledger.reserve(self._workspace, meter.clock.now().date(), tokens, meter.budget)

    async def _exhausted(self, needed: int) -> BudgetExhausted:
        """Why so many tokens are not to be had: none are left, too few, or others hold them."""
        budget = self._meter.budget
        left = budget - await self._meter.spent(self._workspace)
        if left <= 0:
            return BudgetExhausted()
        if needed > left:
            return BudgetExhausted(
                f"That needs more tokens (about {needed:,}) than are left today ({left:,} of {budget:,}); "
                "the budget is renewed at midnight UTC."
            )
        return BudgetExhausted("Answers under way hold the rest of today's tokens; please try again in a moment.")

    async def _settle(self, reservation: int, call: ModelCall, usage: Usage | None) -> None:
        """Shielded: a caller that gives up must not leave its reservation behind."""
        await asyncio.shield(self._meter.ledger.settle(reservation, self.name, call.purpose, usage))

    async def _cut(self, call: ModelCall, heard: str) -> AnswerCut:
        usage = await self._estimate(call, heard)
        answer = Completion(text=heard, model=self.name, usage=usage)
        return AnswerCut("The language model wrote beyond its length limit.", answer=answer)

    async def _estimate(self, call: ModelCall, heard: str) -> Usage:
        counter = self._meter.counter
        prompt = await asyncio.to_thread(counter.count_call, call)
        written = await asyncio.to_thread(counter.count, heard)
        return Usage(prompt, written, cost(self.name, prompt, written), estimated=True)
