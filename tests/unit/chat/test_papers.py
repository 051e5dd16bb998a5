"""One paper, its neighbours, and a reading list."""

from __future__ import annotations

import pytest

from bot.chat.request import Place
from bot.documents.model import Actions, Tone
from tests.unit.chat.conftest import World, cards


@pytest.mark.parametrize("word", ["#3", "2607.00003", "https://arxiv.org/pdf/2607.00003v1", "#03"])
async def test_a_paper_is_found_by_number_id_and_link(world: World, word: str) -> None:
    await world.say("today")
    [card] = cards(await world.say(f"show {word}"))
    assert card.paper_id == "2607.00003"
    assert "It shines over 6 miles" in card.body


async def test_a_number_reaches_beyond_the_page_shown(world: World) -> None:
    await world.say("today")
    assert cards(await world.say("show #12"))[0].paper_id == "2607.00012"


async def test_a_number_without_a_list_says_how_to_get_one(world: World) -> None:
    assert "No list has been shown here yet" in await world.read("show #3")


async def test_a_number_beyond_the_list_says_how_long_it_is(world: World) -> None:
    await world.say("today")
    assert "the list that numbers mean here has 12 papers." in await world.read("show #13")
    await world.say("save #1")
    await world.say("saved")
    assert "the list that numbers mean here has 1 paper." in await world.read("show #2")


async def test_numbers_are_of_the_place_they_were_shown_in(world: World) -> None:
    await world.say("today", Place("test:1", "elsewhere"))
    assert "No list has been shown here yet" in await world.read("show #1")


async def test_a_thread_without_a_list_goes_by_its_channels(world: World) -> None:
    await world.say("today")
    [card] = cards(await world.say("show #3", Place("test:1", "c", "thread")))
    assert card.paper_id == "2607.00003"


async def test_an_unknown_id_is_told_apart_from_a_source_that_is_down(world: World) -> None:
    assert "There is no paper 2601.99999" in await world.read("show 2601.99999")
    world.down = True
    assert "does not answer" in await world.read("show 2601.99999")


@pytest.mark.parametrize("word", ["https://example.com/1", "arxiv", "99.99", "#0", "#", "https://arxiv.org/abs/"])
async def test_what_names_no_paper_is_told(world: World, word: str) -> None:
    document = await world.say(f"show {word}")
    assert document.tone is Tone.NOTICE
    assert document.private


async def test_a_paper_links_to_where_it_can_be_read(world: World) -> None:
    document = await world.say("show 2607.00003")
    [row] = [block for block in document.blocks if isinstance(block, Actions)]
    assert [action.url for action in row.actions] == [
        "https://huggingface.co/papers/2607.00003",
        "https://arxiv.org/abs/2607.00003",
        "https://arxiv.org/pdf/2607.00003",
        "https://github.com/example/lighthouse",
    ]


async def test_similar_papers_leave_out_the_paper_itself(world: World) -> None:
    await world.say("today")
    found = [card.paper_id for card in cards(await world.say("similar 2607.00003"))]
    assert found
    assert "2607.00003" not in found


async def test_nothing_similar_is_said(world: World) -> None:
    assert "No known paper is on the same subject yet" in await world.read("similar 2607.00021")


async def test_a_saved_paper_stands_on_the_list_until_it_is_taken_off(world: World) -> None:
    assert "is on your reading list now" in await world.read("save 2607.00003")
    assert "is on your reading list already" in await world.read("save 2607.00003")
    assert [card.paper_id for card in cards(await world.say("saved"))] == ["2607.00003"]
    assert "is off your reading list" in await world.read("unsave 2607.00003")
    assert "Your reading list is empty" in await world.read("saved")


async def test_a_reading_list_is_private_and_renumbers_nothing_in_a_channel(world: World) -> None:
    await world.say("today")
    await world.say("save 2607.00009")
    document = await world.say("saved", direct=False)
    assert document.private
    assert cards(document)[0].rank is None
    assert cards(await world.say("show #1"))[0].paper_id == "2607.00001"


async def test_search_finds_and_numbers(world: World) -> None:
    await world.say("today")
    document = await world.say("search lighthouses 7")
    assert cards(document)[0].paper_id == "2607.00007"
    assert cards(await world.say("show #1"))[0].paper_id == "2607.00007"


async def test_search_without_the_source_says_so(world: World) -> None:
    await world.say("today")
    world.down = True
    assert "from the papers known here alone" in await world.read("search lighthouses")


async def test_a_search_that_finds_nothing_says_so(world: World) -> None:
    assert "No paper was found for “zebra”" in await world.read("search zebra")


async def test_an_empty_search_says_what_is_missing(world: World) -> None:
    assert "needs words to search for" in await world.read("search")


async def test_search_keeps_the_words_page_and_top_where_no_number_follows(world: World) -> None:
    assert "“page layout top down”" in await world.read("search page layout top down")
