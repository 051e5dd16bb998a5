"""Lists as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.request import Final, Place, Progress, Request
from bot.documents.model import Actions, Document, Tone
from bot.documents.plain import plain_document
from bot.errors import StoreError
from bot.testing.store import FakeConversations, FakeStore
from paperwire.bootstrap import demo_parts, open_app
from paperwire.settings import Settings
from tests.unit.chat.conftest import World, cards


def commands(document: Document) -> list[str]:
    """What the document's own buttons stand for."""
    return [action.command for block in document.blocks if isinstance(block, Actions) for action in block.actions]


async def test_progress_is_said_before_anything_is_fetched(world: World) -> None:
    replies = await world.replies("today")
    assert isinstance(replies[0], Progress)


async def test_today_shows_ten_of_twelve_and_the_way_to_the_rest(world: World) -> None:
    document = await world.say("today")
    assert [card.rank for card in cards(document)] == list(range(1, 11))
    assert commands(document) == ["date 2026-07-10 page 2"]


async def test_the_second_page_goes_on_with_the_numbers(world: World) -> None:
    document = await world.say("today page 2")
    assert [card.rank for card in cards(document)] == [11, 12]
    assert commands(document) == []


async def test_top_makes_a_page_of_that_size(world: World) -> None:
    document = await world.say("today top 5")
    assert len(cards(document)) == 5
    assert commands(document) == ["date 2026-07-10 page 2 top 5"]


@pytest.mark.parametrize("line", ["today page 0", "today top 51", "today page 99999999999999999999"])
async def test_a_page_that_cannot_be_is_told_by_its_bounds(world: World, line: str) -> None:
    document = await world.say(line)
    assert "is a number from 1 to" in str(document.data)
    assert document.private


async def test_a_page_after_the_last_is_told(world: World) -> None:
    assert "There is no page 3: this list has 12 papers" in await world.read("today page 3")


async def test_a_list_says_until_when_it_fills(world: World) -> None:
    assert "12 papers by 16:00 UTC; the list fills until 11 July 2026, 01:30 UTC." in await world.read("today")


async def test_a_list_of_the_past_is_final(world: World) -> None:
    assert "3 papers; the list is final." in await world.read("date 2026-07-09")


async def test_yesterday_is_the_list_day_before(world: World) -> None:
    assert "Thursday 9 July 2026" in (await world.say("yesterday")).title


async def test_on_monday_yesterday_is_friday(world: World) -> None:
    world.clock.move_to(datetime(2026, 7, 13, 16, 0, tzinfo=UTC))
    assert "Friday 10 July 2026" in (await world.say("yesterday")).title


async def test_a_weekend_says_why_it_is_empty_and_offers_friday(world: World) -> None:
    world.clock.move_to(datetime(2026, 7, 11, 16, 0, tzinfo=UTC))
    document = await world.say("today")
    assert document.tone is Tone.NOTICE
    assert "at weekends no papers are submitted" in await world.read("today")
    assert commands(document) == ["date 2026-07-10"]


async def test_a_morning_says_that_nothing_is_there_yet(world: World) -> None:
    world.lists["date=2026-07-10"] = []
    assert "Nobody has submitted a paper for this day yet" in await world.read("today")


async def test_a_holiday_is_guessed(world: World) -> None:
    assert "may have been a holiday" in await world.read("date 2026-07-03")


async def test_with_the_source_down_the_last_list_comes_with_its_age(world: World) -> None:
    await world.say("today")
    world.down = True
    world.clock.advance(7200)
    answer = await world.read("today")
    assert "Paper Number 1 on Lighthouses" in answer
    assert "this is as of 10 July 2026, 16:00 UTC" in answer


async def test_with_the_source_down_and_nothing_known_a_sentence_says_so(world: World) -> None:
    world.down = True
    document = await world.say("today")
    assert document.tone is Tone.ERROR
    assert document.private
    assert "does not answer" in str(document.data)


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "10.07.2026", "2026-13-01", "12345678901234567890"])
async def test_what_is_no_day_is_told_with_the_form(world: World, day: str) -> None:
    assert "such as 2026-07-10" in await world.read(f"date {day}")


@pytest.mark.parametrize("day", ["2026-07-11", "9999-12-31", "2019-01-01"])
async def test_a_day_without_a_list_is_told(world: World, day: str) -> None:
    document = await world.say(f"date {day}")
    assert document.private
    assert "list" in str(document.data)


async def test_the_week_is_named_by_its_days(world: World) -> None:
    assert (await world.say("week")).title == "Top papers of the week · 6 July to 12 July 2026"


async def test_with_the_source_down_the_newest_week_there_is_comes_with_its_age(world: World) -> None:
    await world.say("week")
    world.down = True
    world.clock.move_to(datetime(2026, 7, 21, 16, 0, tzinfo=UTC))
    answer = await world.read("week")
    assert "6 July to 12 July 2026" in answer
    assert "this is as of 10 July 2026, 16:00 UTC" in answer


async def test_with_the_source_down_and_no_week_known_a_sentence_says_so(world: World) -> None:
    world.down = True
    assert "does not answer" in await world.read("week")


async def test_trending_is_called_by_its_name(world: World) -> None:
    document = await world.say("trending")
    assert document.title == "Trending on Hugging Face now"
    assert [card.paper_id for card in cards(document)] == ["2607.00005", "2607.00021"]


async def test_a_rise_is_shown_with_its_time(world: World) -> None:
    await world.say("today")
    world.lists["date=2026-07-10"][0]["paper"]["upvotes"] = 130  # type: ignore[index]
    world.clock.advance(5 * 3600)
    assert "130 upvotes (+31 in 5 h)" in await world.read("today")


async def test_the_json_form_tells_the_list_and_its_papers(world: World) -> None:
    data = (await world.say("today top 1")).data
    assert isinstance(data, dict)
    papers = data.pop("papers")
    assert data == {
        "list": "date",
        "day": "2026-07-10",
        "state": "filling",
        "closes_at": "2026-07-11T01:30:00+00:00",
        "fetched_at": "2026-07-10T16:00:00+00:00",
        "stale": False,
        "empty_because": None,
        "total": 12,
        "page": 1,
        "note": None,
    }
    assert papers[0]["id"] == "2607.00001"
    assert papers[0]["summary"]["source"] == "abstract"


class Forgetful(FakeConversations):
    """Conversations in a store that cannot be written."""

    async def show_list(
        self, place: Place, paper_ids: Sequence[str], at: datetime, *, user: str = "", alone: bool = False
    ) -> bool:
        """Fail."""
        raise StoreError("The database is locked.")


@pytest.mark.parametrize(("runs_bot", "why"), [(True, "The database is locked."), (False, StoreError().sentence)])
async def test_a_list_whose_numbers_cannot_be_kept_is_shown_and_says_so(runs_bot: bool, why: str) -> None:
    parts = replace(demo_parts(), store=FakeStore(conversations=Forgetful()))
    async with open_app(Settings.model_validate({}), parts) as app:
        request = Request(place=Place("test:1", "c"), user="u1", text="today", runs_bot=runs_bot)
        *_, last = [reply async for reply in app.engine.handle(app.engine.parse(request))]
    assert isinstance(last, Final)
    assert cards(last.document)
    assert f"cannot be used, only ids: {why}" in plain_document(last.document)
