"""Hugging Face is asked for the right things, to the last page, and nonsense is a plain error."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import SourceUnavailable
from bot.papers.huggingface import HuggingFace
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher

BASE = "https://hub.test"
DAILY = f"{BASE}/api/daily_papers"


def entry(number: int) -> dict[str, object]:
    return {"paper": {"id": f"2607.{number:05}", "title": f"Title {number}"}}


class Busy:
    """A day with many papers, a page at a time."""

    def __init__(self, papers: int) -> None:
        self.entries = [entry(number) for number in range(1, papers + 1)]

    def __call__(self, address: str) -> FakeAnswer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        limit, page = int(query["limit"]), int(query["p"])
        return FakeAnswer.of(self.entries[page * limit : (page + 1) * limit])


@pytest.mark.parametrize(("papers", "requests"), [(0, 1), (50, 1), (99, 1), (100, 2), (250, 3)])
async def test_pages_are_read_until_one_is_not_full(papers: int, requests: int) -> None:
    fetcher = FakeFetcher(Busy(papers), FakeClock())
    listing = await HuggingFace(fetcher, BASE).daily(date(2026, 7, 10))
    assert len(listing.papers) == papers
    assert len(fetcher.requests) == requests


async def test_a_list_that_never_ends_is_left_at_some_point() -> None:
    fetcher = FakeFetcher(lambda address: FakeAnswer.of([entry(number) for number in range(100)]), FakeClock())
    listing = await HuggingFace(fetcher, BASE).weekly("2026-W28")
    assert len(listing.papers) == 100
    assert len(fetcher.requests) == 20


async def test_a_list_is_as_old_as_its_first_page_and_shows_a_paper_where_it_was_first() -> None:
    clock = FakeClock()
    start = clock.now()
    first, second = [entry(number) for number in range(100)], [entry(99), entry(100)]

    def answer(address: str) -> FakeAnswer:
        clock.advance(5)
        return FakeAnswer.of(first if address.endswith("p=0") else second)

    listing = await HuggingFace(FakeFetcher(answer, clock), BASE).daily(date(2026, 7, 10))
    assert [paper.id for paper in listing.papers] == [f"2607.{number:05}" for number in range(101)]
    assert listing.fetched_at == start + timedelta(seconds=5)


async def test_papers_of_a_day_know_their_day() -> None:
    fetcher = FakeFetcher({DAILY: FakeAnswer.of([entry(1)])}, FakeClock())
    listing = await HuggingFace(fetcher, BASE).daily(date(2024, 5, 27))
    assert listing.papers[0].listed == date(2024, 5, 27)
    assert fetcher.requests == [f"{DAILY}?date=2024-05-27&limit=100&p=0"]


async def test_weeks_and_trends_have_their_own_questions() -> None:
    fetcher = FakeFetcher({DAILY: FakeAnswer.of([entry(1)])}, FakeClock())
    hub = HuggingFace(fetcher, BASE + "/")
    await hub.weekly("2026-W28")
    await hub.trending()
    assert fetcher.requests == [
        f"{DAILY}?limit=100&p=0&week=2026-W28",
        f"{DAILY}?limit=50&sort=trending",
    ]


async def test_one_old_page_makes_a_list_stale() -> None:
    clock = FakeClock()
    fetcher = FakeFetcher({DAILY: FakeAnswer(b"[]", stale=True)}, clock)
    listing = await HuggingFace(fetcher, BASE).daily(date(2026, 7, 10))
    assert listing.stale
    assert listing.fetched_at == clock.now()


async def test_an_unknown_paper_is_none() -> None:
    assert await HuggingFace(FakeFetcher({}, FakeClock()), BASE).paper("2607.00001") is None


async def test_a_paper_is_read() -> None:
    answer = {"id": "2607.00001", "title": "Title", "linkedModels": [{"id": "a/b"}]}
    fetcher = FakeFetcher({f"{BASE}/api/papers/2607.00001": FakeAnswer.of(answer)}, FakeClock())
    paper = await HuggingFace(fetcher, BASE).paper("2607.00001")
    assert paper is not None
    assert paper.artifacts[0].url == "https://huggingface.co/a/b"


async def test_search_cuts_what_is_longer_than_the_source_takes() -> None:
    fetcher = FakeFetcher({f"{BASE}/api/papers/search": FakeAnswer.of([entry(1)])}, FakeClock())
    assert len(await HuggingFace(fetcher, BASE).search("w" * 300)) == 1
    assert fetcher.requests == [f"{BASE}/api/papers/search?q={'w' * 250}"]


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"error": "x"}', b"null", b"[" * 100_000, b"\xff\xfe", b'[{"a":'])
async def test_an_answer_that_is_no_list_is_a_plain_error(body: bytes) -> None:
    fetcher = FakeFetcher({DAILY: FakeAnswer(body)}, FakeClock())
    with pytest.raises(SourceUnavailable, match="Hugging Face answers with something"):
        await HuggingFace(fetcher, BASE).daily(date(2026, 7, 10))
