"""The library asks its sources no more than it must, and stands on the store while they are down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import BadInput, NotFound, RateLimited, SourceUnavailable, StoreError
from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import HuggingFace
from bot.papers.library import Library
from bot.papers.model import EmptyReason, ListState, Paper, PaperList
from bot.papers.references import PaperReference
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.store import FakePapers

FRIDAY = date(2026, 7, 10)
NOON = datetime(2026, 7, 10, 16, 0, tzinfo=UTC)  # noon in New York
HUB = "https://hub.test"
ARXIV = "https://mirror.test"
DOWN = SourceUnavailable("Hugging Face does not answer.")


def entry(number: int, **fields: object) -> dict[str, object]:
    return {"paper": {"id": f"2607.{number:05}", "title": f"Title {number}", "upvotes": number, **fields}}


def atom(*paper_ids: str) -> FakeAnswer:
    entries = "".join(f"<entry><id>http://arxiv.org/abs/{i}v1</id><title>On {i}</title></entry>" for i in paper_ids)
    return FakeAnswer(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode())


class World:
    """A library, and both sources as they stand: by default a list of two papers, and nothing else known."""

    def __init__(self, papers: FakePapers | None = None) -> None:
        self.clock = FakeClock(NOON)
        self.daily: FakeAnswer | SourceUnavailable | RateLimited = FakeAnswer.of([entry(2), entry(1)])
        self.known: dict[str, FakeAnswer | SourceUnavailable] = {}
        self.found: FakeAnswer | SourceUnavailable = FakeAnswer.of([])
        self.arxiv: FakeAnswer | SourceUnavailable = atom()
        self.fetcher = FakeFetcher(self._answer, self.clock)
        self.papers = papers or FakePapers()
        self.library = Library(HuggingFace(self.fetcher, HUB), Arxiv(self.fetcher, ARXIV), self.papers, self.clock)

    def go_down(self) -> None:
        self.daily = self.found = self.arxiv = DOWN
        self.known = {f"2607.{number:05}": DOWN for number in range(100)}

    def _answer(self, address: str) -> FakeAnswer | SourceUnavailable | RateLimited | None:
        if address.startswith(ARXIV):
            return self.arxiv
        if "/daily_papers" in address:
            return self.daily
        return self.found if "/papers/search" in address else self.known.get(address.rpartition("/")[2])


@pytest.fixture
def world() -> World:
    return World()


async def test_today_is_the_list_of_the_list_day(world: World) -> None:
    today = await world.library.today()
    assert [paper.id for paper in today.papers] == ["2607.00002", "2607.00001"]
    assert (today.day, today.state, today.stale, today.fetched_at) == (FRIDAY, ListState.FILLING, False, NOON)


async def test_a_list_is_asked_for_once_a_minute(world: World) -> None:
    await world.library.today()
    await world.library.today()
    assert len(world.fetcher.requests) == 1
    world.clock.advance(61)
    await world.library.today()
    assert len(world.fetcher.requests) == 2


async def test_many_who_want_a_list_at_once_have_it_asked_for_once(world: World) -> None:
    lists = await asyncio.gather(*[world.library.day(FRIDAY) for _ in range(100)])
    assert len(world.fetcher.requests) == 1
    assert all(each == lists[0] for each in lists)


async def test_many_who_want_a_list_at_once_fail_together(world: World) -> None:
    world.go_down()
    lists = await asyncio.gather(*[world.library.day(FRIDAY) for _ in range(100)], return_exceptions=True)
    assert len(world.fetcher.requests) == 1
    assert {type(each) for each in lists} == {SourceUnavailable}


async def test_a_complete_list_is_asked_for_again_as_its_votes_grow(world: World) -> None:
    await world.library.day(FRIDAY - timedelta(days=1))
    world.clock.advance(61)
    await world.library.day(FRIDAY - timedelta(days=1))
    assert len(world.fetcher.requests) == 2


async def test_a_settled_list_is_never_asked_for_again(world: World) -> None:
    old = FRIDAY - timedelta(days=36)
    await world.library.day(old)
    world.clock.advance(1_000_000)
    kept = await world.library.day(old)
    assert len(world.fetcher.requests) == 1
    assert (kept.state, kept.stale) == (ListState.FINAL, False)


async def test_a_newly_started_library_trusts_no_other_ones_minute(world: World) -> None:
    await world.library.today()
    restarted = World(world.papers)
    restarted.go_down()
    assert (await restarted.library.today()).stale


async def test_a_list_seen_while_it_filled_is_asked_for_again_when_it_is_over(world: World) -> None:
    await world.library.day(FRIDAY)
    world.clock.advance(24 * 3600)
    world.daily = FakeAnswer.of([entry(3), entry(2), entry(1)])
    later = await world.library.day(FRIDAY)
    assert (len(later.papers), later.state) == (3, ListState.FINAL)


async def test_an_empty_final_list_is_asked_for_again(world: World) -> None:
    world.daily = FakeAnswer.of([])
    empty = await world.library.day(FRIDAY - timedelta(days=1))
    assert empty.empty_because is EmptyReason.NOTHING
    world.clock.advance(61)
    world.daily = FakeAnswer.of([entry(1)])
    assert len((await world.library.day(FRIDAY - timedelta(days=1))).papers) == 1


async def test_an_early_day_says_so(world: World) -> None:
    world.daily = FakeAnswer.of([])
    today = await world.library.today()
    assert (today.papers, today.empty_because, today.day) == ((), EmptyReason.EARLY, FRIDAY)


async def test_a_weekend_says_so(world: World) -> None:
    world.daily = FakeAnswer.of([])
    world.clock.move_to(NOON + timedelta(days=1))
    assert (await world.library.today()).empty_because is EmptyReason.WEEKEND


async def test_with_the_source_down_todays_list_is_shown_with_its_age(world: World) -> None:
    await world.library.today()
    world.go_down()
    world.clock.advance(3600)
    today = await world.library.today()
    assert (len(today.papers), today.stale, today.fetched_at, today.day) == (2, True, NOON, FRIDAY)


async def test_a_list_of_a_clock_that_was_ahead_is_not_taken_for_fresh(world: World) -> None:
    world.clock.set_to(NOON + timedelta(hours=3))
    await world.library.today()
    world.clock.set_to(NOON)
    world.go_down()
    world.clock.advance(61)
    assert (await world.library.today()).stale


async def test_with_the_source_down_on_a_new_day_the_newest_list_is_shown(world: World) -> None:
    await world.library.today()
    world.go_down()
    world.clock.advance(3 * 24 * 3600)
    today = await world.library.today()
    assert (len(today.papers), today.stale, today.day) == (2, True, FRIDAY)


async def test_with_the_source_down_an_early_glance_is_not_taken_for_the_day(world: World) -> None:
    await world.library.day(FRIDAY - timedelta(days=1))
    world.daily = FakeAnswer.of([])
    await world.library.today()
    world.go_down()
    world.clock.advance(3600)
    today = await world.library.today()
    assert (len(today.papers), today.stale, today.day) == (2, True, FRIDAY - timedelta(days=1))


async def test_with_the_source_down_and_nothing_known_the_error_is_the_sources(world: World) -> None:
    world.go_down()
    with pytest.raises(SourceUnavailable, match="does not answer"):
        await world.library.today()
    with pytest.raises(SourceUnavailable):
        await world.library.day(FRIDAY)
    with pytest.raises(SourceUnavailable):
        await world.library.trending()


async def test_a_rate_limit_is_met_with_the_last_list_too(world: World) -> None:
    await world.library.today()
    world.daily = RateLimited("patience", retry_after=240)
    world.clock.advance(3600)
    assert (await world.library.today()).stale


async def test_an_answer_from_the_cache_is_stale_and_not_kept(world: World) -> None:
    world.daily = FakeAnswer(FakeAnswer.of([entry(1)]).body, stale=True)
    today = await world.library.today()
    assert (today.stale, len(today.papers)) == (True, 1)
    assert await world.papers.load_list("day:2026-07-10") is None


async def test_a_weekend_needs_no_source_to_be_empty(world: World) -> None:
    world.go_down()
    saturday = await world.library.day(date(2026, 7, 4))
    assert (saturday.papers, saturday.empty_because) == ((), EmptyReason.WEEKEND)


@pytest.mark.parametrize(("day", "words"), [(FRIDAY + timedelta(days=1), "lies ahead"), (date(2023, 5, 3), "begin on")])
async def test_a_day_without_any_list_is_refused(world: World, day: date, words: str) -> None:
    for ask in (world.library.day, world.library.week):
        with pytest.raises(BadInput, match=words):
            await ask(day)
    assert world.fetcher.requests == []


async def test_a_week_is_known_by_its_monday(world: World) -> None:
    week = await world.library.week(FRIDAY)
    assert (week.day, week.state) == (date(2026, 7, 6), ListState.FILLING)
    assert "week=2026-W28" in world.fetcher.requests[0]
    assert await world.papers.load_list("week:2026-W28") is not None


async def test_the_trending_list_is_kept_for_bad_times(world: World) -> None:
    await world.library.trending()
    world.go_down()
    world.clock.advance(3600)
    trending = await world.library.trending()
    assert (len(trending.papers), trending.stale) == (2, True)


async def test_upvotes_of_every_sighting_are_remembered(world: World) -> None:
    await world.library.today()
    world.clock.advance(7200)
    world.daily = FakeAnswer.of([entry(2, upvotes=9)])
    await world.library.today()
    rises = await world.papers.rises(["2607.00002"], NOON)
    assert rises["2607.00002"].gained == 7


async def test_a_paper_comes_from_hugging_face_with_what_was_known_before(world: World) -> None:
    await world.library.day(FRIDAY)
    world.known["2607.00002"] = FakeAnswer.of({"id": "2607.00002", "title": "Title 2", "summary": "New."})
    paper = await world.library.paper(PaperReference("2607.00002"))
    assert (paper.abstract, paper.listed, paper.upvotes) == ("New.", FRIDAY, 2)


async def test_the_version_asked_for_is_kept(world: World) -> None:
    world.arxiv = atom("1706.01234")
    assert (await world.library.paper(PaperReference("1706.01234", 3))).version == 3
    assert (await world.library.paper(PaperReference("1706.01234"))).version == 1


async def test_a_paper_that_hugging_face_does_not_know_comes_from_arxiv(world: World) -> None:
    world.arxiv = atom("1706.01234")
    assert (await world.library.paper(PaperReference("1706.01234"))).title == "On 1706.01234"
    assert await world.papers.get("1706.01234") is not None


async def test_a_paper_that_nobody_knows_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match=r"There is no paper 1706\.01234"):
        await world.library.paper(PaperReference("1706.01234"))


async def test_a_paper_of_this_month_may_not_be_listed_yet(world: World) -> None:
    paper_id = f"{world.clock.now():%y%m}.04321"
    with pytest.raises(NotFound, match="yet"):
        await world.library.paper(PaperReference(paper_id))


async def test_a_paper_that_was_seen_before_is_known_though_no_source_has_it_now(world: World) -> None:
    await world.papers.save([Paper(id="1706.01234", title="On kites")], world.clock.now())
    assert (await world.library.paper(PaperReference("1706.01234"))).title == "On kites"


async def test_an_unknown_paper_with_a_source_down_is_no_verdict(world: World) -> None:
    world.arxiv = SourceUnavailable("arXiv does not answer.")
    with pytest.raises(SourceUnavailable, match="arXiv"):
        await world.library.paper(PaperReference("1706.01234"))


async def test_with_hugging_face_down_a_known_paper_comes_from_the_store(world: World) -> None:
    await world.library.today()
    world.go_down()
    assert (await world.library.paper(PaperReference("2607.00002"))).title == "Title 2"


async def test_with_hugging_face_down_an_unknown_paper_comes_from_arxiv(world: World) -> None:
    world.go_down()
    world.arxiv = atom("2607.00009")
    assert (await world.library.paper(PaperReference("2607.00009"))).title == "On 2607.00009"


async def test_with_arxiv_down_a_paper_known_from_there_comes_from_the_store(world: World) -> None:
    world.arxiv = atom("1706.01234")
    await world.library.paper(PaperReference("1706.01234"))
    world.arxiv = DOWN
    assert (await world.library.paper(PaperReference("1706.01234"))).title == "On 1706.01234"


async def test_several_papers_come_in_order_and_only_unknown_ones_are_asked_for(world: World) -> None:
    await world.library.today()
    world.arxiv = atom("1706.01234")
    papers = await world.library.papers(["2607.00001", "1706.01234", "2607.00002", "1706.09999"])
    assert [paper.id for paper in papers] == ["2607.00001", "1706.01234", "2607.00002"]
    assert "id_list=1706.01234%2C1706.09999" in world.fetcher.requests[-1]


async def test_several_papers_are_as_many_as_are_known_while_arxiv_is_down(world: World) -> None:
    await world.library.today()
    world.go_down()
    assert [paper.id for paper in await world.library.papers(["1706.01234", "2607.00001"])] == ["2607.00001"]


async def test_search_fuses_what_both_find(world: World) -> None:
    await world.library.today()
    world.found = FakeAnswer.of([entry(7), entry(1)])
    result = await world.library.search("Title 1", limit=3)
    assert result.source_answered
    assert result.papers[0].id == "2607.00001"
    assert {paper.id for paper in result.papers} == {"2607.00001", "2607.00002", "2607.00007"}


async def test_search_says_when_it_had_only_the_store(world: World) -> None:
    await world.library.today()
    world.go_down()
    result = await world.library.search("Title")
    assert (len(result.papers), result.source_answered) == (2, False)


async def test_an_empty_search_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="what to search for"):
        await world.library.search("  ")


class FullDisk(FakePapers):
    """A store that can be read and not written."""

    async def save(self, papers: Iterable[Paper], seen_at: datetime) -> None:
        raise StoreError("The disk is full.")

    async def save_list(self, key: str, papers: PaperList) -> None:
        raise StoreError("The disk is full.")

    async def get_many(self, paper_ids: Sequence[str]) -> list[Paper]:
        return []


async def test_what_was_fetched_is_shown_even_if_it_cannot_be_kept() -> None:
    world = World(FullDisk())
    world.known["2607.00001"] = FakeAnswer.of({"id": "2607.00001", "title": "Title 1"})
    assert len((await world.library.today()).papers) == 2
    assert (await world.library.paper(PaperReference("2607.00001"))).title == "Title 1"
