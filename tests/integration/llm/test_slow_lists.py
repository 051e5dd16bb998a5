"""A list comes, as text and as JSON, although the language model never answers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.chat.request import Final, Place, Progress, Reply, Request
from bot.documents.plain import plain_document
from bot.llm.budget import Meter
from bot.llm.openai import OpenAIModel
from bot.llm.timeouts import Timeouts
from bot.llm.tokens import TokenCounter
from bot.papers.model import Paper
from bot.reading.model import Summaries
from bot.reading.ports import PATIENCE
from bot.reading.summaries import Summarizer
from bot.testing.clock import FakeClock
from bot.testing.store import FakeStore
from paperwire.bootstrap import App, demo_parts, open_app
from paperwire.settings import Settings
from tests.servers.openai import Asked, Behaviour, OpenAIServer, answers, hangs, openai_server, waits, writes


@dataclass
class Hurried:
    """A summarizer for people with little time."""

    summarizer: Summarizer
    patience: list[float] = field(default_factory=list)  # that it was asked to have

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str, patience: float = 0.0
    ) -> Summaries:
        """Wait for a moment at most."""
        self.patience.append(patience)
        return await self.summarizer.summarize(papers, workspace=workspace, language=language, patience=0.05)

    async def recall(self, papers: Sequence[Paper], *, language: str) -> Summaries:
        """What is there already."""
        return await self.summarizer.recall(papers, language=language)


@asynccontextmanager
async def hurried(
    *behaviours: Behaviour, store: FakeStore | None = None
) -> AsyncIterator[tuple[Hurried, OpenAIServer]]:
    """A summarizer for people with little time, by a model whose server behaves so."""
    clock, store, counter = FakeClock(), store or FakeStore(), TokenCounter("m", Path("nowhere"))
    async with openai_server(*behaviours) as server:
        hasty = Timeouts(answer=1.0)
        model = OpenAIModel("m", api_key="k", base_url=server.url, counter=counter, clock=clock, timeouts=hasty)
        meter = Meter(model=model, ledger=store.ledger, counter=counter, clock=clock)
        summarizer = Summarizer(meter, store.summaries)
        yield Hurried(summarizer), server
        await summarizer.aclose()
        await model.aclose()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    """The demonstration's papers, and a model whose server hangs for longer than anybody here waits."""
    async with (
        hurried(hangs()) as (summarizer, _),
        open_app(Settings.model_validate({}), replace(demo_parts(), summarizer=summarizer)) as app,
    ):
        yield app


async def replies(app: App) -> list[Reply]:
    """What the engine says to `today`."""
    request = Request(place=Place("test:1", "c"), user="u1", text="today")
    return [reply async for reply in app.engine.handle(app.engine.parse(request))]


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


def _lines(asked: Asked) -> str:
    """A summary of each paper that is asked for."""
    ids = re.findall(r"^id: (\S+)", asked["messages"][-1]["content"], re.MULTILINE)
    fields = ("problem", "method", "result", "why", "question")
    papers = [{"id": one, "line": "It boils water in a kettle.", **dict.fromkeys(fields, "")} for one in ids]
    return json.dumps({"papers": papers})


def _sources(reply: Reply) -> set[str]:
    assert isinstance(reply, Final)
    return {paper["summary"]["source"] for paper in json.loads(json.dumps(reply.document.data))["papers"]}


async def test_summaries_that_come_late_are_kept_shown_and_billed_once() -> None:
    gate, store = asyncio.Event(), FakeStore()
    async with (
        hurried(waits(gate, answers(_lines)), store=store) as (summarizer, server),
        open_app(Settings.model_validate({}), replace(demo_parts(), summarizer=summarizer)) as app,
    ):
        early = [(await replies(app))[-1] for _ in range(2)]
        gate.set()
        await summarizer.summarizer.aclose()  # waits for what is under way
        late = (await replies(app))[-1]
        calls = [row.calls for row in await store.ledger.usage("test:1", FakeClock().now().date())]
    assert not any("model" in _sources(reply) for reply in early)
    assert _sources(late) == {"model"}
    assert len(server.asked) == 1
    assert calls == [1]


@pytest.mark.parametrize("stays", [True, False])
async def test_a_program_that_ends_with_its_answer_waits_as_long_as_the_model_may_take(stays: bool) -> None:
    settings = Settings.model_validate({"PAPERWIRE_MODEL_TIMEOUT": 500})
    async with (
        hurried(answers(_lines)) as (summarizer, _),
        open_app(settings, replace(demo_parts(), summarizer=summarizer), stays=stays) as app,
    ):
        await replies(app)
    (patience,) = summarizer.patience
    assert patience == PATIENCE if stays else patience >= 2 * 500


@pytest.mark.parametrize("content", [7, [7], [{"type": "thinking", "thinking": 7}], {}])
async def test_the_list_is_shown_whatever_a_server_sends(content: object) -> None:
    async with (
        hurried(writes({"content": content})) as (summarizer, _),
        open_app(Settings.model_validate({}), replace(demo_parts(), summarizer=summarizer)) as app,
    ):
        await replies(app)
        await summarizer.summarizer.aclose()
        last = (await replies(app))[-1]
    assert _sources(last)
    assert isinstance(last, Final)
    assert json.loads(json.dumps(last.document.data))["note"]
