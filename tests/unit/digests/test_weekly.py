"""The round-up of a week: what rose, and what it was about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.digests.codec import dump, load
from bot.digests.composing import Composer
from bot.digests.model import DeliveryState, Digest, Kind, Part
from bot.digests.plainer import plainer
from bot.documents.model import Bars, Bullets, Document, Footnote, Image, Paragraph
from bot.documents.plain import plain_document
from tests.composing import CHANNEL, FRIDAY, SLOT, THURSDAY, World, entry, root_of
from tests.digests import wish

WEEKLY = replace(SLOT, kind=Kind.WEEKLY, day=date(2026, 7, 6))
WEEK = (THURSDAY, FRIDAY)
WEEK_BEFORE = THURSDAY - timedelta(days=7)


@pytest.fixture
def world() -> World:
    return World()


async def _round_up(world: World, **wishes: object) -> Digest:
    return await world.compose(wish(CHANNEL, kind=Kind.WEEKLY, **wishes), WEEKLY, WEEK)


def _chart(digest: Digest) -> Image:
    return next(block for block in digest.parts[0].document.blocks if isinstance(block, Image))


async def _vote(world: World, at: datetime, upvotes: int, number: int = 2) -> None:
    """Let the bot see Friday's list at that time, with that many upvotes for one of its papers."""
    world.clock.move_to(at)
    paper = world.lists[FRIDAY][number - 1]["paper"]
    assert isinstance(paper, dict)
    paper["upvotes"] = upvotes
    await world.compose()


async def test_papers_that_won_votes_after_their_list_was_complete(world: World) -> None:
    await _vote(world, datetime(2026, 7, 10, 20, tzinfo=UTC), 3)
    await _vote(world, datetime(2026, 7, 11, 1, tzinfo=UTC), 10)  # half an hour before it is complete
    await _vote(world, datetime(2026, 7, 13, 7, tzinfo=UTC), 41)
    root = root_of(await _round_up(world))
    assert "Rose after they were posted\n\n- Agents ashore (" in root
    assert "31 more upvotes since 11 July 2026, now 41" in root


async def test_votes_are_counted_from_when_this_channel_saw_the_paper(world: World) -> None:
    for at, upvotes in ((11, 10), (12, 25), (13, 41)):
        await _vote(world, datetime(2026, 7, at, 1, tzinfo=UTC), upvotes)
    posted, seen = Part(1, Document(), "2607.00002"), datetime(2026, 7, 12, 5, tzinfo=UTC)
    await world.store.deliveries.mark(SLOT, posted, DeliveryState.SENT, seen)
    assert "16 more upvotes since 12 July 2026, now 41" in root_of(await _round_up(world))


async def test_muted_papers_do_not_rise(world: World) -> None:
    await _vote(world, datetime(2026, 7, 11, 1, tzinfo=UTC), 3)
    await _vote(world, datetime(2026, 7, 13, 7, tzinfo=UTC), 41)
    assert "Rose after" not in root_of(await _round_up(world, muted=("agents",)))


async def test_topics_beside_those_of_the_week_before(world: World) -> None:
    world.lists[WEEK_BEFORE] = [entry(7, "Robots on land"), entry(8, "More robots"), entry(9, "Agents")]
    chart = _chart(await _round_up(world))
    assert chart.bars == Bars(
        ("Week of 9 July: 4 papers", "Week of 2 July: 3"),
        (("Agents", (1, 1)), ("Robots", (1, 2)), ("Benchmarks", (1, 0))),
    )
    assert chart.data == b"a picture"
    assert chart.alt.endswith("Agents 1 (before: 1), Robots 1 (before: 2), Benchmarks 1 (before: 0).")


async def test_topics_alone_where_the_week_before_cannot_be_had(world: World) -> None:
    world.lists[WEEK_BEFORE] = []
    world.down = {WEEK_BEFORE}
    chart = _chart(await _round_up(world))
    assert chart.bars is not None
    assert chart.bars.series == ("Week of 9 July: 4 papers",)


async def test_figures_are_there_for_scripts(world: World) -> None:
    data = (await _round_up(world)).parts[0].document.data
    assert isinstance(data, dict)
    assert data["topics"][0] == {"topic": "Agents", "papers": 1, "week_before": None}
    assert data["risers"] == []


async def test_chart_that_cannot_be_drawn_leaves_its_figures(world: World) -> None:
    async def broken(title: str, bars: Bars) -> bytes:
        raise RuntimeError("no fonts")

    store = world.store
    composer = Composer(
        world.library, world.summarizer, store.papers, store.deliveries, world.clock, offers=(), draw=broken
    )
    chart = _chart(await composer.compose(wish(CHANNEL, kind=Kind.WEEKLY), WEEKLY, WEEK))
    assert (chart.data, bool(chart.bars)) == (None, True)


async def test_round_up_thaws_as_it_was_frozen(world: World) -> None:
    digest = await _round_up(world)
    assert load(dump(digest)) == digest


async def test_daily_digest_has_no_chart(world: World) -> None:
    digest = await world.compose()
    assert not [block for block in digest.parts[0].document.blocks if isinstance(block, Image)]


async def test_round_up_in_its_plainest_form_says_as_much(world: World) -> None:
    world.down = {THURSDAY}
    plain = plainer((await _round_up(world)).parts[0].document)
    assert {type(block) for block in plain.blocks} <= {Paragraph, Bullets, Footnote}
    told = plain_document(plain)
    assert all(words in told for words in ("3 papers that week", "Robots at sea", "Bar chart. ", "Without the list"))
