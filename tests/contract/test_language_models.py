"""What every language model keeps: the real one over a socket, and the fake one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.errors import AnswerCut, AnswerEmpty, AnswerFiltered, AnswerMalformed, ModelError, ModelRefused
from bot.llm.model import Completion, Message, ModelCall, TextDelta
from bot.llm.openai import OpenAIModel
from bot.llm.tokens import TokenCounter
from bot.ports import LanguageModel
from bot.testing.clock import FakeClock
from bot.testing.model import Ending, FakeModel
from tests.servers.openai import openai_server, says

Scenario = tuple[str, str]  # what the model writes, and how it ends
MakeModel = Callable[[Scenario], AbstractAsyncContextManager[LanguageModel]]

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@asynccontextmanager
async def _fake(scenario: Scenario) -> AsyncIterator[LanguageModel]:
    yield FakeModel([Ending(*scenario)], name="m")


@asynccontextmanager
async def _real(scenario: Scenario) -> AsyncIterator[LanguageModel]:
    text, finish = scenario
    behaviour = says(text, refusal="no") if finish == "refusal" else says(text, finish=finish)
    async with openai_server(behaviour) as server:
        counter = TokenCounter("m", Path("nowhere"))
        model = OpenAIModel("m", api_key="key", base_url=server.url, counter=counter, clock=FakeClock())
        yield model
        await model.aclose()


@pytest.fixture(params=[_fake, _real], ids=["fake", "openai"])
def make_model(request: pytest.FixtureRequest) -> MakeModel:
    """How to make a model that answers once as the scenario says."""
    make: MakeModel = request.param
    return make


def _call(schema: dict[str, Any] | None = None) -> ModelCall:
    return ModelCall(purpose="test", messages=(Message("user", "Say it."),), max_tokens=50, schema=schema)


async def _streamed(model: LanguageModel, call: ModelCall) -> list[TextDelta | Completion]:
    return [piece async for piece in model.stream(call)]


async def test_an_answer_comes_whole_with_its_usage(make_model: MakeModel) -> None:
    async with make_model(("All is well.", "stop")) as model:
        answer = await model.complete(_call())
    assert (answer.text, answer.model) == ("All is well.", "m")
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.completion_tokens > 0


async def test_an_answer_comes_in_pieces_that_join_to_the_whole(make_model: MakeModel) -> None:
    async with make_model(("All is well.", "stop")) as model:
        *pieces, answer = await _streamed(model, _call())
    assert isinstance(answer, Completion)
    assert "".join(piece.text for piece in pieces) == answer.text == "All is well."
    assert len(pieces) > 1


async def test_an_answer_by_schema_comes_parsed(make_model: MakeModel) -> None:
    async with make_model(('{"n": 3}', "stop")) as model:
        answer = await model.complete(_call(SCHEMA))
    assert answer.data == {"n": 3}


async def test_a_streamed_answer_by_schema_comes_parsed(make_model: MakeModel) -> None:
    async with make_model(('{"n": 3}', "stop")) as model:
        *_, answer = await _streamed(model, _call(SCHEMA))
    assert isinstance(answer, Completion)
    assert answer.data == {"n": 3}


UNHAPPY = [
    pytest.param(("I will", "length"), AnswerCut, id="cut"),
    pytest.param(("I will", "content_filter"), AnswerFiltered, id="filtered"),
    pytest.param(("", "refusal"), ModelRefused, id="refused"),
    pytest.param(("", "stop"), AnswerEmpty, id="empty"),
    pytest.param(('{"n": "three"}', "stop"), AnswerMalformed, id="other form"),
    pytest.param(("three", "stop"), AnswerMalformed, id="no JSON"),
]


@pytest.mark.parametrize(("scenario", "error"), UNHAPPY)
async def test_each_unhappy_end_has_its_name(
    make_model: MakeModel, scenario: Scenario, error: type[ModelError]
) -> None:
    async with make_model(scenario) as model:
        with pytest.raises(error) as caught:
            await model.complete(_call(SCHEMA))
    assert caught.value.answer is not None
    assert caught.value.answer.text == scenario[0]


@pytest.mark.parametrize(("scenario", "error"), UNHAPPY)
async def test_each_unhappy_end_of_a_stream_has_its_name(
    make_model: MakeModel, scenario: Scenario, error: type[ModelError]
) -> None:
    async with make_model(scenario) as model:
        with pytest.raises(error):
            await _streamed(model, _call(SCHEMA))


async def test_a_stream_can_be_left(make_model: MakeModel) -> None:
    async with make_model(("One two three four.", "stop")) as model:
        stream = model.stream(_call())
        first = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
    assert first == TextDelta("One ")
