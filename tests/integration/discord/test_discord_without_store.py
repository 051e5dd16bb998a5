"""Answers on Discord while the store is away: a locked file, a full disk, a database that does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import open_answers, shards
from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Place, Progress, Reply, Request
from bot.documents.model import Document, Paragraph, text
from bot.errors import StoreError
from bot.ports import OpenReply
from bot.testing.store import FakeConversations, FakeEventLog, FakeLeases, FakeOpenReplies, FakeStore
from tests.servers.discord import DiscordServer, words_of
from tests.servers.discord_bot import running_bot
from tests.servers.discord_user import Person

AWAY = StoreError("The database cannot be reached.")
LONG = "\n\n".join(f"Paragraph {number} " + "with words " * 80 for number in range(12))


class AwayEvents(FakeEventLog):
    """An event log that cannot be reached."""

    async def begin(self, event: str, lease: timedelta) -> bool:
        """Fail."""
        raise AWAY

    async def finish(self, event: str) -> None:
        """Fail."""
        raise AWAY


class AwayReplies(FakeOpenReplies):
    """Open replies that cannot be noted, or only be noted."""

    def __init__(self, *, takes: bool) -> None:
        super().__init__()
        self._takes = takes

    async def opened(self, reply: OpenReply) -> None:
        """Note it, or fail."""
        if not self._takes:
            raise AWAY
        await super().opened(reply)

    async def closed(self, reply: OpenReply) -> None:
        """Fail."""
        raise AWAY


class AwayConversations(FakeConversations):
    """Conversations that cannot be reached."""

    async def show_list(
        self, place: Place, paper_ids: Sequence[str], at: datetime, *, user: str = "", alone: bool = False
    ) -> bool:
        """Fail."""
        raise AWAY

    async def shown_list(self, place: Place, user: str = "") -> list[str]:
        """Fail."""
        raise AWAY


async def slowly(asked: Asked) -> AsyncIterator[Reply]:
    """An answer that takes long enough to be noted as open."""
    yield Progress("Reading the paper …")
    await asyncio.sleep(0.2)
    yield Final(Document(blocks=(Paragraph(text("the whole answer")),)))


async def at_length(asked: Asked) -> AsyncIterator[Reply]:
    """An answer that goes on in a thread."""
    yield Final(Document("A long answer", (Paragraph(text(LONG)),)))


async def question(request: Request) -> AsyncIterator[Reply]:
    """The answer to free words."""
    yield Final(Document(blocks=(Paragraph(text("the whole answer")),)))


ENGINE = Engine(COMMANDS, {"today": slowly, "trending": at_length}, question=question)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def person(server: DiscordServer) -> Person:
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


@pytest.fixture(params=[False, True], ids=["notes nothing", "notes, and cannot take it back"])
def store(request: pytest.FixtureRequest) -> FakeStore:
    return FakeStore(
        events=AwayEvents(), open_replies=AwayReplies(takes=request.param), conversations=AwayConversations()
    )


async def test_a_finished_answer_stays(server: DiscordServer, person: Person, store: FakeStore) -> None:
    async with running_bot(server, ENGINE, store=store):
        asked = await person.command("today")
        key = await server.until(lambda: asked.original)
        await server.until(lambda: "the whole answer" in words_of(server.messages[key]))
    assert words_of(server.messages[key]).strip() == "the whole answer"
    assert server.messages[key] in server.shown(person.channel)


async def test_a_mention_is_answered_all_the_same(server: DiscordServer, person: Person, store: FakeStore) -> None:
    async with running_bot(server, ENGINE, store=store):
        asked = await person.write("what is it about?")
        await server.until(lambda: any("the whole answer" in words_of(each) for each in server.shown(asked["id"])))


async def test_a_long_answer_goes_on_to_its_end(server: DiscordServer, person: Person, store: FakeStore) -> None:
    async with running_bot(server, ENGINE, store=store):
        asked = await person.command("trending")
        await server.until(
            lambda: any("Paragraph 11" in words_of(each) for each in server.messages.values()), seconds=15
        )
    assert "A long answer" in words_of(server.messages[asked.original or ""])


class LosableLeases(FakeLeases):
    """Leases that another process can take at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0

    async def acquire(self, name: str, owner: str, length: timedelta) -> int | None:
        """Take or renew, unless it is lost."""
        if self.lost:
            self.lost -= 1
            return None
        return await super().acquire(name, owner, length)


class ForgetfulReplies(FakeOpenReplies):
    """Open replies of a store that is away while an answer is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = True
        self.missed = 0

    async def became(self, intended: OpenReply, reply: OpenReply) -> None:
        """Note where it stands."""
        await super().closed(intended)
        await self.opened(reply)

    async def closed(self, reply: OpenReply) -> None:
        """Close it, or fail."""
        if self.is_away:
            self.missed += 1
            raise AWAY
        await super().closed(reply)


@pytest.mark.parametrize("reconnects", [True, False])
async def test_a_finished_answer_outlives_the_store_and_the_connection(
    server: DiscordServer, person: Person, monkeypatch: pytest.MonkeyPatch, reconnects: bool
) -> None:
    monkeypatch.setattr(shards, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(open_answers, "_SETTLE_SECONDS", 0.1)
    replies, leases = ForgetfulReplies(), LosableLeases()
    async with running_bot(server, ENGINE, store=FakeStore(open_replies=replies, leases=leases)):
        asked = await person.command("today")
        await server.until(lambda: replies.missed)
        if reconnects:
            leases.lost = 1
            await server.until(lambda: len(server.gateway.identified) > 1)
        replies.is_away = False
        await server.until(lambda: not replies.owners())
        await person.answer(await person.command("today"))
    assert words_of(server.messages[asked.original or ""]).strip() == "the whole answer"


async def test_nobody_waits_for_an_answer_of_days_ago(server: DiscordServer, person: Person) -> None:
    store = FakeStore()
    async with running_bot(server, ENGINE, store=store):
        asked = await person.command("today")
        key = await server.until(lambda: asked.original)
        await server.until(lambda: "the whole answer" in words_of(server.messages[key]))
    place = Place(f"discord:{person.guild}", person.channel, "")
    old = datetime.now(UTC) - timedelta(days=2)
    await store.open_replies.opened(OpenReply(place=place, message=f"{person.channel}/{key}/", opened_at=old))
    async with running_bot(server, ENGINE, store=store):
        await server.until(lambda: not store.open_replies.owners())
    assert words_of(server.messages[asked.original or ""]).strip() == "the whole answer"
