"""The same question from many at once is put to the model once."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import ModelUnavailable
from bot.llm.budget import Meter
from bot.llm.model import Message
from bot.llm.tokens import TokenCounter
from bot.papers.fulltext.model import FullText
from bot.papers.model import Paper
from bot.reading.answer import Answer, Outcome, Question
from bot.reading.answering import Answerer
from bot.reading.reader import Reader, ReadPaper
from bot.reading.underway import UnderWay
from bot.testing.clock import FakeClock
from bot.testing.model import FakeModel, Script
from bot.testing.store import FakeStore
from tests.kites import KITES, KITES_TEXT

HOW_LONG = "How many hours of training on how many motors?"
ANSWERED = {"verdict": "answered", "claims": [{"text": "It took a while.", "sentences": [1]}]}


class Texts:
    """Has one text."""

    async def read(self, paper: Paper) -> FullText:
        return KITES_TEXT


@pytest.fixture
async def kites() -> ReadPaper:
    return await Reader(Texts()).read(KITES)


def answerer(script: Script, budget: int = 0) -> tuple[Answerer, FakeModel]:
    model = FakeModel(script)
    counter = TokenCounter("fake")
    return Answerer(
        Meter(model=model, ledger=FakeStore().ledger, counter=counter, clock=FakeClock(), budget=budget)
    ), model


async def ask(answerer: Answerer, read: ReadPaper, question: Question, workspace: str = "test:1") -> Answer:
    said = [part async for part in answerer.answer(question, [read], workspace)]
    answer = said[-1]
    assert isinstance(answer, Answer)
    return answer


async def test_fifty_who_ask_the_same_cost_one_call(kites: ReadPaper) -> None:
    answering, model = answerer(lambda call: ANSWERED)
    answers = await asyncio.gather(*(ask(answering, kites, Question(HOW_LONG)) for _ in range(50)))
    assert len(model.calls) == 1
    assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    assert sum(answer.usage is not None for answer in answers) == 1


async def test_another_question_is_another_call(kites: ReadPaper) -> None:
    answering, model = answerer(lambda call: ANSWERED)
    await asyncio.gather(ask(answering, kites, Question(HOW_LONG)), ask(answering, kites, Question("How high is it?")))
    assert len(model.calls) == 2


async def test_a_follow_up_is_nobody_elses(kites: ReadPaper) -> None:
    answering, model = answerer(lambda call: ANSWERED)
    histories = [(Message("user", said),) for said in ("Is it fast?", "Is it high?")]
    await asyncio.gather(*(ask(answering, kites, Question("Why?", history)) for history in histories))
    assert len(model.calls) == 2


async def test_a_failing_model_is_not_asked_fifty_times(kites: ReadPaper) -> None:
    answering, model = answerer(lambda call: ModelUnavailable("The model does not answer."))
    answers = await asyncio.gather(*(ask(answering, kites, Question(HOW_LONG)) for _ in range(50)))
    assert len(model.calls) == 1
    assert all("The model does not answer." in answer.note and not answer.remembered for answer in answers)


async def test_anothers_empty_budget_is_no_reason_to_do_without(kites: ReadPaper) -> None:
    answering, model = answerer(lambda call: ANSWERED, budget=1_500)
    await ask(answering, kites, Question("How high does a kite fly?"), "test:1")  # which spends most of it
    asked = (ask(answering, kites, Question(HOW_LONG), place) for place in ("test:1", "test:2"))
    poor, rich = await asyncio.gather(*asked)
    assert [poor.outcome, rich.outcome] == [Outcome.PASSAGES, Outcome.ANSWERED]
    assert len(model.calls) == 2


async def test_who_leaves_does_not_leave_the_others_without_an_answer() -> None:
    works: UnderWay[int] = UnderWay()

    async def leave() -> None:
        with works.lead("key"):
            await asyncio.Event().wait()

    leaving = asyncio.create_task(leave())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(works.join("key"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await waiting is None


async def test_nothing_under_way_gives_nothing() -> None:
    assert await UnderWay[int]().join("key") is None
