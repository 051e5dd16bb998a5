"""A list comes, as text and as JSON, although the language model never answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.bootstrap import App, demo_parts, open_app
from bot.chat.request import Final, Place, Progress, Reply, Request
from bot.documents.plain import plain_document
from bot.llm.budget import Meter
from bot.llm.openai import OpenAIModel
from bot.llm.tokens import TokenCounter
from bot.llm.wire import Timeouts
from bot.papers.model import Paper
from bot.reading.model import Summaries
from bot.reading.summaries import Summarizer
from bot.settings import Settings
from bot.testing.clock import FakeClock
from bot.testing.store import FakeStore
from tests.servers.openai import hangs, openai_server


@dataclass
class Hurried:
    """A summarizer for people with little time."""

    summarizer: Summarizer

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str, patience: float = 0.0
    ) -> Summaries:
        """Wait for a moment at most."""
        return await self.summarizer.summarize(papers, workspace=workspace, language=language, patience=0.05)

    async def recall(self, papers: Sequence[Paper], *, language: str) -> Summaries:
        """What is there already."""
        return await self.summarizer.recall(papers, language=language)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    """The demonstration's papers, and a model whose server hangs for longer than anybody here waits."""
    clock, store, counter = FakeClock(), FakeStore(), TokenCounter("m", Path("nowhere"))
    async with openai_server(hangs()) as server:
        hasty = Timeouts(answer=1.0)
        model = OpenAIModel("m", api_key="k", base_url=server.url, counter=counter, clock=clock, timeouts=hasty)
        meter = Meter(model=model, ledger=store.ledger, counter=counter, clock=clock)
        summarizer = Summarizer(meter, store.summaries)
        async with open_app(Settings.model_validate({}), replace(demo_parts(), summarizer=Hurried(summarizer))) as app:
            yield app
        await summarizer.aclose()
        await model.aclose()


async def replies(app: App) -> list[Reply]:
    """What the engine says to `today`."""
    request = Request(place=Place("test:1", "c"), user="u1", text="today")
    return [reply async for reply in app.engine.handle(request)]


async def test_the_list_is_shown_with_other_summaries_and_a_note(app: App) -> None:
    *before, last = await replies(app)
    assert isinstance(last, Final)
    shown = plain_document(last.document)
    assert "still writing" in shown
    assert "1. " in shown
    assert [type(reply) for reply in before] == [Progress, Progress]


async def test_the_json_form_has_all_papers_and_the_note(app: App) -> None:
    last = (await replies(app))[-1]
    assert isinstance(last, Final)
    data = json.loads(json.dumps(last.document.data))
    assert "still writing" in data["note"]
    assert data["papers"]
    assert all(paper["summary"]["line"] for paper in data["papers"])
