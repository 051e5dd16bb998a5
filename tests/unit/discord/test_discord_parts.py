"""The small parts: the command tree, shards, leases, the identify budget, permissions, readings of messages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from discord import Permissions
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.client import PapersClient
from adapters.discord.commands import fields_of
from adapters.discord.deploy import setup_text
from adapters.discord.gateway import IdentifyBudget, SessionStarts
from adapters.discord.leftovers import shard_of
from adapters.discord.permissions import NEEDED, application_id, invite_link, least, missing
from adapters.discord.shards import ShardLeases, Shards, read_shards
from adapters.discord.suggestions import suggest_papers, suggest_zones
from adapters.discord.sync import fingerprint
from bot.chat.commands import COMMANDS
from bot.chat.request import Place
from bot.errors import SettingsError, Transient
from bot.papers.model import ListState, Paper, PaperList
from bot.testing.clock import FakeClock
from bot.testing.store import FakeConversations, FakeLeases, FakePapers
from tests.contract.adapters.contract import contract_engine
from tests.servers.discord_bot import services
from tests.servers.discord_checks import description
from tests.strategies import nasty_texts


@pytest.fixture
def client() -> PapersClient:
    return PapersClient(services(contract_engine()))


def test_every_command_is_in_the_tree_within_the_limits(client: PapersClient) -> None:
    group, menu = (command.to_dict(client.tree) for command in client.tree.get_commands())
    in_chats = [command.name for command in COMMANDS if command.who != "operator"]
    assert [option["name"] for option in group["options"]] == in_chats
    assert len(group["options"]) <= 25
    assert all(1 <= len(option["description"]) <= 100 for option in group["options"])
    assert counted(group) <= 8000
    assert not description().faults("PUT", "/applications/1/commands", [group, menu])
    assert menu["name"] == "Explain this paper"
    assert group["integration_types"] == menu["integration_types"] == [0, 1]


def counted(node: Any) -> int:
    """The characters that Discord counts of a command: names, descriptions and values, nested ones too."""
    if isinstance(node, list):
        return sum(counted(each) for each in node)
    if not isinstance(node, dict):
        return 0
    own = sum(len(str(node.get(key, ""))) for key in ("name", "description", "value"))
    return own + counted(node.get("options")) + counted(node.get("choices"))


def test_numbers_are_offered_as_far_as_they_can_be(client: PapersClient) -> None:
    [group, _] = (command.to_dict(client.tree) for command in client.tree.get_commands())
    today = next(option for option in group["options"] if option["name"] == "today")
    assert [(option["name"], option["min_value"], option["max_value"]) for option in today["options"]] == [
        ("page", 1, 1000),
        ("top", 1, 50),
    ]


def test_a_flag_is_a_word_only_where_it_is_set() -> None:
    subscribe = next(command for command in COMMANDS if command.name == "subscribe")
    assert fields_of(subscribe, {"channel": "1", "weekly": False}) == {"channel": "1"}
    assert fields_of(subscribe, {"channel": "1", "weekly": True}) == {"channel": "1", "weekly": "weekly"}


def test_options_that_are_empty_are_left_out() -> None:
    search = next(command for command in COMMANDS if command.name == "search")
    assert fields_of(search, {"words": " graph networks ", "page": 2, "top": None}) == {
        "words": "graph networks",
        "page": "2",
    }


def test_what_discord_adds_to_commands_does_not_count_as_a_change(client: PapersClient) -> None:
    sent = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    back = [
        {**each, "id": "1", "version": "2", "dm_permission": True, "description": each.get("description", "")}
        for each in sent
    ]
    assert fingerprint(sent) == fingerprint(back)
    assert fingerprint(sent) != fingerprint([{**sent[0], "description": "another"}, sent[1]])


HERE = Place("discord:9", "1", "2")


async def test_papers_are_suggested_by_title_and_id() -> None:
    papers = FakePapers()
    await papers.save([Paper(id="2606.01234", title="Graphs " * 30)], FakeClock().now())
    for typed in ("graphs", "2606.01234"):
        [choice] = await suggest_papers(papers, FakeConversations(), FakeClock(), HERE, typed)
        assert choice.value == "2606.01234"
        assert len(choice.name) <= 100
        assert choice.name.endswith("… · 2606.01234")
    assert await suggest_papers(papers, FakeConversations(), FakeClock(), HERE, "nothing of the kind") == []


@pytest.mark.parametrize(("typed", "numbers"), [("", ["#1", "#2"]), ("#", ["#1", "#2"]), ("#2", ["#2"]), ("#3", [])])
async def test_papers_of_the_list_last_shown_are_suggested_by_number(typed: str, numbers: list[str]) -> None:
    papers, conversations = FakePapers(), FakeConversations()
    await papers.save([Paper(id="2606.01234", title="One"), Paper(id="2606.01235", title="Two")], FakeClock().now())
    await conversations.show_list(HERE.parent, ["2606.01234", "2606.01235"], FakeClock().now())
    suggested = await suggest_papers(papers, conversations, FakeClock(), HERE, typed)
    assert [choice.name.partition(" ")[0] for choice in suggested] == numbers


@pytest.mark.parametrize(
    ("now", "listed"),
    [
        (datetime(2026, 7, 10, 12, 0, tzinfo=UTC), ["2607.00010"]),
        (datetime(2026, 7, 12, 12, 0, tzinfo=UTC), ["2607.00010"]),  # a Sunday, without a list of its own
        (datetime(2026, 7, 10, 2, 0, tzinfo=UTC), ["2607.00010"]),  # at the source it is the tenth already
        (datetime(2026, 7, 9, 12, 0, tzinfo=UTC), ["2607.00009"]),
    ],
)
async def test_where_nothing_was_shown_todays_papers_are_suggested(now: datetime, listed: list[str]) -> None:
    papers = FakePapers()
    for day in (9, 10):
        paper = Paper(id=f"2607.000{day:02}", title="One")
        seen = PaperList(papers=(paper,), state=ListState.FINAL, day=date(2026, 7, day), fetched_at=now)
        await papers.save_list(f"day:2026-07-{day:02}", seen)
    suggested = await suggest_papers(papers, FakeConversations(), FakeClock(now), HERE, "")
    assert [choice.value for choice in suggested] == listed


@given(nasty_texts(200))
def test_zones_are_suggested_for_anything_that_is_typed(typed: str) -> None:
    assert len(suggest_zones(typed)) <= 25


def test_zones_that_begin_with_what_was_typed_come_first() -> None:
    assert suggest_zones("berl")[0].value == "Europe/Berlin"


@pytest.mark.parametrize(
    ("value", "shards"),
    [("auto", Shards()), ("0-3/16", Shards((0, 1, 2, 3), 16)), ("5/16", Shards((5,), 16))],
)
def test_shards_are_read(value: str, shards: Shards) -> None:
    assert read_shards(value) == shards


@pytest.mark.parametrize("value", ["", "16", "3-1/16", "0-16/16", "-1/2", "a/b"])
def test_shards_that_cannot_be_are_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="PAPERWIRE_DISCORD_SHARDS"):
        read_shards(value)


async def test_a_lease_that_is_lost_ends_the_connection() -> None:
    clock = FakeClock()
    leases = FakeLeases(clock)
    first, second = (ShardLeases(leases, clock, 1, (0, 1)) for _ in range(2))
    await first.acquire()
    clock.advance(60)
    await second.acquire()
    with pytest.raises(Transient, match="taken over"):
        await first.keep()


async def test_identifying_is_spread_when_the_days_budget_runs_low() -> None:
    plenty = IdentifyBudget(SessionStarts(total=1000, remaining=900, reset_after=3600), 5.0)
    scarce = IdentifyBudget(SessionStarts(total=1000, remaining=100, reset_after=3600), 5.0)
    none = IdentifyBudget(SessionStarts(total=1000, remaining=0, reset_after=3600), 5.0)
    assert plenty.pause(0) <= 0
    assert 35 < scarce.pause(0) < 37
    assert none.pause(0) > 3590


async def test_shards_of_a_bucket_wait_for_each_other() -> None:
    budget = IdentifyBudget(SessionStarts(total=1000, remaining=1000, reset_after=3600, at_once=2), 5.0)
    await budget.wait(0)
    assert budget.pause(1) <= 0
    assert 4 < budget.pause(2) <= 5


def test_only_what_is_needed_is_asked_for() -> None:
    assert not least().administrator
    assert missing(least()) == ()
    assert missing(Permissions.none()) == tuple(NEEDED.values())
    assert "permissions=309237763072" in invite_link(123)


def test_the_setup_text_names_both_ways_to_add_the_bot() -> None:
    said = setup_text("MTAwMDAwMDAwMDAwMDAwMDAx.local.token")
    assert invite_link(100000000000000001) in said
    assert "client_id=100000000000000001&integration_type=1&scope=applications.commands" in said
    assert "paperwire discord sync" in said


def test_the_application_is_read_from_the_token() -> None:
    assert application_id("MTAwMDAwMDAwMDAwMDAwMDAx.local.token") == 100000000000000001
    with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
        application_id("nonsense")


@given(st.integers(1, 2**63), st.integers(1, 64))
def test_a_guild_belongs_to_one_shard(guild: int, shards: int) -> None:
    assert shard_of(f"discord:{guild}", shards) == (guild >> 22) % shards
    assert shard_of(f"discord:u{guild}", shards) == 0
