"""The connection over real sockets: everything that simulated Discords leave out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from adapters.discord.app import DiscordApp
from adapters.discord.client import intents
from adapters.discord.shards import Shards
from bot.chat.request import Place
from bot.digests.model import Subscription, Target
from bot.digests.schedule import WEEKDAYS, Schedule
from bot.errors import Permanent, Unauthorized
from bot.testing.digests import FakePoster
from bot.testing.store import FakeStore
from tests.contract.adapters.contract import contract_engine
from tests.servers.discord import DiscordServer, Fault, words_of
from tests.servers.discord_bot import QUICK, running_bot, services
from tests.servers.discord_gateway import Session
from tests.servers.discord_user import Person


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def person(server: DiscordServer) -> Person:
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


async def is_answered(person: Person) -> bool:
    """Whether a command gets its answer."""
    answer = await person.answer(await person.command("search", words="something"))
    return "You searched for: something" in words_of(answer)


async def test_no_privileged_intent_is_asked_for(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        assert server.gateway.intents == [intents().value]
    assert not intents().message_content
    assert not intents().members
    assert not intents().presences


async def test_a_lost_connection_is_resumed_and_what_was_missed_is_answered(
    server: DiscordServer, person: Person
) -> None:
    async with running_bot(server, contract_engine()):
        await server.gateway.drop()
        missed = await person.command("search", words="missed")
        assert "missed" in words_of(await person.answer(missed))
        assert server.gateway.resumed == 1
        assert len(server.gateway.identified) == 1


async def test_a_request_to_reconnect_is_a_resume(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        await server.gateway.ask_to_reconnect()
        await server.until(lambda: server.gateway.resumed == 1)
        assert await is_answered(person)


async def test_an_invalid_session_is_begun_anew_at_the_same_gateway(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine(), shards=Shards((0,), 1)):
        await server.gateway.invalidate()
        await server.until(lambda: len(server.gateway.identified) == 2)
        assert await is_answered(person)


async def test_a_session_that_cannot_be_resumed_is_begun_anew(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        sessions, server.gateway.sessions = server.gateway.sessions, {}
        for session in sessions.values():
            assert session.socket is not None
            await session.socket.close(code=4000)
        await server.until(lambda: len(server.gateway.identified) == 2)
        assert await is_answered(person)


async def test_a_connection_without_heartbeats_is_replaced() -> None:
    async with DiscordServer(heartbeat_ms=200).run() as server:
        guild = server.add_guild("Lab")
        person = Person(server, guild["id"], guild["channels"][0]["id"])
        async with running_bot(server, contract_engine(), pace=replace(QUICK, heartbeat=0.6)):
            server.gateway.zombie = True
            await server.until(lambda: server.gateway.resumed >= 1)
            server.gateway.zombie = False
            assert await is_answered(person)


async def test_a_connection_that_is_alive_but_deaf_is_replaced(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine(), pace=replace(QUICK, watch=0.2, watch_patience=0.3)):
        await server.until(lambda: "GUILD_MEMBERS_CHUNK" in {event["t"] for event in first_session(server).sent})
        server.gateway.deaf = True
        missed = await person.command("search", words="unheard")
        assert "unheard" in words_of(await person.answer(missed))
        assert server.gateway.resumed == 1


def first_session(server: DiscordServer) -> Session:
    return next(iter(server.gateway.sessions.values()))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-RateLimit-Global": "true"}, {"retry_after": 0.2, "global": True, "message": "limited"}),
        ({"X-RateLimit-Scope": "shared"}, {"retry_after": 0.2, "global": False, "message": "limited"}),
    ],
)
async def test_rate_limits_are_waited_out(
    server: DiscordServer, person: Person, headers: dict[str, str], body: dict[str, object]
) -> None:
    async with running_bot(server, contract_engine()):
        server.faults.append(Fault("PATCH", r"/webhooks/", 429, body, headers))
        assert await is_answered(person)


async def test_a_fault_of_discords_own_is_tried_again(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        server.faults.append(Fault("PATCH", r"/webhooks/", 502))
        assert await is_answered(person)


async def test_an_answer_whose_token_is_dead_goes_to_the_channel(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        server.faults.append(Fault("PATCH", r"/webhooks/", 401, {"code": 50027, "message": "Invalid Webhook Token"}))
        await person.command("search", words="late")
        await server.until(lambda: any("late" in words_of(message) for message in server.shown(person.channel)))


async def test_an_interaction_that_is_too_old_costs_nothing(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        interaction = await person.command("search", words="old")
        del server.interactions[interaction.token]
        assert await is_answered(person)
        assert not any("old" in words_of(message) for message in server.messages.values())


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_refusal_that_no_retry_mends_ends_the_bot(server: DiscordServer, code: int) -> None:
    server.gateway.refuse_with = code
    app = DiscordApp(services(contract_engine()), server.token, server.url, pace=QUICK)
    async with asyncio.timeout(10):
        with pytest.raises(Permanent):
            await app.run()


async def test_a_refused_token_is_named(server: DiscordServer) -> None:
    app = DiscordApp(services(contract_engine()), "not.the.token", server.url, pace=QUICK)
    with pytest.raises(Unauthorized, match="DISCORD_TOKEN"):
        await app.run()


async def test_shards_are_split_by_number_and_each_gets_its_own_guilds(server: DiscordServer) -> None:
    for shard in range(4):
        server.add_guild(f"Guild {shard}", guild_id=server.snowflake(shard, 4))
    async with running_bot(server, contract_engine(), shards=Shards((2, 3), 4)):
        await server.until(lambda: server.gateway.connected == 2)
        assert server.gateway.identified == [(2, 4), (3, 4)]


async def test_two_processes_never_share_a_shard(server: DiscordServer, person: Person) -> None:
    store = FakeStore()
    async with running_bot(server, contract_engine(), store=store) as first:
        second = asyncio.create_task(
            DiscordApp(services(contract_engine(), store), server.token, server.url, pace=QUICK).run()
        )
        await server.until(lambda: sum(path == "/gateway/bot" for _, _, path, _ in server.requests) == 2)
        assert await is_answered(person)
        assert len(server.gateway.identified) == 1
        assert not first.done()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)


async def test_processes_that_share_a_token_identify_one_after_the_other(server: DiscordServer) -> None:
    server.gateway.spacing, store, pace = 0.4, FakeStore(), replace(QUICK, identify=0.5)
    apps = [
        DiscordApp(services(contract_engine(), store), server.token, server.url, Shards((shard,), 3), pace)
        for shard in range(3)
    ]
    running = [asyncio.create_task(app.run()) for app in apps]
    await server.until(lambda: len(server.gateway.identified) == 3, 30)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert server.gateway.too_early == 0


async def test_commands_are_never_registered_by_connecting(server: DiscordServer, person: Person) -> None:
    async with running_bot(server, contract_engine()):
        assert await is_answered(person)
    assert server.syncs == 0


async def test_a_guild_that_removes_the_bot_is_forgotten(server: DiscordServer, person: Person) -> None:
    store = FakeStore()
    async with running_bot(server, contract_engine(), store=store):
        await store.saved.save(f"discord:{person.guild}", person.id, "2606.01234", datetime.now(UTC))
        await server.gateway.dispatch("GUILD_DELETE", {"id": person.guild})
        await until_empty(store, person)


async def until_empty(store: FakeStore, person: Person) -> None:
    """Wait until nothing is remembered of the guild."""
    for _ in range(500):
        if not await store.saved.saved(f"discord:{person.guild}", person.id):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the guild is still remembered")


async def test_a_guild_that_removed_the_bot_while_it_was_off_is_forgotten(
    server: DiscordServer, person: Person
) -> None:
    store = FakeStore()
    gone, still = Place("discord:123456789", "1"), Place(f"discord:{person.guild}", person.channel)
    for place in (gone, still):
        await store.conversations.show_list(place, ["2606.01234"], datetime.now(UTC))
    async with running_bot(server, contract_engine(), store=store):
        await person.answer(await person.command("search", words="after it"))
        for _ in range(200):
            if not await store.conversations.shown_list(gone):
                break
            await asyncio.sleep(0.02)
    assert not await store.conversations.shown_list(gone)
    assert await store.conversations.shown_list(still)


async def test_another_bots_database_is_left_alone(server: DiscordServer, person: Person) -> None:
    store, foreign = FakeStore(), Place("discord:123456789", "1")
    await store.conversations.show_list(foreign, ["2606.01234"], datetime.now(UTC))
    async with running_bot(server, contract_engine(), store=store):
        await person.answer(await person.command("search", words="after it"))
    assert await store.conversations.shown_list(foreign)


def wish_for(person: Person, channel: str) -> Subscription:
    """A daily digest in a channel of the person's server."""
    schedule = Schedule(time(9), "UTC", WEEKDAYS)
    return Subscription(target=Target(f"discord:{person.guild}", channel), owner=person.id, schedule=schedule)


