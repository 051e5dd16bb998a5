"""Who may change a channel's digests on Discord, with the whole engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.discord.permissions import invite_link
from bot.testing.store import FakeStore
from paperwire.bootstrap import demo_parts, open_app
from paperwire.settings import Settings
from tests.servers.discord import DM, EPHEMERAL, VOICE, DiscordServer, words_of
from tests.servers.discord_bot import running_bot
from tests.servers.discord_checks import walk
from tests.servers.discord_user import Person


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def admin(server: DiscordServer) -> Person:
    """Somebody who may manage the server."""
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


@pytest.fixture
def member(admin: Person) -> Person:
    """Somebody else there, without rights."""
    return replace(admin, id="200000000000000002", permissions="0")


@pytest.fixture
def voice(server: DiscordServer, admin: Person) -> str:
    """A voice channel there."""
    channel = server.add_channel("talk", admin.guild, VOICE)
    server.gateway.guilds[admin.guild]["channels"].append({**channel, "bitrate": 64_000, "user_limit": 0})
    return str(channel["id"])


@pytest.fixture
async def store(server: DiscordServer, admin: Person, voice: str) -> AsyncIterator[FakeStore]:
    """The store behind a bot that is there for the whole test, in the server that `admin` is in."""
    store = FakeStore()
    async with (
        open_app(Settings.model_validate({}), replace(demo_parts(), store=store)) as app,
        running_bot(server, app.engine, store=store),
    ):
        yield store


async def said_to(whom: Person, command: str, **options: str) -> str:
    """A command's private answer."""
    answer = await whom.answer(await whom.command(command, **options))
    assert answer["flags"] & EPHEMERAL
    return words_of(answer)


async def test_somebody_whom_an_admin_names_may_change_digests(store: FakeStore, admin: Person, member: Person) -> None:
    assert "Only those who manage" in await said_to(member, "unsubscribe")
    assert "may change" in await said_to(admin, "managers", change="add", person=f"<@{member.id}>")
    assert "was not subscribed" in words_of(await member.answer(await member.command("unsubscribe")))


async def test_only_admins_name_managers(store: FakeStore, member: Person) -> None:
    assert "Only admins" in await said_to(member, "managers", change="add", person=f"<@{member.id}>")
    assert await store.managers.of(f"discord:{member.guild}") == []


async def test_a_message_cannot_speak_of_another_servers_channel(
    store: FakeStore, server: DiscordServer, admin: Person
) -> None:
    other = server.add_guild("Elsewhere")["channels"][0]["id"]
    await admin.write(f"subscribe {other}")
    await server.until(lambda: "Only those who manage" in server.transcript())
    assert await store.subscriptions.of_workspace(f"discord:{admin.guild}") == []


async def test_settings_that_a_mention_changes_are_told_directly(
    server: DiscordServer, admin: Person, store: FakeStore
) -> None:
    asked = await admin.write("subscribe at 08:00")
    direct = await server.until(lambda: [key for key, each in server.channels.items() if each["name"] == "direct"])
    [told] = await server.until(lambda: server.shown(direct[0]))
    assert f"You asked in <#{admin.channel}>" in words_of(told)
    assert "at 08:00" in words_of(told)
    assert not [part for part in walk(told["components"]) if part["type"] == 2]  # in another place, buttons mislead
    assert asked["id"] not in server.channels
    await server.until(lambda: any("sent it to you" in words_of(each) for each in server.shown(admin.channel)))


async def test_an_undo_is_answered_to_one_person_alone(store: FakeStore, admin: Person) -> None:
    await said_to(admin, "subscribe")
    ended = await admin.answer(await admin.command("unsubscribe"))
    again = await admin.answer(await admin.press(ended, "Subscribe again"))
    assert again["flags"] & EPHEMERAL
    assert len(await store.subscriptions.of_workspace(f"discord:{admin.guild}")) == 1


async def test_a_public_button_of_a_private_command_is_answered_in_private(store: FakeStore, admin: Person) -> None:
    shown = await admin.answer(await admin.command("unsubscribe"))
    shown["components"] = [{"type": 2, "style": 2, "label": "List", "custom_id": "pw1:o:Saved page 2"}]
    answer = await admin.answer(await admin.press(shown, "List"))
    assert answer["flags"] & EPHEMERAL
    assert words_of(answer).strip()


async def test_a_member_without_rights_cannot_change_digests_by_a_message(
    store: FakeStore, server: DiscordServer, member: Person
) -> None:
    await member.write("Subscribe at 08:00")
    await server.until(lambda: "Only those who manage" in server.transcript())
    assert await store.subscriptions.of_workspace(f"discord:{member.guild}") == []


@pytest.mark.parametrize("by_message", [False, True])
async def test_a_voice_channel_gets_no_digests(
    store: FakeStore, server: DiscordServer, admin: Person, voice: str, by_message: bool
) -> None:
    there = replace(admin, channel=voice)
    await (there.write("subscribe") if by_message else there.command("subscribe"))
    await server.until(lambda: "#talk" in server.transcript().replace("in #talk", ""))
    assert await store.subscriptions.of_workspace(f"discord:{admin.guild}") == []


@pytest.mark.parametrize(
    ("command", "options"), [("subscribe", {}), ("unsubscribe", {}), ("managers", {"change": "add", "person": "<@2>"})]
)
async def test_who_brings_the_app_along_is_told_what_it_can_do_there(
    store: FakeStore, server: DiscordServer, command: str, options: dict[str, str]
) -> None:
    channel = server.add_channel("elsewhere", "123456789")["id"]
    guest = Person(server, "123456789", channel, brings_app=True)
    said = await said_to(guest, command, **options)
    assert str(invite_link(int(server.me["id"]))) in said.replace("\\", "")
    assert await store.managers.of(f"discord:u{guest.id}") == []
    assert await said_to(guest, "help")


async def test_who_cannot_be_answered_in_a_channel_is_told_which_one(
    store: FakeStore, server: DiscordServer, admin: Person
) -> None:
    role = server.gateway.guilds[admin.guild]["roles"][0]
    await server.gateway.dispatch(
        "GUILD_ROLE_UPDATE", {"guild_id": admin.guild, "role": {**role, "permissions": str(1 << 10)}}
    )
    await admin.write("today")
    direct = await server.until(lambda: [key for key, each in server.channels.items() if each["type"] == DM])
    [told] = await server.until(lambda: server.shown(direct[0]))
    assert "`#papers`" in words_of(told)
    assert "`Lab`" in words_of(told)
