"""The model's client against a server over a real socket, behaving well and badly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import (
    AnswerFiltered,
    BotError,
    ModelError,
    ModelNotFound,
    ModelUnavailable,
    RateLimited,
    Unauthorized,
)
from bot.llm.model import Completion, TextDelta
from bot.llm.openai import OpenAIModel
from bot.llm.timeouts import Timeouts
from bot.llm.tokens import TokenCounter
from bot.llm.wire import TRIES
from bot.testing.clock import FakeClock
from tests.integration.llm.connecting import HASTY, KEY, SCHEMA, call, connected
from tests.servers.openai import (
    HTML,
    Behaviour,
    breaks_off_after,
    ends_after,
    fails,
    hangs,
    html,
    openai_server,
    refuses,
    says,
    says_json,
    sends,
    stalls_after,
)

WELL = says("All is well.")


async def _heard(model: OpenAIModel, pieces: list[TextDelta | Completion]) -> None:
    async for piece in model.stream(call()):
        pieces.append(piece)


async def failure(*behaviours: Behaviour, timeouts: Timeouts | None = None, streamed: bool = False) -> BotError:
    """What a call to such a server raises."""
    async with connected(*behaviours, timeouts=timeouts) as (model, _):
        with pytest.raises(BotError) as caught:
            await (_heard(model, []) if streamed else model.complete(call()))
    return caught.value


async def test_what_is_sent_is_an_ordinary_chat_completion() -> None:
    async with connected(WELL) as (model, server):
        await model.complete(call())
    assert server.asked == [
        {"model": "m", "messages": [{"role": "user", "content": "Say it."}], "max_tokens": 50, "temperature": 0.0}
    ]
    assert server.keys == [f"Bearer {KEY}"]


async def test_usage_is_the_servers_and_estimated_only_without() -> None:
    async with connected(WELL, says("All is well.", usage=None), name="gpt-4o-mini") as (model, _):
        told = (await model.complete(call())).usage
        counted = (await model.complete(call())).usage
    assert (told.prompt_tokens, told.completion_tokens, told.estimated) == (11, 7, False)
    assert told.cost == pytest.approx((11 * 0.15 + 7 * 0.6) / 1e6)
    assert counted.estimated
    assert counted.prompt_tokens > 0 < counted.completion_tokens


async def test_a_reasoning_model_is_asked_in_its_own_way() -> None:
    async with connected(WELL, name="gpt-5-mini") as (model, server):
        await model.complete(call())
    (asked,) = server.asked
    assert asked["max_completion_tokens"] > 50
    assert asked["reasoning_effort"] == "low"
    assert not {"max_tokens", "temperature"} & asked.keys()


@pytest.mark.parametrize("parameter", ["temperature", "max_tokens"])
async def test_a_refused_parameter_is_left_out_from_then_on(parameter: str) -> None:
    async with connected(refuses(parameter, WELL)) as (model, server):
        assert (await model.complete(call())).text == "All is well."
        await model.complete(call())
    assert [parameter in asked for asked in server.asked] == [True, False, False]


async def test_a_refused_cap_is_sent_by_its_other_name() -> None:
    async with connected(refuses("max_tokens", WELL)) as (model, server):
        await model.complete(call())
    assert server.asked[-1]["max_completion_tokens"] == 50


@pytest.mark.parametrize("status", [400, 422, 500])
async def test_a_refused_schema_goes_into_the_prompt(status: int) -> None:
    server_of_its_own = refuses("response_format", says_json({"n": 3}), status=status)
    async with connected(server_of_its_own) as (model, server):
        answer = await model.complete(call(SCHEMA))
        await model.complete(call(SCHEMA))
    forms = [asked.get("response_format", {}).get("type") for asked in server.asked]
    assert answer.data == {"n": 3}
    assert forms == ["json_schema", "json_object", None, None]
    assert '"integer"' in server.asked[-1]["messages"][0]["content"]


async def test_calls_at_once_learn_a_refusal_once() -> None:
    async with connected(refuses("response_format", says_json({"n": 3}))) as (model, server):
        answers = await asyncio.gather(*(model.complete(call(SCHEMA)) for _ in range(4)))
    assert [answer.data for answer in answers] == [{"n": 3}] * 4
    assert server.asked[-1].get("response_format") is None


async def test_a_server_without_usage_in_streams_still_streams() -> None:
    async with connected(refuses("stream_options", WELL)) as (model, _):
        *_, answer = [piece async for piece in model.stream(call())]
    assert isinstance(answer, Completion)
    assert answer.usage.estimated


async def test_thoughts_are_dropped_whole_and_streamed() -> None:
    async with connected(says("<think>It should be well.</think>\nAll is well.")) as (model, _):
        whole = await model.complete(call())
        pieces = [piece async for piece in model.stream(call())]
    assert whole.text == "All is well."
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == "All is well."


async def test_trouble_that_passes_is_waited_out() -> None:
    clock = FakeClock()
    began = clock.now()
    busy = fails(429, "slow down", headers={"Retry-After": "7"})
    async with connected(busy, fails(503), WELL, clock=clock) as (model, server):
        answer = await model.complete(call())
    assert answer.text == "All is well."
    assert len(server.asked) == 3
    assert (clock.now() - began).total_seconds() >= 7


async def test_trouble_that_stays_ends_after_few_tries() -> None:
    async with connected(fails(500)) as (model, server):
        with pytest.raises(ModelUnavailable):
            await model.complete(call())
    assert len(server.asked) == TRIES


async def test_a_long_wait_is_left_to_the_caller() -> None:
    async with connected(fails(429, headers={"Retry-After": "3600"})) as (model, server):
        with pytest.raises(RateLimited) as caught:
            await model.complete(call())
    assert caught.value.retry_after == 3600
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("behaviour", "error", "says_what_to_set"),
    [
        pytest.param(fails(401, f"Incorrect API key {KEY}"), Unauthorized, "OPENAI_API_KEY", id="wrong key"),
        pytest.param(fails(403), Unauthorized, "PAPERWIRE_MODEL", id="forbidden model"),
        pytest.param(fails(404, "The model m does not exist"), ModelNotFound, "PAPERWIRE_MODEL", id="no model"),
        pytest.param(fails(400, "model 'm' not found"), ModelNotFound, "PAPERWIRE_MODEL", id="no model, by 400"),
        pytest.param(fails(429, code="insufficient_quota"), Unauthorized, "OPENAI_API_KEY", id="no credit"),
        pytest.param(fails(400, code="content_filter"), AnswerFiltered, "", id="question filtered"),
        pytest.param(fails(400, "maximum context length is 10"), ModelError, "too much text", id="too long"),
        pytest.param(fails(400, "max_tokens is too large"), ModelError, "", id="cap too large"),
        pytest.param(fails(418, "I am a teapot"), ModelError, "418", id="anything else"),
        pytest.param(html(), ModelUnavailable, "OPENAI_BASE_URL", id="a page"),
        pytest.param(html(502), ModelUnavailable, "", id="a gateway's page"),
        pytest.param(sends("{"), ModelUnavailable, "OPENAI_BASE_URL", id="half JSON"),
        pytest.param(sends("[]"), ModelUnavailable, "OPENAI_BASE_URL", id="other JSON"),
        pytest.param(sends('{"error": {"message": "x"}}'), ModelUnavailable, "", id="an error as success"),
    ],
)
async def test_each_failure_is_a_sentence_that_keeps_the_servers_words_out(
    behaviour: Behaviour, error: type[BotError], says_what_to_set: str
) -> None:
    raised = await failure(behaviour)
    assert type(raised) is error
    assert says_what_to_set in raised.sentence
    assert not any(text in raised.sentence for text in (KEY, HTML, "teapot", "Incorrect", "{"))


async def test_a_server_that_hangs_is_given_up() -> None:
    assert type(await failure(hangs(), timeouts=HASTY)) is ModelUnavailable


async def test_no_server_at_all_is_said() -> None:
    async with openai_server(WELL) as server:
        gone = server.url
    counter = TokenCounter("m", Path("nowhere"))
    model = OpenAIModel("m", api_key=None, base_url=gone, counter=counter, clock=FakeClock())
    with pytest.raises(ModelUnavailable, match="OPENAI_BASE_URL"):
        await model.complete(call())
    await model.aclose()


@pytest.mark.parametrize(
    "behaviour",
    [hangs(), stalls_after("All is"), breaks_off_after("All is"), ends_after("All is"), html()],
    ids=["hangs", "stalls", "breaks off", "ends early", "a page"],
)
async def test_a_stream_that_does_not_end_well_is_unavailable(behaviour: Behaviour) -> None:
    assert type(await failure(behaviour, timeouts=HASTY, streamed=True)) is ModelUnavailable


@pytest.mark.parametrize("body", ['data: {"choices": [\n\n', 'data: {"error": {"message": "x"}}\n\n'])
async def test_a_damaged_stream_is_unavailable(body: str) -> None:
    raised = await failure(sends(body, "text/event-stream"), streamed=True)
    assert type(raised) is ModelUnavailable


async def test_what_came_before_a_stall_was_passed_on() -> None:
    async with connected(stalls_after("All is"), timeouts=HASTY) as (model, _):
        heard: list[TextDelta | Completion] = []
        with pytest.raises(ModelUnavailable):
            await _heard(model, heard)
    assert heard == [TextDelta("All "), TextDelta("is")]
