"""Numbers at Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.testing.store import FakeStore
from paperwire.bootstrap import App
from tests.contract.adapters.numbers import NumbersContract, Talk
from tests.servers.discord import DiscordServer, words_of
from tests.servers.discord_bot import RecordedEvents, running_bot
from tests.servers.discord_user import Person


@dataclass
class DiscordTalk:
    """People in a channel of a guild."""

    server: DiscordServer
    events: RecordedEvents
    guild: str
    channel: str
    thread: str = field(default="")

    async def say(self, line: str, user: str) -> str:
        """As a command; its option stands behind its name."""
        name, _, rest = line.partition(" ")
        options = {{"show": "paper", "search": "words"}[name]: rest} if rest else {}
        person = self._person(user, self.channel)
        return words_of(await person.answer(await person.command(name, **options)))

    async def open_thread(self, line: str, user: str) -> str:
        """As a mention, which gets a thread."""
        asked = await self._person(user, self.channel).write(line)
        self.thread = asked["id"]
        return await self._answer(asked["id"])

    async def say_below(self, line: str, user: str) -> str:
        """As a mention in the thread."""
        asked = await self._person(user, self.thread).write(line)
        return await self._answer(asked["id"])

    def _person(self, user: str, channel: str) -> Person:
        return Person(self.server, self.guild, channel, name=user, id=f"20000000000000000{user[1:]}")

    async def _answer(self, asked: str) -> str:
        await self.server.until(lambda: f"discord:m{asked}" in self.events.done)
        return words_of([each for each in self.server.shown(self.thread) if each["author"] == self.server.me][-1])


class TestNumbersAtDiscord(NumbersContract):
    @pytest.fixture
    async def talk(self, whole: App, store: FakeStore) -> AsyncIterator[Talk]:
        async with DiscordServer().run() as server:
            events, guild = RecordedEvents(), server.add_guild("Lab")
            async with running_bot(server, whole.engine, store=store, events=events):
                yield DiscordTalk(server, events, guild["id"], guild["channels"][0]["id"])
