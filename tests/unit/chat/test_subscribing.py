"""Digests by command."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands import COMMANDS
from bot.chat.grammar import parse
from bot.chat.request import Final, Place, Request
from bot.digests.model import Edition, EmptyDays, Kind, Subscription, Target
from bot.documents.model import Actions, Card, Document
from bot.documents.plain import plain_document
from tests.unit.chat.conftest import World

HERE = Place("slack:T1", "C1")
EVERYTHING = (
    "subscribe at 17:30 in Asia/Tokyo on mon, wed top 8 about attention in vision, small language models "
    "without benchmarks language de edition live empty days: say"
)


def _read(line: str) -> dict[str, str]:
    understood = parse(line, COMMANDS)
    assert understood is not None
    return dict(understood.values)


async def _wish(world: World, kind: Kind = Kind.DAILY, channel: str = "C1") -> Subscription:
    standing = await world.store.subscriptions.get(Target("slack:T1", channel), kind)
    assert standing is not None
    return standing.subscription


async def _say(world: World, text: str, **fields: object) -> Document:
    request = Request(text=text, **{"place": HERE, "user": "U1", "may_manage": True, **fields})  # type: ignore[arg-type]
    replies = [reply async for reply in world.app.engine.handle(world.app.engine.parse(request))]
    last = replies[-1]
    assert isinstance(last, Final)
    return last.document


def _offered(document: Document) -> list[str]:
    return [action.command for block in document.blocks if isinstance(block, Actions) for action in block.actions]


def test_every_option_is_read() -> None:
    assert _read(EVERYTHING) == {
        "time": "17:30",
        "zone": "Asia/Tokyo",
        "days": "mon, wed",
        "top": "8",
        "about": "attention in vision, small language models",
        "without": "benchmarks",
        "language": "de",
        "edition": "live",
        "empty": "say",
    }


@pytest.mark.parametrize("words", ["top models", "edition of genomes", "weekly weather", "at scale in the wild"])
def test_free_words_of_a_search_stay_as_they_are(words: str) -> None:
    assert _read(f"search {words}") == {"words": words}


@given(
    st.lists(st.sampled_from(["in", "at", "on", "language", "edition", "models", "top", "empty", "days"]), min_size=1)
)
def test_words_of_a_topic_are_no_options(words: list[str]) -> None:
    assert _read(f"subscribe about all {' '.join(words)} things")["about"] == f"all {' '.join(words)} things"


def test_flag_needs_no_value() -> None:
    assert _read("subscribe weekly at 9") == {"weekly": "weekly", "time": "9"}
    assert _read("unsubscribe <#C9|papers> weekly") == {"channel": "<#C9|papers>", "weekly": "weekly"}


async def test_subscribing_with_the_defaults(world: World) -> None:
    said = plain_document(await _say(world, "subscribe", timezone="Europe/Berlin"))
    wish = await _wish(world)
    assert (wish.schedule.at, wish.schedule.zone, wish.owner) == (time(9), "Europe/Berlin", "U1")
    assert "weekdays at 09:00, Europe/Berlin" in said


async def test_subscribing_with_everything(world: World) -> None:
    await _say(world, EVERYTHING)
    wish = await _wish(world)
    assert (wish.top, wish.language, wish.edition, wish.empty_days) == (8, "de", Edition.LIVE, EmptyDays.SAY)
    assert (wish.topics, wish.muted) == (("attention in vision", "small language models"), ("benchmarks",))


async def test_subscribing_again_changes_only_what_is_said(world: World) -> None:
    await _say(world, "subscribe at 7:15 in Asia/Tokyo top 3")
    await _say(world, "subscribe about robots")
    wish = await _wish(world)
    assert (wish.schedule.at, wish.schedule.zone, wish.top, wish.topics) == (time(7, 15), "Asia/Tokyo", 3, ("robots",))


async def test_weekly_stands_beside_the_daily_one(world: World) -> None:
    await _say(world, "subscribe")
    await _say(world, "subscribe weekly top 5")
    assert (await _wish(world)).top == 10
    weekly = await _wish(world, Kind.WEEKLY)
    assert (weekly.top, weekly.schedule.weekdays) == (5, frozenset({0}))


@pytest.mark.parametrize("named", ["<#C2345678|papers>", "C2345678"])
async def test_subscribing_another_channel(world: World, named: str) -> None:
    assert "Channel C2345678" in plain_document(await _say(world, f"subscribe {named}"))
    assert (await _wish(world, channel="C2345678")).target.channel == "C2345678"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("subscribe in Mars/Olympus", "no time zone"),
        ("subscribe at noonish", "not a time of day"),
        ("subscribe #papers", "not a channel"),
        ("subscribe top 99", "from 1 to 25"),
        ("subscribe edition latest", "final, live"),
        ("subscribe at 9 at 10", "twice"),
        ("subscribe language klingonish", "not a language"),
        ("subscribe weekly on weekdays", "one day of the week"),
    ],
)
async def test_what_cannot_be_read_is_said(world: World, line: str, hint: str) -> None:
    assert hint in plain_document(await _say(world, line))
    assert await world.store.subscriptions.of_workspace("slack:T1") == []


@pytest.mark.parametrize("line", ["subscribe", "unsubscribe"])
async def test_only_managers_may_change_digests(world: World, line: str) -> None:
    said = await _say(world, line, may_manage=False)
    words = plain_document(said)
    assert said.private
    assert "Only those who manage" in words
    assert "managers add" in words


async def test_a_channel_where_the_bot_may_not_post_is_not_subscribed(world: World) -> None:
    said = await _say(world, "subscribe", lacking=("Send Messages", "Embed Links"))
    assert "Send Messages, Embed Links" in plain_document(said)
    assert isinstance(said.data, dict)
    assert said.data["channel"] == "C1"
    assert said.private
    assert not await world.store.subscriptions.of_workspace("slack:T1")


async def test_a_terminal_itself_gets_no_digests(world: World) -> None:
    document = await world.say("subscribe", Place("terminal:local", "c"))
    assert "`subscribe ADDRESS`" in plain_document(document)


async def test_unsubscribing_ends_what_is_meant(world: World) -> None:
    await _say(world, "subscribe")
    await _say(world, "subscribe weekly")
    assert (await _say(world, "unsubscribe weekly")).data == {"unsubscribed": ["weekly"]}
    assert (await _say(world, "unsubscribe")).data == {"unsubscribed": ["daily"]}
    assert "was not subscribed" in plain_document(await _say(world, "unsubscribe"))


async def test_what_was_ended_can_be_had_again(world: World) -> None:
    await _say(world, EVERYTHING)
    before = await _wish(world)
    (again,) = _offered(await _say(world, "unsubscribe"))
    await _say(world, again)
    assert await _wish(world) == before


async def test_what_the_grammar_would_misread_is_offered_with_the_defaults(world: World) -> None:
    await _say(world, "subscribe at 17:30", fields={"about": "news at 9"})
    assert _offered(await _say(world, "unsubscribe")) == ["subscribe"]


async def test_status_tells_next_last_fault_and_promise(world: World) -> None:
    await _say(world, "subscribe")
    target = Target("slack:T1", "C1")
    await world.store.subscriptions.ran(target, Kind.DAILY, world.clock.now(), None, "Without the list of Thursday.")
    said = plain_document(await _say(world, "status"))
    for words in ("Next", "Without the list of Thursday.", "is not repeated", "This channel"):
        assert words in said
    await world.store.subscriptions.pause(target, Kind.DAILY, "That channel is archived.")
    assert "That channel is archived." in plain_document(await _say(world, "status"))


@pytest.mark.parametrize(
    ("user", "may_manage", "seen"), [("U1", False, True), ("U2", True, True), ("U2", False, False)]
)
async def test_other_channels_are_seen_in_private_by_their_subscriber_and_by_managers(
    world: World, user: str, may_manage: bool, seen: bool
) -> None:
    await _say(world, "subscribe C2345678")
    assert "No digest is subscribed here" in plain_document(await _say(world, "status"))
    status = plain_document(await _say(world, "status", direct=True, user=user, may_manage=may_manage))
    assert ("Channel C2345678" in status) is seen


async def test_a_digests_button_stops_it_alone(world: World) -> None:
    await _say(world, "subscribe weekly")
    stop = next(line for line in _offered(await _say(world, "subscribe")) if line.startswith("unsubscribe"))
    assert (await _say(world, stop)).data == {"unsubscribed": ["daily"]}
    assert "round-up" in plain_document(await _say(world, "status"))


async def test_preview_shows_the_papers_and_remembers_nothing(world: World) -> None:
    document = await _say(world, "preview top 2")
    assert document.private
    assert len([block for block in document.blocks if isinstance(block, Card)]) == 2
    assert isinstance(document.data, dict)
    assert [paper["rank"] for paper in document.data["papers"]] == [1, 2]
    assert await world.store.subscriptions.of_workspace("slack:T1") == []
    assert await world.store.deliveries.digests(Target("slack:T1", "C1")) == []


async def test_preview_takes_in_the_lists_since_the_last_digest(world: World) -> None:
    await _say(world, "subscribe edition live")
    assert (await _total(world)) == 12
    await world.store.subscriptions.ran(Target("slack:T1", "C1"), Kind.DAILY, world.clock.now(), date(2026, 7, 8), "")
    assert (await _total(world)) == 15


async def _total(world: World) -> object:
    data = (await _say(world, "preview")).data
    assert isinstance(data, dict)
    return data["total"]
