"""What a digest says once it can have what it lacked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.digests.codec import dump, load
from bot.digests.model import DeliveryState, Part
from bot.documents.model import Document, Footnote, Span
from tests.composing import CHANNEL, FRIDAY, SLOT, THURSDAY, World, entry, root_of, titles
from tests.digests import wish

SLOW = "The model does not answer."


@pytest.fixture
def world() -> World:
    return World()


async def test_whole_digest_lacks_nothing(world: World) -> None:
    digest = await world.compose()
    assert digest.gaps is None
    assert await world.complete(digest) is digest


async def test_summaries_take_the_place_of_lesser_ones(world: World) -> None:
    world.summarizer.degraded = SLOW
    digest = await world.compose()
    assert SLOW in root_of(digest)
    world.summarizer.degraded = None
    newer = await world.complete(digest)
    assert (newer.revision, newer.gaps, newer.missing) == (1, None, "")
    assert SLOW not in root_of(newer)
    assert {part.document.blocks[0].line for part in newer.parts[1:]} == {"One line."}  # type: ignore[union-attr]
    assert titles(newer) == titles(digest)
    assert load(dump(newer)) == newer


async def test_model_that_stays_away_changes_nothing(world: World) -> None:
    world.summarizer.degraded = SLOW
    digest = await world.compose()
    assert await world.complete(digest) is digest


async def test_summaries_that_are_there_are_not_asked_for_again(world: World) -> None:
    world.down = {FRIDAY}
    digest = await world.compose()
    world.down, world.summarizer.asked = set(), []
    await world.complete(digest)
    assert sorted(world.summarizer.asked) == ["2607.00001", "2607.00002", "2607.00003"]


async def test_papers_of_a_list_that_was_away_follow(world: World) -> None:
    world.down = {FRIDAY}
    digest = await world.compose()
    world.down = set()
    newer = await world.complete(digest)
    assert titles(newer) == ["Old lighthouses", "Robots at sea", "Agents ashore", "A benchmark of buoys"]
    assert [part.number for part in newer.parts] == [0, 1, 2, 3, 4]
    assert "3 more papers came later" in root_of(newer)
    assert "Without the list" not in root_of(newer)
    assert (digest.through, newer.through) == (THURSDAY, FRIDAY)


async def test_late_papers_follow_if_they_would_have_been_among_the_first(world: World) -> None:
    world.down = {FRIDAY}
    few = wish(CHANNEL, top=2)
    digest = await world.compose(few)
    assert titles(digest) == ["Old lighthouses"]
    world.down = set()
    await world.clock.sleep(61)
    newer = await world.composer.complete(few, digest, (THURSDAY, FRIDAY))
    assert titles(newer) == ["Old lighthouses", "Robots at sea", "Agents ashore"]


async def test_list_that_stays_away_changes_nothing(world: World) -> None:
    world.down = {FRIDAY}
    digest = await world.compose()
    assert await world.complete(digest) is digest


async def test_papers_that_joined_an_old_list_follow(world: World) -> None:
    world.clock.move_to(datetime(2026, 7, 10, 20, tzinfo=UTC))  # the list is still filling
    await world.compose()
    world.clock.move_to(datetime(2026, 7, 11, 7, tzinfo=UTC))
    world.down = {FRIDAY}
    digest = await world.compose()
    assert "the list is as of" in root_of(digest)
    lacking = digest.parts[0].document.blocks[-1]
    assert isinstance(lacking, Footnote)
    assert lacking.text[-1] == Span(".")
    world.down = set()
    world.lists[FRIDAY].append(entry(5, "A late whale"))
    newer = await world.complete(digest)
    assert titles(newer)[len(titles(digest)) :] == ["A late whale"]
    assert "the list is as of" not in root_of(newer)


async def test_old_copy_of_a_list_that_was_complete_lacks_nothing(world: World) -> None:
    await world.compose()
    await world.clock.sleep(61)
    world.down = {FRIDAY}
    assert (await world.compose()).gaps is None


async def test_notice_gives_way_to_papers(world: World) -> None:
    world.down = {FRIDAY}
    await world.store.deliveries.mark(SLOT, Part(1, Document(), "2607.00004"), DeliveryState.SENT, datetime.now(UTC))
    digest = await world.compose()
    world.down = set()
    newer = await world.complete(digest)
    assert "3 new papers" in root_of(newer)
    assert len(newer.parts) == 4


async def test_notice_of_an_old_list_without_papers_says_so_and_gives_way(world: World) -> None:
    papers, world.lists[FRIDAY] = world.lists[FRIDAY], []
    world.clock.move_to(datetime(2026, 7, 10, 6, tzinfo=UTC))  # nobody has submitted anything yet
    await world.compose(days=(FRIDAY,))
    world.clock.move_to(datetime(2026, 7, 11, 7, tzinfo=UTC))
    world.down = {FRIDAY}
    digest = await world.compose(days=(FRIDAY,))
    assert "nothing new to show yet" in root_of(digest)
    assert "the list is as of" in root_of(digest)
    world.down, world.lists[FRIDAY] = set(), papers
    assert titles(await world.complete(digest, (FRIDAY,))) == ["Robots at sea", "Agents ashore", "A benchmark of buoys"]
