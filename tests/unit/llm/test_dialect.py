"""What is learnt from refusals, and when asking again ends."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.catalog import facts_of, known_models
from bot.llm.dialect import Dialect, Parameters
from bot.llm.lessons import LESSONS, learn_from_refusal
from bot.llm.model import Message, ModelCall

CALL = ModelCall(purpose="test", messages=(Message("system", "Be brief."), Message("user", "Go.")), max_tokens=50)
BY_SCHEMA = ModelCall(purpose="test", messages=CALL.messages, max_tokens=50, schema={"type": "object"})
WORDS = st.sampled_from(
    "response_format json_schema json_object temperature max_tokens max_completion_tokens stream_options "
    "reasoning_effort grammar schema additionalProperties strict unknown".split()
)
SENTENCES = st.sampled_from(
    [
        "system role not supported",
        "maximum context length is 2000 tokens",
        "maximum context length is 900 tokens",
        "max_tokens must be less than or equal to 700",
        "the model does not support thinking",
    ]
)


def learn(dialect: Dialect, sent: Parameters, complaint: str, call: ModelCall = BY_SCHEMA) -> bool:
    """Whether it is worth asking again."""
    return learn_from_refusal(dialect, call, sent, complaint)


@given(st.lists(st.lists(WORDS, max_size=4).map(" ".join) | SENTENCES, max_size=40), st.booleans())
def test_asking_again_ends_whatever_is_refused(complaints: list[str], stream: bool) -> None:
    dialect = Dialect("o4-mini")
    lessons = [learn(dialect, dialect.parameters(BY_SCHEMA, stream=stream), complaint) for complaint in complaints]
    contexts = sum("context" in complaint for complaint in complaints)  # each may be another one
    assert sum(lessons) <= 9 + contexts


@pytest.mark.parametrize("name", ["temperature", "stream_options"])
def test_what_another_call_has_learnt_is_asked_again_without_a_lesson(name: str) -> None:
    dialect = Dialect("m")
    sent = dialect.parameters(CALL, stream=True)
    dialect.dropped.add(name)
    assert learn(dialect, sent, "no reason named", CALL)


@given(st.text(alphabet="max_tokens>:<[1, 0] at most", max_size=300))
def test_any_complaint_is_read(complaint: str) -> None:
    learn(Dialect("m"), Dialect("m").parameters(BY_SCHEMA, stream=False), complaint * 20)


@pytest.mark.parametrize(
    ("complaint", "context"),
    [
        ("maximum context length is 32768 tokens. However, you requested 50000 tokens", 32_768),
        ("maximum context length is 32,768 tokens", 32_768),
        ("context window of 1 048 576 tokens", 1_048_576),
        ("context size: 128_000", 128_000),
        ("context length exceeded (50 requested): at most 4096", 4_096),
        ('exceeds the available context size", "n_prompt_tokens": 50000, "n_ctx": 8192', 8_192),
        ("context length exceeded by 50 tokens", None),
        ("maximum context length is 123456789", None),
    ],
)
def test_a_context_is_learnt_as_it_is_written(complaint: str, context: int | None) -> None:
    dialect = Dialect("m")
    before = dialect.context
    learn(dialect, dialect.parameters(CALL, stream=False), complaint, CALL)
    assert dialect.context == (context or before)


@pytest.mark.parametrize(
    "unit", ["context length 1", "n_ctx 1 ", "max_tokens", "context length ", "9 >", "system", " schema", "at most "]
)
def test_a_long_complaint_costs_little(unit: str) -> None:
    began = time.process_time()
    for lesson in LESSONS:
        lesson.symptom.search(unit * 2_000)
    assert time.process_time() - began < 1


def test_a_strict_server_is_told_that_every_property_is_required() -> None:
    item = {"type": "object", "properties": {"id": {"type": "string"}, "extra": {"type": "string"}}, "required": ["id"]}
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": item}}, "required": ["items"]}
    sent = Dialect("m").parameters(replace(CALL, schema=schema), stream=False)["response_format"]["json_schema"]
    assert sent["schema"]["properties"]["items"]["items"]["required"] == ["id", "extra"]
    assert item["required"] == ["id"]


def test_the_schema_is_in_the_prompt_only_where_the_server_does_not_enforce_it() -> None:
    dialect = Dialect("m")
    enforced = dialect.parameters(BY_SCHEMA, stream=False)
    learn(dialect, enforced, "response_format is not supported")
    told = dialect.parameters(BY_SCHEMA, stream=False)
    assert enforced["messages"][0]["content"] == "Be brief."
    assert '{"type":"object"}' in told["messages"][0]["content"]
    assert told["messages"][1] == enforced["messages"][1]


def test_a_refusal_of_something_else_teaches_nothing() -> None:
    dialect = Dialect("m")
    before = dialect.parameters(CALL, stream=True)
    assert not learn(dialect, before, "out of memory", CALL)
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
    assert Dialect(model).most_written(CALL) in (sent.get("max_tokens"), sent.get("max_completion_tokens"))


@pytest.mark.parametrize(
    "model",
    "qwen3:8b qwen/qwen3-32b deepseek-r1:7b deepseek/deepseek-r1:free deepseek-reasoner magistral-medium-latest "
    "gpt-oss:20b openai/gpt-oss-120b gpt-6-luna openai/gpt-6.1-terra QwQ-32B".split(),
)
def test_models_that_are_known_to_think_have_room_from_the_first_call(model: str) -> None:
    assert Dialect(model).most_written(CALL) >= CALL.max_tokens + 2_000


@pytest.mark.parametrize("model", ["gpt-4o", "llama3.1:8b", "qwen2.5:7b", "mistral-small-latest"])
def test_other_models_are_not_given_room_before_they_need_it(model: str) -> None:
    assert Dialect(model).most_written(CALL) == CALL.max_tokens
