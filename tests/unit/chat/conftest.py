"""A small world to chat in: two list days, a store in memory, a clock that stands still, no model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.chat.request import Final, Place, Reply, Request
from bot.documents.model import Card, Document
from bot.documents.plain import plain_document
from bot.errors import SourceUnavailable, Transient
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.store import FakeStore
from paperwire.bootstrap import App, Parts, open_app
from paperwire.settings import Settings

FRIDAY_NOON = datetime(2026, 7, 10, 16, 0, tzinfo=UTC)


def entry(number: int, upvotes: int) -> dict[str, object]:
    """A paper as Hugging Face lists it, written for these tests."""
    return {
        "paper": {
            "id": f"2607.{number:05}",
            "title": f"Paper Number {number} on Lighthouses",
            "summary": f"We build lighthouse {number}. It shines over {number + 3} miles, farther than ever.",
            "authors": [{"name": "A. Author"}, {"name": "B. Author"}],
            "upvotes": upvotes,
            "githubRepo": "https://github.com/example/lighthouse",
        },
        "numComments": 2,
    }


@dataclass
class World:
    """The engine, and the world around it to be moved."""

    app: App
    clock: FakeClock
    fetcher: FakeFetcher
    store: FakeStore
    lists: dict[str, list[dict[str, object]]]
    down: bool = False

    async def replies(self, text: str, place: Place | None = None, *, direct: bool = True) -> list[Reply]:
        """Everything that the engine says to a command."""
        request = Request(place=place or Place("test:1", "c"), user="u1", text=text, direct=direct)
        return [reply async for reply in self.app.engine.handle(self.app.engine.parse(request))]

    async def say(self, text: str, place: Place | None = None, *, direct: bool = True) -> Document:
        """The finished answer to a command."""
        last = (await self.replies(text, place, direct=direct))[-1]
        assert isinstance(last, Final)
        return last.document

    async def read(self, text: str) -> str:
        """The finished answer as plain text."""
        return plain_document(await self.say(text))

    def answer(self, address: str) -> FakeAnswer | Transient | None:
        """What Hugging Face says; arXiv knows nothing."""
        if self.down:
            return SourceUnavailable("Hugging Face does not answer.")
        if "/api/query" in address:
            return FakeAnswer(b'<feed xmlns="http://www.w3.org/2005/Atom"/>', content_type="application/atom+xml")
        if "/daily_papers" in address:
            return FakeAnswer.of(next((known for key, known in self.lists.items() if key in address), []))
        if "/papers/search" in address:
            return FakeAnswer.of([])
        papers = [one for known in self.lists.values() for one in known]
        found = [one for one in papers if address.endswith(str(_inner(one)["id"]))]
        return FakeAnswer.of(found[0]) if found else None


def _inner(one: dict[str, object]) -> dict[str, object]:
    inner = one["paper"]
    assert isinstance(inner, dict)
    return inner


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """It is Friday noon; today's list has 12 papers, Thursday's 3, the week's 12, and two are trending."""
    clock, store = FakeClock(FRIDAY_NOON), FakeStore()
    lists = {
        "date=2026-07-10": [entry(number, 100 - number) for number in range(1, 13)],
        "date=2026-07-09": [entry(number, 10) for number in range(21, 24)],
        "week=2026-W28": [entry(number, 100 - number) for number in range(1, 13)],
        "sort=trending": [entry(5, 95), entry(21, 10)],
    }
    fetcher = FakeFetcher({}, clock)
    parts = Parts(clock=clock, fetcher=fetcher, store=store)
    async with open_app(Settings.model_validate({}), parts) as app:
        world = World(app, clock, fetcher, store, lists)
        fetcher.answers = world.answer
        yield world


def cards(document: Document) -> list[Card]:
    """The papers that a document shows."""
    return [block for block in document.blocks if isinstance(block, Card)]
