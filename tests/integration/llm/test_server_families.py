"""Any reasoning model on any compatible server: the answer is found, and what a server refuses is learnt once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from bot.errors import AnswerCut, AnswerEmpty, AnswerMalformed, ModelUnavailable, RateLimited, Unauthorized
from bot.llm.budget import Meter
from bot.llm.model import Completion, Message, ModelCall, TextDelta
from bot.llm.openai import OpenAIModel
from bot.llm.timeouts import Timeouts
from bot.llm.tokens import TokenCounter
from bot.testing.clock import FakeClock
from bot.testing.store import FakeStore
from tests.integration.llm.connecting import HASTY, SCHEMA, call, connected
from tests.servers.openai import Behaviour, fails, refuses, says, says_json, streams, writes
from tests.servers.openai_families import (
    THOUGHT,
    cap_of,
    error_inside,
    has_context,
    parts,
    refuses_rule,
    takes_only,
    thinks,
)

DRAFT = json.dumps({"n": 1})
ANSWER = json.dumps({"n": 3})
GOOD = says(ANSWER)
LIMITED = {
    "type": "object",
    "properties": {"title": {"type": "array", "items": {"type": "integer"}, "maxItems": 3, "minItems": 1}},
    "required": ["title"],
    "additionalProperties": False,
}
LISTED = {"title": [3]}


async def said(model: OpenAIModel, asked: ModelCall, *, streamed: bool) -> Completion:
    """The answer, whole or streamed."""
    if not streamed:
        return await model.complete(asked)
    last = [piece async for piece in model.stream(asked)][-1]
    assert isinstance(last, Completion)
    return last


both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


@both_ways
@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(
            parts(
                {"type": "thinking", "thinking": [{"type": "text", "text": DRAFT}]}, {"type": "text", "text": ANSWER}
            ),
            id="parts",
        ),
        pytest.param(parts({"type": "reasoning", "text": DRAFT}, {"type": "output_text", "text": ANSWER}), id="kinds"),
        pytest.param(parts({"type": "reference", "ids": [1]}, {"type": "text", "text": ANSWER}), id="other parts"),
        pytest.param(says(f"<think>{DRAFT}</think>{ANSWER}"), id="marks"),
        pytest.param(says(f"Let us see. {DRAFT} No.\n</think>\n\n{ANSWER}"), id="no opening mark"),
        pytest.param(says(f"[THINK]Draft {DRAFT}[/THINK]{ANSWER}"), id="magistral"),
        pytest.param(says(f"◁think▷ {DRAFT}◁/think▷{ANSWER}"), id="kimi"),
        pytest.param(
            says(
                f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final "
                f"<|constrain|>json<|message|>{ANSWER}<|return|>"
            ),
            id="harmony",
        ),
        pytest.param(says(f"<|channel|>final<|message|>{ANSWER}"), id="harmony without thoughts"),
        pytest.param(streams({"reasoning": DRAFT, "content": ""}, {"content": ANSWER}), id="reasoning"),
        pytest.param(streams({"reasoning_content": DRAFT}, {"content": ANSWER}), id="reasoning_content"),
        pytest.param(writes({"content": ANSWER, "reasoning": DRAFT}), id="a whole answer to any request"),
        pytest.param(streams({"role": "assistant"}, {"content": ANSWER}, finish=None), id="no finish reason"),
        pytest.param(streams({"content": ANSWER}, ends=False), id="no [DONE]"),
        pytest.param(streams({"reasoning_content": ANSWER}), id="the answer in the thoughts' field"),
    ],
)
async def test_the_answer_is_told_from_the_thoughts(behaviour: Behaviour, streamed: bool) -> None:
    async with connected(behaviour) as (model, server):
        answer = await said(model, call(SCHEMA), streamed=streamed)
    assert answer.data == {"n": 3}
    assert len(server.asked) == 1


@both_ways
@pytest.mark.parametrize("content", [7, {"type": "text"}, [{"type": "text", "text": 7}], [7]])
async def test_content_of_an_unknown_form_is_an_unusable_answer(content: Any, streamed: bool) -> None:
    async with connected(streams({"content": content}) if streamed else writes({"content": content})) as (model, _):
        with pytest.raises(AnswerMalformed) as caught:
            await said(model, call(SCHEMA), streamed=streamed)
    assert caught.value.answer is not None


async def test_a_draft_before_a_late_closing_mark_is_not_passed_on() -> None:
    async with connected(says(f"Let us see. {DRAFT}\n</think>\n{ANSWER}")) as (model, _):
        pieces = [piece async for piece in model.stream(call(SCHEMA))]
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == ANSWER


@both_ways
@pytest.mark.parametrize("name", ["m", "qwen3:8b", "hf.co/unsloth/DeepSeek-R1-Distill-Qwen-8B", "gpt-oss:20b", "gpt-6"])
@pytest.mark.parametrize(
    "thought", [{"into": "reasoning"}, {"into": "reasoning_content"}, {"mark": "<think>"}, {"mark": "Well. "}], ids=str
)
async def test_thoughts_that_count_against_the_cap_get_room(name: str, thought: dict[str, str], streamed: bool) -> None:
    async with connected(thinks(900, GOOD, **thought), name=name) as (model, server):
        answers = [await said(model, call(SCHEMA), streamed=streamed) for _ in range(2)]
    assert [answer.data for answer in answers] == [{"n": 3}] * 2
    assert [cap_of(asked) > 900 for asked in server.asked[-2:]] == [True, True]
    assert len(server.asked) <= 3


@both_ways
async def test_both_requests_are_billed(streamed: bool) -> None:
    async with connected(thinks(900, GOOD)) as (model, server):
        asked = call(SCHEMA)
        most = asked.max_tokens, model.most_when_repeated(asked)
        answer = await said(model, asked, streamed=streamed)
    assert [cap_of(one) for one in server.asked] == list(most)
    assert answer.usage.prompt_tokens >= 22
    assert answer.usage.completion_tokens > 7


async def test_calls_at_once_each_get_room() -> None:
    async with connected(thinks(900, GOOD)) as (model, server):
        answers = await asyncio.gather(*(model.complete(call(SCHEMA)) for _ in range(3)))
    assert [answer.data for answer in answers] == [{"n": 3}] * 3
    assert len(server.asked) == 6


async def test_a_model_that_thinks_without_end_is_asked_twice_and_no_more() -> None:
    async with connected(thinks(100_000, GOOD)) as (model, server):
        with pytest.raises(AnswerCut) as caught:
            await model.complete(call(SCHEMA))
    assert len(server.asked) == 2
    assert caught.value.answer is not None
    assert caught.value.answer.usage.completion_tokens == sum(map(cap_of, server.asked))


@pytest.mark.parametrize("field", ["reasoning", "content"])
async def test_a_server_that_ignores_the_cap_is_not_listened_to_for_ever(field: str) -> None:
    endless = streams(*[{field: "<think>" + THOUGHT * 100}] * 100, {"wait": 60})
    async with connected(endless) as (model, server):
        with pytest.raises(AnswerCut) as caught:
            await said(model, call(SCHEMA), streamed=True)
    assert len(server.asked) == 2
    assert caught.value.answer is not None
    assert caught.value.answer.text == ""
    assert caught.value.answer.usage.completion_tokens > 0


async def test_an_ordinary_answer_that_is_cut_is_not_repeated() -> None:
    async with connected(says('{"n": 3, "m', finish="length")) as (model, server):
        with pytest.raises(AnswerCut):
            await model.complete(call(SCHEMA))
    assert len(server.asked) == 1


async def test_where_the_repetition_fails_the_first_answer_is_billed() -> None:
    async with connected(thinks(900, fails(403))) as (model, _):
        with pytest.raises(AnswerCut) as caught:
            await model.complete(call(SCHEMA))
    assert caught.value.answer is not None
    assert caught.value.answer.usage.completion_tokens == 50


@pytest.mark.parametrize(("budget", "requests"), [(0, 2), (20_000, 2), (400, 1)])
async def test_the_budget_holds_tokens_for_the_repetition_or_there_is_none(budget: int, requests: int) -> None:
    store, clock = FakeStore(), FakeClock()
    async with connected(thinks(900, GOOD)) as (model, server):
        counter = TokenCounter("m")
        meter = Meter(model=model, ledger=store.ledger, counter=counter, clock=clock, budget=budget)
        try:
            await meter.of("slack:T1").complete(call(SCHEMA))
        except AnswerCut:
            assert requests == 1
    assert len(server.asked) == requests
    (row,) = await store.ledger.usage("slack:T1", clock.now().date())
    assert row.prompt_tokens == 11 * requests
    assert row.completion_tokens == 50 + 7 * (requests - 1)


async def test_room_for_thoughts_shrinks_to_the_servers_context() -> None:
    async with connected(has_context(2_000, 20, thinks(900, GOOD))) as (model, server):
        answer = await model.complete(call(SCHEMA))
        await model.complete(call(SCHEMA))
    assert answer.data == {"n": 3}
    assert len(server.asked) == 4  # cut, refused, answered; and answered at once


TURNS = (Message("system", "Be brief."), Message("user", "One."), Message("user", "Two."), Message("assistant", "3."))


@both_ways
@pytest.mark.parametrize(
    ("complaint", "status"),
    [
        ("System role not supported", 400),
        ("Conversation roles must alternate user/assistant/user/assistant/...", 400),
        ("After the optional system message, conversation roles must alternate user/assistant", 500),
        ("Only user and assistant roles are supported!", 422),
    ],
)
async def test_what_the_system_says_goes_into_the_users_turn(complaint: str, status: int, streamed: bool) -> None:
    strict = takes_only("ua", GOOD, complaint=complaint, status=status)
    asked = ModelCall(purpose="test", messages=TURNS, max_tokens=50, schema=SCHEMA)
    async with connected(strict) as (model, server):
        answers = [(await said(model, asked, streamed=streamed)).data for _ in range(2)]
    assert answers == [{"n": 3}] * 2
    assert len(server.asked) == 3
    assert server.asked[-1]["messages"][0] == {"role": "user", "content": "Be brief.\n\nOne.\n\nTwo."}


@pytest.mark.parametrize("rule", ["maxItems", "minItems", "additionalProperties"])
async def test_a_rule_that_schemas_of_the_server_lack_is_left_out(rule: str) -> None:
    async with connected(refuses_rule(rule, says_json(LISTED))) as (model, server):
        answers = [(await model.complete(call(LIMITED))).data for _ in range(2)]
    assert answers == [LISTED] * 2
    assert len(server.asked) == 3
    sent = server.asked[-1]["response_format"]["json_schema"]["schema"]
    assert sent["required"] == ["title"]
    kept = {"maxItems", "minItems", "additionalProperties"} - {rule}
    assert {name for name in kept if name in sent or name in sent["properties"]["title"]} == kept


@pytest.mark.parametrize("complaint", ["The schema has too many states.", "failed to parse grammar", "Invalid schema"])
async def test_a_schema_that_is_too_much_is_sent_without_its_limits(complaint: str) -> None:
    too_much = refuses_rule("maxItems", says_json(LISTED), complaint=complaint)
    async with connected(too_much) as (model, server):
        await model.complete(call(LIMITED))
    assert [asked["response_format"]["type"] for asked in server.asked] == ["json_schema"] * 2
    assert "Items" not in json.dumps(server.asked[-1]["response_format"]).replace('"items"', "")


@pytest.mark.parametrize("complaint", ["Streaming is not supported.", "This model does not support streaming"])
async def test_a_model_that_does_not_stream_is_asked_for_the_whole_answer(complaint: str) -> None:
    async with connected(refuses("stream", GOOD, message=complaint)) as (model, server):
        answers = [(await said(model, call(SCHEMA), streamed=True)).data for _ in range(2)]
    assert answers == [{"n": 3}] * 2
    assert ["stream" in asked for asked in server.asked] == [True, False, False]


async def test_a_draft_in_thoughts_is_no_answer() -> None:
    async with connected(streams({"reasoning_content": f"Draft: {DRAFT}"})) as (model, _):
        with pytest.raises(AnswerEmpty):
            await model.complete(call(SCHEMA))


def _errors() -> Sequence[Any]:
    return [
        pytest.param({"code": 429, "message": "Provider returned error"}, RateLimited, 3, id="busy"),
        pytest.param({"code": "rate_limit_exceeded", "message": "x"}, RateLimited, 3, id="busy by name"),
        pytest.param({"code": 503, "message": "x"}, ModelUnavailable, 3, id="trouble"),
        pytest.param("something broke", ModelUnavailable, 3, id="a bare sentence"),
        pytest.param({"code": 401, "message": "No auth"}, Unauthorized, 1, id="key"),
        pytest.param({"code": "insufficient_quota", "message": "x"}, Unauthorized, 1, id="credit"),
    ]


@both_ways
@pytest.mark.parametrize(("error", "raised", "requests"), _errors())
async def test_an_error_with_status_200_counts_as_its_own_code(
    error: object, raised: type[Exception], requests: int, streamed: bool
) -> None:
    async with connected(error_inside(error)) as (model, server):
        with pytest.raises(raised) as caught:
            await said(model, call(SCHEMA), streamed=streamed)
    assert len(server.asked) == requests
    assert "OPENAI_BASE_URL" not in str(caught.value)


@both_ways
async def test_an_error_with_status_200_that_passes_is_waited_out(streamed: bool) -> None:
    async with connected(error_inside({"code": 429, "message": "busy"}), GOOD) as (model, _):
        assert (await said(model, call(SCHEMA), streamed=streamed)).data == {"n": 3}


def _unlucky(generated: str) -> Behaviour:
    words = "Generated JSON does not match the expected schema. See 'failed_generation' for more details."
    return fails(400, words, code="json_validate_failed", failed_generation=generated)


@both_ways
async def test_an_answer_that_the_server_finds_no_json_in_is_asked_for_again(streamed: bool) -> None:
    async with connected(_unlucky("{"), GOOD) as (model, server):
        answer = await said(model, call(SCHEMA), streamed=streamed)
    assert answer.data == {"n": 3}
    assert [asked["response_format"]["type"] for asked in server.asked] == ["json_schema"] * 2


async def test_the_refused_answer_is_used_if_no_better_one_comes() -> None:
    async with connected(_unlucky(f"Here: {ANSWER}")) as (model, _):
        assert (await model.complete(call(SCHEMA))).data == {"n": 3}
    async with connected(_unlucky("")) as (model, _):
        with pytest.raises(AnswerMalformed):
            await model.complete(call(SCHEMA))


PATIENT = Timeouts(answer=5.0, first_piece=1.5, silence=0.2)


@pytest.mark.parametrize(
    "deltas",
    [
        pytest.param([{"role": "assistant", "content": ""}, {"wait": 0.5}, {"content": ANSWER}], id="after the role"),
        pytest.param([{"wait": 0.5}, {"content": ANSWER}], id="before anything"),
        pytest.param(
            [{"reasoning": THOUGHT}, {"wait": 1}, {"reasoning": "Hm."}, {"wait": 1}, {"content": ANSWER}], id="think"
        ),
    ],
)
async def test_silence_before_the_first_word_is_waited_for(deltas: list[dict[str, Any]]) -> None:
    async with connected(streams(*deltas), timeouts=PATIENT) as (model, _):
        assert (await said(model, call(SCHEMA), streamed=True)).data == {"n": 3}


async def test_signs_of_life_without_a_word_do_not_prolong_the_wait() -> None:
    alive: list[dict[str, Any]] = [{"content": ""}, {"wait": 0.1}] * 20
    async with connected(streams(*alive, {"content": ANSWER}), timeouts=HASTY) as (model, _):
        with pytest.raises(ModelUnavailable):
            await said(model, call(SCHEMA), streamed=True)


async def test_a_server_that_keeps_the_line_after_its_last_word_has_said_all() -> None:
    lingering = streams({"content": ANSWER}, finish="stop", lingers=True)
    async with connected(lingering, timeouts=Timeouts(farewell=0.1)) as (model, _):
        assert (await said(model, call(SCHEMA), streamed=True)).data == {"n": 3}
