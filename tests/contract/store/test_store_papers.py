"""The contract of `PaperRepository`: papers, lists and rises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.papers.model import Artifact, EmptyReason, ListState, Paper, Rise
from tests.contract.store.kinds import DAY, NOON, Store, listed, paper

HOUR = timedelta(hours=1)

WHOLE = Paper(
    id="2607.01234",
    title="On ε-greedy résumés",
    abstract="We measure 42 % fewer errors.",
    authors=("Ada Müller", "李 明"),
    version=2,
    published=date(2026, 7, 8),
    listed=DAY,
    upvotes=31,
    comments=4,
    repository="https://github.com/example/greedy",
    stars=120,
    project="https://example.org/greedy",
    thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.01234.png",
    organization="Example Lab",
    ai_summary="Fewer errors by greed.",
    keywords=("greed", "résumés"),
    artifacts=(Artifact("model", "example/greedy-7b"), Artifact("space", "example/demo")),
    withdrawn=True,
)


async def test_unknown_paper_is_none(store: Store) -> None:
    assert await store.papers.get("2607.99999") is None


async def test_paper_comes_back_whole(store: Store) -> None:
    await store.papers.save([WHOLE], NOON)
    assert await store.papers.get(WHOLE.id) == WHOLE


async def test_newer_sighting_that_says_nothing_wipes_nothing(store: Store) -> None:
    await store.papers.save([WHOLE], NOON)
    await store.papers.save([Paper(id=WHOLE.id, title="")], NOON + HOUR)
    assert await store.papers.get(WHOLE.id) == WHOLE


async def test_newer_sighting_wins_where_it_speaks(store: Store) -> None:
    await store.papers.save([WHOLE], NOON)
    await store.papers.save([paper(WHOLE.id, "New title", upvotes=0, authors=("Ada Müller",))], NOON + HOUR)
    known = await store.papers.get(WHOLE.id)
    assert known is not None
    assert (known.title, known.upvotes, known.authors, known.stars) == ("New title", 0, ("Ada Müller",), 120)


async def test_older_sighting_only_fills_gaps(store: Store) -> None:
    await store.papers.save([paper(upvotes=9)], NOON)
    await store.papers.save([paper(upvotes=3, comments=2)], NOON - HOUR)
    known = await store.papers.get("2607.00001")
    assert known is not None
    assert (known.upvotes, known.comments) == (9, 2)


async def test_sighting_by_a_clock_that_was_ahead_gives_way(store: Store) -> None:
    now = datetime.now(UTC)
    await store.papers.save([paper(upvotes=9)], now + 3 * HOUR)
    await store.papers.save([paper(upvotes=10)], now)
    await store.papers.save([paper(upvotes=8)], now - HOUR)
    [known] = await store.papers.get_many([paper().id])
    assert known.upvotes == 10


async def test_one_paper_twice_in_a_sighting_is_one(store: Store) -> None:
    await store.papers.save([paper(upvotes=1), paper(comments=2)], NOON)
    assert await store.papers.count() == 1
    assert await store.papers.get("2607.00001") == paper(upvotes=1, comments=2)


async def test_nothing_to_save_is_no_fault(store: Store) -> None:
    await store.papers.save([], NOON)
    assert await store.papers.count() == 0


async def test_many_come_in_the_order_asked_for(store: Store) -> None:
    papers = [paper(f"2607.{number:05}") for number in range(1_200)]
    await store.papers.save(papers, NOON)
    backwards = [known.id for known in reversed(papers)]
    found = await store.papers.get_many([*backwards, "2607.99999"])
    assert [known.id for known in found] == backwards


@pytest.mark.parametrize("text", ["NUL \x00 inside", "half a pair \ud83d", "quote ' and \\", "🎉" * 50])
async def test_any_text_can_be_stored(store: Store, text: str) -> None:
    await store.papers.save([paper(title=text, abstract=text, authors=(text,), keywords=(text,))], NOON)
    known = await store.papers.get("2607.00001")
    assert known is not None
    assert known.title[:3] == text[:3]


async def test_unknown_list_is_none(store: Store) -> None:
    assert await store.papers.load_list("trending") is None


async def test_list_keeps_its_order_and_its_state(store: Store) -> None:
    ranked = listed(paper("3"), paper("1"), paper("2"), state=ListState.FILLING, stale=True)
    await store.papers.save_list("day:2026-07-10", ranked)
    assert await store.papers.load_list("day:2026-07-10") == ranked


async def test_list_shows_what_is_known_by_now(store: Store) -> None:
    await store.papers.save_list("trending", listed(paper(upvotes=1)))
    await store.papers.save([paper(upvotes=5)], NOON + HOUR)
    known = await store.papers.load_list("trending")
    assert known is not None
    assert known.papers[0].upvotes == 5


async def test_newer_list_replaces_the_older(store: Store) -> None:
    await store.papers.save_list("trending", listed(paper("1"), paper("2"), paper("3")))
    await store.papers.save_list("trending", listed(paper("2"), at=NOON + HOUR))
    assert await store.papers.load_list("trending") == listed(paper("2"), at=NOON + HOUR)


async def test_empty_list_keeps_its_reason(store: Store) -> None:
    empty = listed(empty_because=EmptyReason.WEEKEND)
    await store.papers.save_list("day:2026-07-11", empty)
    assert await store.papers.load_list("day:2026-07-11") == empty


async def test_instants_come_back_in_utc(store: Store) -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    await store.papers.save_list("trending", listed(paper(), at=tokyo))
    known = await store.papers.load_list("trending")
    assert known is not None
    assert (known.fetched_at, known.fetched_at.utcoffset()) == (NOON, timedelta(0))


async def test_latest_day_skips_empty_lists_and_other_keys(store: Store) -> None:
    await store.papers.save_list("day:2026-07-08", listed(paper("1"), day=date(2026, 7, 8)))
    await store.papers.save_list("day:2026-07-09", listed(day=date(2026, 7, 9)))
    await store.papers.save_list("trending", listed(paper("2"), day=date(2026, 7, 9)))
    await store.papers.save_list("day:2026-07-10", listed(paper("3"), day=DAY))
    latest = await store.papers.latest_day(DAY)
    assert latest is not None
    assert latest.day == date(2026, 7, 8)


async def test_latest_day_of_an_empty_store_is_none(store: Store) -> None:
    assert await store.papers.latest_day(DAY) is None


async def _seen(store: Store, hours: float, upvotes: int | None) -> None:
    at = NOON + hours * HOUR
    await store.papers.save_list("day:2026-07-10", listed(paper(upvotes=upvotes), at=at))


async def test_rise_counts_from_the_last_sighting_before(store: Store) -> None:
    for hours, upvotes in ((0, 10), (2, 15), (5, 40)):
        await _seen(store, hours, upvotes)
    rises = await store.papers.rises(["2607.00001"], NOON + 3 * HOUR)
    assert rises == {"2607.00001": Rise(before=15, now=40, since=NOON + 2 * HOUR)}


async def test_rise_counts_from_the_first_sighting_else(store: Store) -> None:
    await _seen(store, 0, 10)
    await _seen(store, 2, 15)
    rises = await store.papers.rises(["2607.00001"], NOON - HOUR)
    assert rises == {"2607.00001": Rise(before=10, now=15, since=NOON)}


async def test_one_snapshot_an_hour_the_newest(store: Store) -> None:
    for hours, upvotes in ((0, 10), (0.5, 12), (0.25, 11)):
        await _seen(store, hours, upvotes)
    rises = await store.papers.rises(["2607.00001"], NOON)
    assert rises == {"2607.00001": Rise(before=12, now=12, since=NOON + HOUR / 2)}


async def test_no_rise_without_votes(store: Store) -> None:
    await _seen(store, 0, None)
    assert await store.papers.rises(["2607.00001", "2607.00002"], NOON) == {}
