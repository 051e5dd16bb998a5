"""Models, datasets and Spaces that name a paper."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import SourceUnavailable, Transient
from bot.papers.huggingface import HuggingFace
from bot.papers.linked import AFTER_FAILURE, AT_ONCE, GOOD_FOR, Linked
from bot.papers.model import Artifact, Paper
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.store import FakeStore

PAPERS = [Paper(id=f"2607.0000{number}", title=f"Paper {number}", abstract="It shines.") for number in range(1, 7)]
MODEL, SPACE = Artifact("model", "lab/robot"), Artifact("space", "lab/demo")


class World:
    """Hugging Face with two things linked to the first paper, and the addresses it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_down = False
        self.clock = FakeClock(datetime(2026, 7, 11, 7, tzinfo=UTC))
        self.store = FakeStore()
        self.linked = Linked(HuggingFace(FakeFetcher(self._answer, self.clock)), self.store.papers, self.clock)

    def _answer(self, address: str) -> FakeAnswer | Transient | None:
        self.asked.append(address.rpartition("/")[2])
        if self.is_down:
            return SourceUnavailable("Hugging Face does not answer.")
        paper = next(paper for paper in PAPERS if paper.id in address)
        linked = {"linkedModels": [{"id": MODEL.name}], "linkedSpaces": [{"id": SPACE.name}]}
        return FakeAnswer.of({"id": paper.id, "title": paper.title} | (linked if paper is PAPERS[0] else {}))


@pytest.fixture
def world() -> World:
    return World()


async def test_what_is_linked_is_put_beside_the_paper(world: World) -> None:
    first, *others = await world.linked.to(PAPERS)
    assert first == replace(PAPERS[0], artifacts=(MODEL, SPACE))
    assert others == PAPERS[1:]


async def test_each_paper_is_asked_for_once_for_all(world: World) -> None:
    await asyncio.gather(*[world.linked.to(PAPERS) for _ in range(20)])
    assert sorted(world.asked) == [paper.id for paper in PAPERS]


async def test_what_was_found_is_kept(world: World) -> None:
    await world.linked.to(PAPERS)
    [kept] = await world.store.papers.get_many([PAPERS[0].id])
    world.asked.clear()
    assert await world.linked.to([kept]) == [kept]
    assert world.asked == []


async def test_paper_without_anything_is_asked_for_again_after_some_hours(world: World) -> None:
    await world.linked.to(PAPERS[1:2])
    await world.clock.sleep(GOOD_FOR + 1)
    await world.linked.to(PAPERS[1:2])
    assert len(world.asked) == 2


async def test_source_that_is_down_costs_nothing_and_is_left_in_peace(world: World) -> None:
    world.is_down = True
    for _ in range(3):
        assert await world.linked.to(PAPERS) == PAPERS
    assert len(world.asked) <= AT_ONCE
    world.is_down = False
    await world.clock.sleep(AFTER_FAILURE)
    assert (await world.linked.to(PAPERS))[0].artifacts == (MODEL, SPACE)


async def test_nothing_is_asked_for_no_papers(world: World) -> None:
    assert await world.linked.to([]) == []
    assert world.asked == []
