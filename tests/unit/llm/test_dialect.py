"""What is learnt from refusals, and when asking again ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.catalog import facts_of, known_models
from bot.llm.dialect import Dialect, most_written
from bot.llm.model import Message, ModelCall

CALL = ModelCall(purpose="test", messages=(Message("system", "Be brief."), Message("user", "Go.")), max_tokens=50)
BY_SCHEMA = ModelCall(purpose="test", messages=CALL.messages, max_tokens=50, schema={"type": "object"})
WORDS = st.sampled_from(
    "response_format json_schema json_object temperature max_tokens max_completion_tokens stream_options "
    "reasoning_effort grammar unknown".split()
)


@given(st.lists(st.lists(WORDS, max_size=4).map(" ".join), max_size=30), st.booleans())
def test_asking_again_ends_whatever_is_refused(complaints: list[str], stream: bool) -> None:
    dialect = Dialect("o4-mini")
    lessons = sum(dialect.learn(dialect.parameters(BY_SCHEMA, stream=stream), complaint) for complaint in complaints)
    assert lessons <= 6


def test_a_strict_server_is_told_that_every_property_is_required() -> None:
    item = {"type": "object", "properties": {"id": {"type": "string"}, "extra": {"type": "string"}}, "required": ["id"]}
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": item}}, "required": ["items"]}
    sent = Dialect("m").parameters(replace(CALL, schema=schema), stream=False)["response_format"]["json_schema"]
    assert sent["schema"]["properties"]["items"]["items"]["required"] == ["id", "extra"]
    assert item["required"] == ["id"]


def test_the_schema_is_in_the_prompt_only_where_the_server_does_not_enforce_it() -> None:
    dialect = Dialect("m")
    enforced = dialect.parameters(BY_SCHEMA, stream=False)
    dialect.learn(enforced, "response_format is not supported")
    told = dialect.parameters(BY_SCHEMA, stream=False)
    assert enforced["messages"][0]["content"] == "Be brief."
    assert '{"type":"object"}' in told["messages"][0]["content"]
    assert told["messages"][1] == enforced["messages"][1]


def test_a_refusal_of_something_else_teaches_nothing() -> None:
    dialect = Dialect("m")
    before = dialect.parameters(CALL, stream=True)
    assert not dialect.learn(before, "out of memory")
    assert dialect.parameters(CALL, stream=True) == before


@pytest.mark.parametrize("model", known_models())
def test_every_model_of_the_table_is_sent_with_its_settings(model: str) -> None:
    facts = facts_of(model)
    assert facts.reasoning is not None, "the table says of each model whether it reasons"
    sent = Dialect(model).parameters(CALL, stream=False)
    if facts.reasoning:
        assert sent["reasoning_effort"] == facts.effort
        assert sent["max_completion_tokens"] > CALL.max_tokens
        assert "temperature" not in sent
    else:
        assert sent["temperature"] == CALL.temperature
        assert sent["max_tokens"] == CALL.max_tokens
        assert "reasoning_effort" not in sent


@pytest.mark.parametrize("model", ["gpt-6-next", "gpt-5.9-mini", "openai/gpt-6-luna", "GPT-6-Luna", "o3-2025-04-16"])
def test_new_members_of_a_reasoning_family_are_sent_as_such(model: str) -> None:
    sent = Dialect(model).parameters(CALL, stream=False)
    assert sent["reasoning_effort"] == "low"
    assert "temperature" not in sent


@pytest.mark.parametrize("model", ["qwen3:8b", "Qwen/Qwen3-8B", "deepseek-r1:7b", "openai/gpt-oss-20b", "magistral"])
def test_open_weights_that_reason_have_room_for_it_and_no_parameter_of_openai(model: str) -> None:
    sent = Dialect(model).parameters(CALL, stream=False)
    assert sent["max_tokens"] > CALL.max_tokens
    assert "reasoning_effort" not in sent


def test_chat_models_of_a_reasoning_family_are_ordinary() -> None:
    assert "temperature" in Dialect("gpt-5-chat-latest").parameters(CALL, stream=False)
    assert "temperature" in Dialect("gpt-5.3-chat-latest").parameters(CALL, stream=False)


@pytest.mark.parametrize("model", ["gpt-5-mini", "o4-mini", "gpt-4o", "gpt-5-chat-latest", "qwen3:8b"])
def test_a_call_is_sent_with_the_cap_that_is_reserved_for_it(model: str) -> None:
    sent = Dialect(model).parameters(CALL, stream=False)
    assert most_written(model, CALL) in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
