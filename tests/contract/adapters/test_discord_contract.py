"""Discord passes the suite of all adapters: over real sockets, against the local server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.render import CUT, components_of, pages
from bot.chat.engine import Engine
from bot.documents.model import Document
from bot.ports import Managers
from bot.testing.store import FakeStore
from tests.contract.adapters.contract import AdapterContract, Seen
from tests.servers.discord import DM, EPHEMERAL, DiscordServer, Interaction, words_of
from tests.servers.discord_bot import RecordedEvents, RecordedReplies, running_bot
from tests.servers.discord_checks import V2, message_faults, walk
from tests.servers.discord_reading import joined, read
from tests.servers.discord_user import Person

COMMANDS_BY_SLASH = {"today", "yesterday", "date", "week", "trending", "show", "search"}
OPTION = {"date": "day", "show": "paper", "search": "words"}
LONGEST_OPTION = 6000


class DiscordDriver:
    """People in a channel; what no slash command can say is said in a direct conversation."""

    def __init__(
        self, server: DiscordServer, events: RecordedEvents, replies: RecordedReplies, managers: Managers
    ) -> None:
        self._server = server
        self._managers = managers
        self._events = events
        self._replies = replies
        guild = server.add_guild("Lab")
        self._guild, self._channel = guild["id"], guild["channels"][0]["id"]
        self._last: dict[str, Any] = {}

    async def say(self, line: str, *, user: str = "U1") -> Seen:
        name, _, rest = line.partition(" ")
        if name not in COMMANDS_BY_SLASH or len(rest) > LONGEST_OPTION:
            return await self._say_directly(line, user)
        options = {OPTION[name]: rest} if rest else {}
        return await self._seen(await self._person(user).command(name, **options))

    async def press(self, label: str, *, answer: str = "", user: str = "U1") -> Seen:
        person = self._person(user)
        interaction = await person.press(self._last, label)
        if answer:
            interaction = await person.fill_in(interaction, answer)
        return await self._seen(interaction)

    async def mention(self, line: str) -> tuple[Seen, Seen]:
        person = replace(self._person("U1"), permissions="0")
        await self._managers.add(f"discord:{self._guild}", person.id)
        asked = await person.write(line)
        await self._server.until(lambda: f"discord:m{asked['id']}" in self._events.done)
        own = [each for each in self._server.messages.values() if each["author"] == self._server.me]
        direct = [each for each in own if self._server.channels[each["channel_id"]]["type"] == DM]
        everybody = [each for each in own if each not in direct]
        faults = self._server.violations
        return seen_of(direct, private=True, faults=faults), seen_of(everybody, private=False, faults=faults)

    def _person(self, user: str) -> Person:
        return Person(self._server, self._guild, self._channel, name=user, id=f"20000000000000000{user[1:]}")

    async def _say_directly(self, line: str, user: str) -> Seen:
        channel = self._server.add_channel("direct", kind=1)["id"]
        person = Person(self._server, "", channel, name=user, id=f"20000000000000000{user[1:]}")
        asked = await person.write(line)
        await self._server.until(lambda: f"discord:m{asked['id']}" in self._events.done)
        mine = [each for each in self._server.shown(channel) if each["author"] == self._server.me]
        self._last = mine[-1]
        return seen_of(mine, private=True, faults=self._server.violations)

    async def _seen(self, interaction: Interaction) -> Seen:
        await self._server.until(lambda: interaction.token in self._replies.done)
        keys = [key for key in (interaction.original, *interaction.messages) if key in self._server.messages]
        threads = [each for key in keys if key in self._server.channels for each in self._server.shown(str(key))]
        messages = [self._server.messages[str(key)] for key in keys] + threads
        self._last = next(each for each in messages if words_of(each).strip())
        private = all(message["flags"] & EPHEMERAL for message in messages)
        return seen_of(messages, private=private, faults=self._server.violations)


def seen_of(messages: list[dict[str, Any]], *, private: bool, faults: list[str]) -> Seen:
    """What a reader sees of some messages."""
    parts = [part for message in messages for part in walk(message["components"])]
    readings = [read(part["content"]) for part in parts if part["type"] == 10]
    own = [part["url"] for part in parts if part["type"] == 2 and part.get("url")]
    return Seen(
        words=joined([reading.words for reading in readings]),
        private=private,
        links=frozenset([*own, *(link for reading in readings for link in reading.links)]),
        pings=tuple(mention for reading in readings for mention in reading.mentions),
        buttons=tuple(part["label"] for part in parts if part["type"] == 2),
        cut=any(CUT.removeprefix("-# ") in reading.words for reading in readings),
        faults=tuple(faults),
    )


class TestDiscord(AdapterContract):
    @pytest.fixture
    async def driver(self, engine: Engine) -> AsyncIterator[DiscordDriver]:
        async with DiscordServer().run() as server:
            events, replies = RecordedEvents(), RecordedReplies()
            store = FakeStore(open_replies=replies)
            driver = DiscordDriver(server, events, replies, store.managers)
            async with running_bot(server, engine, store=store, events=events):
                yield driver

    def see(self, document: Document) -> Seen:
        messages, faults = [], []
        for page in pages(document):
            payload = {"components": components_of(page), "flags": V2, "allowed_mentions": {"parse": []}}
            faults += message_faults(payload)
            messages.append(payload)
        return seen_of(messages, private=document.private, faults=faults)
