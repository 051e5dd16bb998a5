"""The library on recorded days, over a real socket: its main way, and the way without a source."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.errors import NotFound
from bot.papers.arxiv import Arxiv
from bot.papers.calendar import list_day, previous_weekday
from bot.papers.http import HttpFetcher, Sources
from bot.papers.huggingface import HuggingFace
from bot.papers.library import Library
from bot.papers.model import ListState
from bot.papers.references import PaperReference
from bot.testing.clock import FakeClock
from bot.testing.store import FakePapers

pytestmark = pytest.mark.real_data


@pytest.fixture
async def library(replay: str, tmp_path: Path) -> AsyncIterator[Library]:
    clock = FakeClock(datetime.now(UTC))  # today is when the recording is replayed to
    sources = Sources(hugging_face=replay, arxiv=replay)
    async with HttpFetcher(clock, sources=sources, cache=tmp_path, arxiv_interval=0) as fetcher:
        yield Library(HuggingFace(fetcher, replay), Arxiv(fetcher, replay), FakePapers(), clock)


def last_full_day(now: datetime) -> date:
    """A weekday of last week at the latest: it is recorded whole."""
    return previous_weekday(list_day(now) - timedelta(days=7))


async def requests(replay: str, day: date) -> int:
    """How often a day was asked for so far."""
    async with httpx.AsyncClient(trust_env=False) as client:
        log = (await client.get(f"{replay}/_log")).json()
    return sum(f"date={day}" in entry["path"] for entry in log)


async def control(replay: str, *, fail: float) -> None:
    """Let this share of requests fail from now on."""
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{replay}/_control", json={"fail": fail, "status": 500})


async def test_a_recorded_day_is_read_whole_and_asked_for_once(library: Library, replay: str) -> None:
    day = last_full_day(datetime.now(UTC))
    before = await requests(replay, day)
    first, second = await library.day(day), await library.day(day)
    assert (first.state, first.day) == (ListState.FINAL, day)
    assert first.papers
    assert [paper.upvotes for paper in first.papers] == sorted((p.upvotes or 0 for p in first.papers), reverse=True)
    assert second == first
    assert (await requests(replay, day)) - before == 1


async def test_a_week_holds_the_papers_of_its_days(library: Library) -> None:
    day = last_full_day(datetime.now(UTC))
    week, one_day = await library.week(day), await library.day(day)
    assert {paper.id for paper in one_day.papers} <= {paper.id for paper in week.papers}


async def test_a_paper_is_found_on_hugging_face_or_by_search(library: Library) -> None:
    paper = await library.paper(PaperReference("1706.03762", 5))
    assert (paper.title, paper.version) == ("Attention Is All You Need", 5)
    result = await library.search("attention is all you need")
    assert result.source_answered
    assert "1706.03762" in [found.id for found in result.papers]


async def test_a_paper_that_was_never_written_is_not_found(library: Library) -> None:
    with pytest.raises(NotFound):
        await library.paper(PaperReference("0704.00001"))


async def test_with_the_source_failing_the_newest_list_is_shown_with_its_age(library: Library, replay: str) -> None:
    seen = await library.day(last_full_day(datetime.now(UTC)))
    await control(replay, fail=1.0)
    try:
        today = await library.today()
    finally:
        await control(replay, fail=0.0)
    assert (today.stale, today.day, today.fetched_at) == (True, seen.day, seen.fetched_at)
