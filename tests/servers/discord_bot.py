"""The bot, connected to the local Discord within a test's own process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.discord.app import DiscordApp
from adapters.discord.delivery import Pace
from adapters.discord.services import Answers, Services
from adapters.discord.shards import Shards
from bot.clock import SystemClock
from bot.digests.pausing import LostChannels
from bot.ports import OpenReply
from bot.testing.digests import FakePoster
from bot.testing.store import FakeEventLog, FakeOpenReplies, FakeStore
from tests.servers.discord import DiscordServer

QUICK = Pace(edit=0.1, silence=0.6, farewell=2.0, identify=0.02)


class RecordedEvents(FakeEventLog):
    """An event log that tells which messages have been answered."""

    def __init__(self) -> None:
        super().__init__()
        self.done: set[str] = set()

    async def finish(self, event: str) -> None:
        """Note it."""
        await super().finish(event)
        self.done.add(event)


class RecordedReplies(FakeOpenReplies):
    """Open replies that tell which interactions, by their tokens, have been answered."""

    def __init__(self) -> None:
        super().__init__()
        self.done: set[str] = set()

    async def closed(self, reply: OpenReply) -> None:
        """Note it."""
        await super().closed(reply)
        self.done.add(reply.message.rpartition("/")[2])


def services(
    engine: Answers,
    store: FakeStore | None = None,
    events: FakeEventLog | None = None,
    poster: FakePoster | None = None,
) -> Services:
    """What the adapter needs, with everything in memory."""
    store = store or FakeStore()
    return Services(
        engine=engine,
        papers=store.papers,
        conversations=store.conversations,
        events=events or store.events,
        open_replies=store.open_replies,
        workspaces=store.workspaces,
        managers=store.managers,
        channels=LostChannels(store.subscriptions, poster or FakePoster()),
        leases=store.leases,
        clock=SystemClock(),
    )


@asynccontextmanager
async def running_bot(
    server: DiscordServer,
    engine: Answers,
    *,
    store: FakeStore | None = None,
    events: FakeEventLog | None = None,
    poster: FakePoster | None = None,
    pace: Pace = QUICK,
    shards: Shards | None = None,
) -> AsyncIterator[asyncio.Task[None]]:
    """Run the bot until the end of the block; then it is stopped in order."""
    app = DiscordApp(services(engine, store, events, poster), server.token, server.url, shards, replace(pace))
    task = asyncio.create_task(app.run())
    try:
        await server.until(lambda: server.gateway.connected or task.done())
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
