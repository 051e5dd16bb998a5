"""What a digest says, and what it says it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.digests.codec import dump, load
from bot.digests.model import DeliveryState, Kind, Part
from bot.documents.model import Card, Document
from bot.documents.plain import plain_document
from bot.errors import Transient
from tests.composing import CHANNEL, FRIDAY, SLOT, THURSDAY, World, root_of, titles
from tests.digests import wish


@pytest.fixture
def world() -> World:
    return World()


async def test_a_root_and_a_part_a_paper_most_upvoted_first(world: World) -> None:
    digest = await world.compose()
    assert titles(digest) == ["Robots at sea", "Agents ashore", "A benchmark of buoys", "Old lighthouses"]
    assert digest.title == "Papers of Friday 10 July 2026"
    assert "4 new papers" in root_of(digest)
    assert (digest.missing, digest.through) == ("", FRIDAY)


async def test_wishes_of_the_channel_are_kept_and_told(world: World) -> None:
    digest = await world.compose(wish(CHANNEL, muted=("benchmark",), top=2))
    assert titles(digest) == ["Robots at sea", "Agents ashore"]
    assert "1 on muted topics, 1 further down" in root_of(digest)


async def test_every_paper_brings_two_starter_questions(world: World) -> None:
    card = (await world.compose()).parts[1].document.blocks[0]
    assert isinstance(card, Card)
    assert [action.command.split()[0] for action in card.actions[:2]] == ["ask", "ask"]


async def test_papers_that_were_posted_do_not_come_again(world: World) -> None:
    await world.store.deliveries.mark(SLOT, Part(1, Document(), "2607.00001"), DeliveryState.SENT, datetime.now(UTC))
    assert "Robots at sea" not in titles(await world.compose())
    weekly = await world.compose(wish(CHANNEL, kind=Kind.WEEKLY), replace(SLOT, kind=Kind.WEEKLY))
    assert "Robots at sea" in titles(weekly)


async def test_list_that_cannot_be_had_is_named_and_comes_next_time(world: World) -> None:
    world.down = {FRIDAY}
    digest = await world.compose()
    assert titles(digest) == ["Old lighthouses"]
    assert "Without the list of Friday 10 July 2026" in root_of(digest)
    assert digest.through == THURSDAY


async def test_no_list_at_all_is_worth_another_try(world: World) -> None:
    world.down = {FRIDAY, THURSDAY}
    with pytest.raises(Transient):
        await world.compose()


async def test_worse_summaries_are_told(world: World) -> None:
    world.summarizer.degraded = "The model does not answer."
    assert (await world.compose()).missing == "The model does not answer."


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 7, 11), "at weekends"), (date(2026, 7, 13), "at weekends"), (date(2026, 7, 15), "since the last")],
)
async def test_notice_says_why_there_is_nothing(world: World, day: date, words: str) -> None:
    digest = await world.compose(slot=replace(SLOT, day=day, notice=True), days=())
    assert digest.is_notice
    assert words in root_of(digest)


async def test_frozen_digest_is_the_same_thawed(world: World) -> None:
    digest = await world.compose()
    assert load(dump(digest)) == digest


async def test_notice_of_a_list_that_is_missing_says_so(world: World) -> None:
    world.down = {FRIDAY}
    await world.store.deliveries.mark(SLOT, Part(1, Document(), "2607.00004"), DeliveryState.SENT, datetime.now(UTC))
    digest = await world.compose()
    assert digest.is_notice
    assert "Without the list of Friday 10 July 2026" in root_of(digest)


async def test_models_datasets_and_spaces_stand_below_their_paper(world: World) -> None:
    names = [{"id": f"lab/robot-{number}"} for number in range(4)]
    world.linked["2607.00001"] = {"linkedModels": names, "linkedSpaces": [{"id": "lab/demo"}]}
    digest = await world.compose()
    below = plain_document(digest.parts[1].document).splitlines()[-1]
    assert below.startswith("Models: lab/robot-0 (https://huggingface.co/lab/robot-0), lab/robot-1 (")
    assert below.endswith(" and 2 more · Space: lab/demo (https://huggingface.co/spaces/lab/demo)")
    assert "Models" not in plain_document(digest.parts[2].document)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({}, "4 new papers."),
        ({"top": 2}, "4 new papers; the 2 most upvoted follow."),
        ({"top": 1}, "4 new papers; the most upvoted one follows."),
        ({"kind": Kind.WEEKLY}, "4 papers that week."),
    ],
)
async def test_how_many_papers_there_are_is_said_in_one_sentence(
    world: World, wishes: dict[str, Any], words: str
) -> None:
    slot = replace(SLOT, kind=wishes.get("kind", Kind.DAILY))
    assert words in root_of(await world.compose(wish(CHANNEL, **wishes), slot)).splitlines()


async def test_first_message_tells_votes_their_rise_and_topics(world: World) -> None:
    await world.compose()
    await world.clock.sleep(7 * 3600)
    paper = world.lists[FRIDAY][1]["paper"]
    assert isinstance(paper, dict)
    paper["upvotes"] = 46
    lines = root_of(await world.compose(wish(CHANNEL, topics=("agents", "lighthouse")))).splitlines()
    assert lines[4].endswith("/2607.00002) (46 upvotes, +28 in 7 h; about agents)")
    assert lines[5].endswith("/2607.00004) (16 upvotes; about lighthouse)")