async def until_told(poster: FakePoster) -> None:
    """Wait until somebody was told something."""
    async with asyncio.timeout(10):
        while not poster.told:  # noqa: ASYNC110 (the poster tells nobody outside)
            await asyncio.sleep(0.01)


async def test_a_deleted_channel_pauses_its_digests_and_its_owner_is_told_once(
    server: DiscordServer, person: Person
) -> None:
    store, poster = FakeStore(), FakePoster("discord")
    wish = wish_for(person, person.channel)
    async with running_bot(server, contract_engine(), store=store, poster=poster):
        assert await is_answered(person)
        await store.subscriptions.put(wish, datetime.now(UTC))
        for _ in range(2):
            await server.gateway.dispatch("CHANNEL_DELETE", server.channels[person.channel])
        await until_told(poster)
        assert not await store.subscriptions.running("discord")
        assert [user for _, user, _ in poster.told] == [person.id]


async def test_channels_that_were_deleted_while_it_was_off_are_noticed_at_the_start(
    server: DiscordServer, person: Person
) -> None:
    store, poster = FakeStore(), FakePoster("discord")
    hidden = server.add_channel("hidden", person.guild)["id"]  # which the gateway does not name
    for channel in (person.channel, hidden, "123456789"):
        await store.subscriptions.put(wish_for(person, channel), datetime.now(UTC))
    async with running_bot(server, contract_engine(), store=store, poster=poster):
        await until_told(poster)
        running = await store.subscriptions.running("discord")
    assert {standing.subscription.target.channel for standing in running} == {person.channel, hidden}
    assert len(poster.told) == 1


async def test_it_hears_once_a_shard_is_greeted_and_not_before(server: DiscordServer) -> None:
    app = DiscordApp(services(contract_engine()), server.token, server.url, pace=QUICK)
    assert not await app.hears()
    running = asyncio.create_task(app.run())
    async with asyncio.timeout(10):
        while not await app.hears():  # noqa: ASYNC110 (the library tells nobody outside)
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not await app.hears()
