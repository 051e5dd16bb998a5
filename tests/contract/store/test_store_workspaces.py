"""The contract of what workspaces own: conversations, reading lists, secrets, open replies, and forgetting it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.conversation import Turn
from bot.chat.request import Place
from bot.llm.model import Usage
from bot.ports import OTHERS_COUNT_AFTER, OpenReply
from tests.contract.store.kinds import DAY, NOON, Store

HERE = Place("slack:T1", "C1", "171.5")
MINUTE = timedelta(minutes=1)


def _turn(minute: int, role: str = "user") -> Turn:
    return Turn("user" if role == "user" else "bot", f"turn {minute}", NOON + minute * MINUTE, ("1", "2"))


async def test_a_thread_keeps_its_first_list(store: Store) -> None:
    assert await store.conversations.show_list(HERE, ["1", "2"], NOON, user="U1")
    assert not await store.conversations.show_list(HERE, ["3", "1"], NOON + MINUTE, user="U1")
    assert await store.conversations.show_list(HERE, ["1", "2"], NOON + MINUTE, user="U2")
    assert await store.conversations.shown_list(HERE, "U1") == ["1", "2"]


async def test_in_a_channel_everybody_has_the_list_that_they_asked_for_last(store: Store) -> None:
    channel = HERE.parent
    for minute, (user, papers) in enumerate([("U1", ["0"]), ("U1", ["1", "2"]), ("U2", ["3"])]):
        assert await store.conversations.show_list(channel, papers, NOON + minute * MINUTE, user=user)
    assert await store.conversations.shown_list(channel, "U1") == ["1", "2"]
    assert await store.conversations.shown_list(channel, "U2") == ["3"]
    assert await store.conversations.shown_list(channel, "U3") == ["3"]


async def test_a_list_that_is_addressed_to_all_is_seen_by_all(store: Store) -> None:
    channel = HERE.parent
    await store.conversations.show_list(channel, ["1"], NOON, user="U1")
    await store.conversations.show_list(channel, ["2"], NOON + MINUTE)
    assert await store.conversations.shown_list(channel, "U1") == ["2"]
    await store.conversations.show_list(channel, ["3"], NOON + 2 * MINUTE, user="U1")
    assert await store.conversations.shown_list(channel, "U1") == ["3"]


async def test_an_old_list_of_ones_own_gives_way_to_what_was_shown_since(store: Store) -> None:
    channel = HERE.parent
    await store.conversations.show_list(channel, ["1"], store.now(), user="U1")
    await store.pass_time(OTHERS_COUNT_AFTER - MINUTE)
    await store.conversations.show_list(channel, ["2"], store.now(), user="U2")
    assert await store.conversations.shown_list(channel, "U1") == ["1"]
    await store.pass_time(2 * MINUTE)
    await store.conversations.show_list(channel, ["3"], store.now(), user="U2")
    assert await store.conversations.shown_list(channel, "U1") == ["3"]


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=100)])
@pytest.mark.parametrize(("before", "since"), [("U1", ""), ("", "U1"), ("U2", "U1"), ("U1", "U2"), ("U2", "")])
async def test_a_list_of_a_clock_that_was_ahead_gives_way_to_a_newer_one(
    store: Store, before: str, since: str, ahead: timedelta
) -> None:
    channel = HERE.parent
    await store.conversations.show_list(channel, ["before"], store.now(), user=before)
    await store.pass_time(-ahead)  # the clock is set right
    await store.conversations.show_list(channel, ["since"], store.now(), user=since)
    assert await store.conversations.shown_list(channel, "U1") == ["since"]
    await store.pass_time(ahead)
    assert await store.conversations.shown_list(channel, "U1") == ["since"]


@pytest.mark.parametrize("between", [-5 * MINUTE, 5 * MINUTE])
async def test_the_clocks_of_several_processes_may_differ(store: Store, between: timedelta) -> None:
    channel = HERE.parent
    await store.conversations.show_list(channel, ["1"], store.now() + between, user="U1")
    await store.conversations.show_list(channel, ["2"], store.now())
    assert await store.conversations.shown_list(channel, "U1") == ["2"]


async def test_a_list_that_one_person_alone_sees_is_nobody_elses(store: Store) -> None:
    for place in (HERE.parent, HERE):
        await store.conversations.show_list(place, ["1"], NOON, user="U1", alone=True)
        assert await store.conversations.shown_list(place, "U2") == []
    assert await store.conversations.shown_list(HERE.parent, "U1") == ["1"]


async def test_thread_does_not_look_into_its_channel(store: Store) -> None:
    await store.conversations.show_list(HERE.parent, ["1"], NOON)
    assert await store.conversations.shown_list(HERE) == []


async def test_turns_are_the_newest_oldest_first(store: Store) -> None:
    for minute in range(5):
        await store.conversations.add_turn(HERE, _turn(minute))
    assert await store.conversations.turns(HERE, limit=2) == [_turn(3), _turn(4)]
    assert len(await store.conversations.turns(HERE)) == 5


async def test_no_turns_where_none_are_wanted(store: Store) -> None:
    await store.conversations.add_turn(HERE, _turn(0))
    assert await store.conversations.turns(HERE, limit=0) == []


async def test_turns_of_other_places_stay_there(store: Store) -> None:
    await store.conversations.add_turn(HERE, Turn("bot", "here", NOON))
    for other in (HERE.parent, Place("slack:T2", "C1", "171.5"), Place("slack:T1", "C2", "171.5")):
        assert await store.conversations.turns(other) == []


async def test_forgotten_conversation_is_gone_and_only_that(store: Store) -> None:
    there = Place("slack:T2", "C1")
    for place in (HERE, HERE.parent, there):
        await store.conversations.show_list(place, ["1"], NOON, user="U1")
        await store.conversations.add_turn(place, _turn(1))
    await store.workspaces.forget("slack:T1")
    assert (await store.conversations.shown_list(HERE), await store.conversations.turns(HERE)) == ([], [])
    assert await store.conversations.shown_list(HERE.parent, "U1") == []
    assert (await store.conversations.shown_list(there), len(await store.conversations.turns(there))) == (["1"], 1)


async def test_reading_list_is_newest_first_without_doubles(store: Store) -> None:
    assert await store.saved.save("slack:T1", "U1", "1", NOON)
    assert await store.saved.save("slack:T1", "U1", "2", NOON + MINUTE)
    assert not await store.saved.save("slack:T1", "U1", "1", NOON + 2 * MINUTE)
    assert await store.saved.saved("slack:T1", "U1") == ["2", "1"]


async def test_reading_list_is_one_persons(store: Store) -> None:
    await store.saved.save("slack:T1", "U1", "1", NOON)
    assert await store.saved.saved("slack:T1", "U2") == []
    assert await store.saved.saved("slack:T2", "U1") == []


async def test_removing_from_a_reading_list(store: Store) -> None:
    await store.saved.save("slack:T1", "U1", "1", NOON)
    assert await store.saved.remove("slack:T1", "U1", "1")
    assert not await store.saved.remove("slack:T1", "U1", "1")
    assert await store.saved.saved("slack:T1", "U1") == []


def _reply(message: str, minute: int = 0, workspace: str = "slack:T1") -> OpenReply:
    return OpenReply(place=Place(workspace, "C1"), message=message, opened_at=NOON + minute * MINUTE)


async def test_reply_opened_by_a_clock_three_hours_ahead_is_left_over_once_it_is_right(store: Store) -> None:
    now = datetime.now(UTC)
    ahead, live = (
        replace(_reply(name), opened_at=now + timedelta(hours=hours)) for name, hours in (("1", 3), ("2", 0))
    )
    for reply in (ahead, live):
        await store.open_replies.opened(reply)
    assert await store.open_replies.left_open("slack", now) == [ahead]


async def test_replies_left_open_are_found_oldest_first(store: Store) -> None:
    for message, minute in (("late", 2), ("early", 1), ("after", 9)):
        await store.open_replies.opened(_reply(message, minute))
    assert await store.open_replies.left_open("slack", NOON + 9 * MINUTE) == [_reply("early", 1), _reply("late", 2)]


async def test_what_was_intended_becomes_what_is_there(store: Store) -> None:
    await store.open_replies.opened(_reply("?intended"))
    await store.open_replies.became(_reply("?intended"), _reply("1", 1))
    assert await store.open_replies.left_open("slack", NOON + 9 * MINUTE) == [_reply("1", 1)]


async def test_closed_reply_is_not_left_open(store: Store) -> None:
    await store.open_replies.opened(_reply("1"))
    await store.open_replies.opened(_reply("1", 1))
    await store.open_replies.closed(_reply("1"))
    await store.open_replies.closed(_reply("never opened"))
    assert await store.open_replies.left_open("slack", NOON + MINUTE * 2) == []


async def test_replies_of_another_platform_are_its_own(store: Store) -> None:
    await store.open_replies.opened(_reply("1", workspace="slackish:T1"))
    assert await store.open_replies.left_open("slack", NOON + MINUTE) == []
    assert await store.open_replies.left_open("sla_k", NOON + MINUTE) == []


async def test_secret_comes_back_and_can_be_replaced(store: Store) -> None:
    await store.vault.put("slack", "T1", "slack:T1", b"first")
    await store.vault.put("slack", "T1", "slack:T1", b"second \x00\xff")
    assert await store.vault.get("slack", "T1") == b"second \x00\xff"
    assert await store.vault.keys("slack") == ["T1"]


async def test_secrets_are_known_by_platform_and_key(store: Store) -> None:
    await store.vault.put("slack", "T2", "slack:T2", b"two")
    await store.vault.put("slack", "T1", "slack:T1", b"one")
    assert await store.vault.get("discord", "T1") is None
    assert (await store.vault.keys("slack"), await store.vault.keys("discord")) == (["T1", "T2"], [])


async def test_deleted_secret_is_gone(store: Store) -> None:
    await store.vault.put("slack", "T1", "slack:T1", b"one")
    await store.vault.delete("slack", "T1")
    await store.vault.delete("slack", "T1")
    assert await store.vault.get("slack", "T1") is None


async def test_named_managers_are_known_until_they_are_removed(store: Store) -> None:
    assert await store.managers.add("slack:T1", "U2")
    assert await store.managers.add("slack:T1", "U1")
    assert not await store.managers.add("slack:T1", "U2")
    assert await store.managers.of("slack:T1") == ["U1", "U2"]
    assert await store.managers.of("slack:T2") == []
    assert await store.managers.remove("slack:T1", "U2")
    assert not await store.managers.remove("slack:T1", "U2")
    assert await store.managers.of("slack:T1") == ["U1"]


async def _furnish(store: Store, workspace: str) -> None:
    place = Place(workspace, "C1")
    await store.conversations.show_list(place, ["1"], NOON)
    await store.conversations.add_turn(place, _turn(1))
    await store.saved.save(workspace, "U1", "1", NOON)
    await store.open_replies.opened(OpenReply(place=place, message="1", opened_at=NOON))
    await store.managers.add(workspace, "U1")
    await store.vault.put("slack", workspace, workspace, b"secret")
    for _ in range(2):
        reservation = await store.ledger.reserve(workspace, DAY, 10, 0)
    assert reservation is not None
    await store.ledger.settle(reservation, "m", "answer", Usage(3, 4))


async def _furniture(store: Store, workspace: str) -> list[bool]:
    place = Place(workspace, "C1")
    left = await store.open_replies.left_open("slack", NOON + MINUTE)
    return [
        await store.conversations.shown_list(place) != [],
        await store.conversations.turns(place) != [],
        await store.saved.saved(workspace, "U1") != [],
        workspace in [reply.place.workspace for reply in left],
        await store.managers.of(workspace) != [],
        await store.vault.get("slack", workspace) is not None,
        len(await store.ledger.usage(workspace, DAY)) > 0,
        await store.ledger.reserve(workspace, DAY, 1, 10) is None,  # what is held still counts
    ]


@pytest.mark.parametrize("stranger", ["slack:T2", "slack:t1", "slack:T11"])
async def test_forgetting_a_workspace_forgets_everything_of_it_alone(store: Store, stranger: str) -> None:
    await _furnish(store, "slack:T1")
    await _furnish(store, stranger)
    await store.workspaces.forget("slack:T1")
    assert not any(await _furniture(store, "slack:T1"))
    assert all(await _furniture(store, stranger))


async def test_the_workspaces_of_a_platform_are_known_as_long_as_they_own_anything(store: Store) -> None:
    for workspace in ("slack:T2", "slack:T1", "discord:1"):
        await _furnish(store, workspace)
    assert await store.workspaces.known("slack") == ["slack:T1", "slack:T2"]
    await store.workspaces.forget("slack:T2")
    assert await store.workspaces.known("slack") == ["slack:T1"]
