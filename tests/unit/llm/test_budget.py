"""Tokens are reserved before a call, and settled after it, however it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import AnswerCut, BudgetExhausted, ModelUnavailable
from bot.llm.budget import Meter
from bot.llm.catalog import facts_of
from bot.llm.model import Completion, Message, ModelCall, TextDelta, Usage
from bot.llm.prices import cost
from bot.llm.tokens import LONGEST_TOKEN, TokenCounter
from bot.ports import DayUsage
from bot.testing.clock import FakeClock
from bot.testing.model import Ending, FakeModel, Script
from bot.testing.store import FakeStore

CALL = ModelCall(purpose="test", messages=(Message("user", "Say it."),), max_tokens=50)


class Account:
    """A workspace with a budget, and what stands in its ledger."""

    def __init__(self, script: Script, *, budget: int = 0) -> None:
        self.fake = FakeModel(script, name="gpt-4o-mini")
        self.store = FakeStore()
        self.clock = FakeClock()
        counter = TokenCounter("gpt-4o-mini", Path("nowhere"))
        meter = Meter(model=self.fake, ledger=self.store.ledger, counter=counter, clock=self.clock, budget=budget)
        self.model = meter.of("slack:T1")

    async def rows(self) -> list[DayUsage]:
        """What was used today."""
        return list(await self.store.ledger.usage("slack:T1", self.clock.now().date()))

    async def is_free(self) -> bool:
        """Whether nothing is held back: a budget of what was used and one more token has room for one."""
        used = sum(row.prompt_tokens + row.completion_tokens for row in await self.rows())
        return await self.store.ledger.reserve("slack:T1", self.clock.now().date(), 1, used + 1) is not None


async def test_a_call_is_billed_what_it_used() -> None:
    account = Account(["All is well."])
    answer = await account.model.complete(CALL)
    (row,) = await account.rows()
    assert (row.model, row.purpose, row.calls) == ("gpt-4o-mini", "test", 1)
    assert (row.prompt_tokens, row.completion_tokens) == (answer.usage.prompt_tokens, answer.usage.completion_tokens)
    assert await account.is_free()


async def test_beyond_the_budget_the_model_is_not_asked() -> None:
    account = Account(["All is well."], budget=20)
    with pytest.raises(BudgetExhausted):
        await account.model.complete(CALL)
    assert account.fake.calls == []


async def test_thoughts_are_reserved_too() -> None:
    account = Account(["All is well."], budget=200)
    account.fake.thoughts = 2_000
    with pytest.raises(BudgetExhausted):
        await account.model.complete(CALL)
    assert account.fake.calls == []


async def test_a_call_too_large_for_what_is_left_is_told_in_figures() -> None:
    account = Account(["All is well."], budget=20)
    with pytest.raises(BudgetExhausted, match=r"more tokens \(about \d+\) than are left today \(20 of 20\)"):
        await account.model.complete(CALL)


async def test_tokens_that_others_hold_are_told_as_held() -> None:
    account = Account(["All is well."], budget=200)
    await account.store.ledger.reserve("slack:T1", account.clock.now().date(), 190, 200)
    with pytest.raises(BudgetExhausted, match="under way hold the rest"):
        await account.model.complete(CALL)


async def test_a_budget_that_is_used_up_is_told_as_such() -> None:
    account = Account(["All is well."], budget=100)
    day = account.clock.now().date()
    reservation = await account.store.ledger.reserve("slack:T1", day, 100, 100)
    assert reservation is not None
    await account.store.ledger.settle(reservation, "m", "test", Usage(90, 10))
    with pytest.raises(BudgetExhausted) as caught:
        await account.model.complete(CALL)
    assert "has used its tokens" in caught.value.sentence


async def test_a_failed_call_gives_everything_back() -> None:
    account = Account([ModelUnavailable()])
    with pytest.raises(ModelUnavailable):
        await account.model.complete(CALL)
    assert await account.is_free()
    assert sum(row.prompt_tokens for row in await account.rows()) == 0


async def test_an_answer_of_no_use_is_billed_all_the_same() -> None:
    account = Account([Ending("half an", "length")])
    with pytest.raises(AnswerCut):
        await account.model.complete(CALL)
    (row,) = await account.rows()
    assert row.completion_tokens > 0


async def test_a_stream_is_billed_at_its_end() -> None:
    account = Account(["All is well."])
    *_, answer = [piece async for piece in account.model.stream(CALL)]
    (row,) = await account.rows()
    assert isinstance(answer, Completion)
    assert row.prompt_tokens == answer.usage.prompt_tokens


async def test_a_stream_left_half_way_is_billed_by_estimate() -> None:
    account = Account(["All is well."])
    stream = account.model.stream(CALL)
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    (row,) = await account.rows()
    assert row.completion_tokens > 0
    assert await account.is_free()


async def test_a_stream_without_end_is_cut_and_billed_for_what_came() -> None:
    account = Account(["on and " * 10_000])
    pieces: list[str] = []

    async def listen() -> None:
        async for piece in account.model.stream(CALL):
            assert isinstance(piece, TextDelta)
            pieces.append(piece.text)

    with pytest.raises(AnswerCut) as cut:
        await listen()
    heard = "".join(pieces)
    (row,) = await account.rows()
    assert LONGEST_TOKEN * CALL.max_tokens < len(heard) < 2 * LONGEST_TOKEN * CALL.max_tokens
    assert cut.value.answer is not None
    assert cut.value.answer.text == heard
    assert row.completion_tokens == cut.value.answer.usage.completion_tokens > CALL.max_tokens
    assert await account.is_free()


async def test_at_most_the_budget_is_promised_to_calls_at_once() -> None:
    account = Account(lambda call: "All is well.", budget=140)
    results = await asyncio.gather(*(account.model.complete(CALL) for _ in range(9)), return_exceptions=True)
    assert 0 < len(account.fake.calls) <= 9
    assert all(isinstance(result, Completion | BudgetExhausted) for result in results)


@pytest.mark.parametrize(
    ("model", "expected"), [("gpt-4o-mini", 0.75), ("gpt-4o-mini-2024-07-18", 0.75), ("llama3", None)]
)
def test_prices_are_per_million_and_none_when_unknown(model: str, expected: float | None) -> None:
    assert cost(model, 1_000_000, 1_000_000) == expected


def test_cached_tokens_cost_less() -> None:
    fresh, cached = cost("gpt-5-mini", 1_000, 0), cost("gpt-5-mini", 1_000, 0, cached_tokens=1_000)
    assert fresh is not None
    assert cached == pytest.approx(fresh / 10)


def test_tokens_that_are_written_to_the_cache_cost_what_the_table_says() -> None:
    assert cost("gpt-6-luna", 1_000_000, 0, cache_write_tokens=1_000_000) == pytest.approx(0.125)
    assert cost("gpt-6-luna", 1_000_000, 0) == pytest.approx(0.10)


def test_a_price_that_is_unknown_makes_the_cost_unknown_only_where_it_counts() -> None:
    assert facts_of("gpt-5.4-nano").output is None
    assert cost("gpt-5.4-nano", 1_000, 1) is None
    assert cost("gpt-6.1-sol", 1_000, 1, cache_write_tokens=1) is None
    assert cost("gpt-6.1-sol", 1_000, 1) is not None
