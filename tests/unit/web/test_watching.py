"""What a witness is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.chat.request import Final, Progress, Reply
from bot.documents.model import Document
from bot.errors import BadInput, SourceUnavailable
from bot.llm.model import Message, ModelCall, Usage
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.model import FakeModel
from bot.watching import WatchedFetcher, WatchedModel, watched

CALL = ModelCall(purpose="test", messages=(Message("user", "Say: ok"),), max_tokens=16)


@dataclass
class Notes:
    """A witness that writes down what it is told."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    fetches: list[tuple[str, str]] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.answers.append((command, outcome))

    def fetched(self, host: str, outcome: str) -> None:
        self.fetches.append((host, outcome))

    def spent(self, usage: Usage) -> None:
        self.usages.append(usage)


async def answer(error: Exception | None) -> AsyncIterator[Reply]:
    """A handler that fails with the error, if there is one."""
    yield Progress("Looking …")
    if error is not None:
        raise error
    yield Final(Document("Done", ()))


async def test_an_answer_passes_whole_and_is_told_once() -> None:
    notes = Notes()
    replies = [reply async for reply in watched("today", answer, notes)(None)]
    assert [type(reply) for reply in replies] == [Progress, Final]
    assert notes.answers == [("today", "answered")]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(BadInput(), "declined"), (SourceUnavailable(), "failed"), (ValueError(), "broken")],
)
async def test_an_error_passes_and_is_told_by_its_kind(error: Exception, outcome: str) -> None:
    notes = Notes()
    with pytest.raises(type(error)):
        [reply async for reply in watched("today", answer, notes)(error)]
    assert notes.answers == [("today", outcome)]


async def test_sources_are_told_by_host() -> None:
    notes = Notes()
    answers = {"https://a.example/": FakeAnswer(), "https://b.example/": FakeAnswer(stale=True)}
    fetcher = WatchedFetcher(FakeFetcher(answers, FakeClock()), notes)
    for url in answers:
        await fetcher.get(url)
    assert notes.fetches == [("a.example", "ok"), ("b.example", "stale")]


async def test_tokens_are_told_whole_and_streamed() -> None:
    notes = Notes()
    model = WatchedModel(FakeModel(["ok", "ok"]), notes)
    whole = await model.complete(CALL)
    [piece async for piece in model.stream(CALL)]
    assert notes.usages == [whole.usage, whole.usage]
