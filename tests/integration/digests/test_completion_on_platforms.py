"""A digest that lacked a list and its summaries, as people see it on local platforms before and after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from adapters.discord.poster import DiscordPoster
from adapters.slack.clients import Clients, OneToken
from adapters.slack.outbox import Outbox
from adapters.slack.poster import SlackPoster
from bot.digests.completing import LOOK_AGAIN
from bot.digests.courier import Courier
from bot.digests.model import Edition, Kind, Owed, Slot, Target
from bot.digests.ports import Poster
from bot.digests.sending import Sender
from bot.testing.composing import PlainSteps
from bot.testing.digests import FakeDeliveries, FakeSubscriptions
from tests.composing import FRIDAY, THURSDAY, World
from tests.digests import wish
from tests.servers.discord import DiscordServer, words_of
from tests.servers.slack import BOT_TOKEN, SlackServer

EIGHT = datetime(2026, 7, 11, 6, tzinfo=UTC)
DAYS = (THURSDAY, FRIDAY)
MODEL_DOWN = "The language model does not answer."


@dataclass
class Platform:
    """A local platform: what posts to it, and what its channel shows, message by message."""

    poster: Poster
    target: Target
    shown: Callable[[], list[str]]


@asynccontextmanager
async def _on_slack() -> AsyncIterator[Platform]:
    async with SlackServer() as server:
        clients = Clients(OneToken(BOT_TOKEN), server.api_url)
        await clients.start()
        poster = SlackPoster(Outbox(clients))
        yield Platform(poster, Target("slack:T1", "C1"), lambda: [message.words for message in server.visible("C1")])
        await clients.close()
        assert not server.faults


@asynccontextmanager
async def _on_discord() -> AsyncIterator[Platform]:
    async with DiscordServer().run() as server:
        guild = server.add_guild("Lab")
        poster = DiscordPoster(server.token, server.url)
        target = Target(f"discord:{guild['id']}", guild["channels"][0]["id"])
        yield Platform(poster, target, lambda: [words_of(message) for message in server.messages.values()])
        await poster.close()
        assert not server.violations


@pytest.mark.parametrize("platform", [_on_slack, _on_discord])
async def test_what_was_missing_takes_its_place_in_the_same_thread(
    platform: Callable[[], AbstractAsyncContextManager[Platform]],
) -> None:
    world = World()
    async with platform() as here:
        name = here.target.platform
        deliveries = FakeDeliveries()
        subscriptions = FakeSubscriptions(deliveries)
        posters = {name: here.poster}
        sender = Sender(posters, deliveries, world.clock)
        courier = Courier(world.composer, sender, subscriptions, deliveries, posters, world.clock)
        slot = Slot(here.target, Kind.DAILY, FRIDAY, Edition.FINAL)
        await subscriptions.put(wish(here.target), EIGHT)
        deliveries.owe(Owed(slot, DAYS, EIGHT))

        world.down, world.summarizer.degraded = {FRIDAY}, MODEL_DOWN
        await courier.deliver(slot.key, PlainSteps(world.clock))
        root, old = here.shown()
        assert all(words in root for words in ("1 new paper", "Without the list of Friday 10 July 2026", MODEL_DOWN))
        assert "From the abstract" in old

        world.down, world.summarizer.degraded = set(), None
        await world.clock.sleep(LOOK_AGAIN.total_seconds())
        await courier.complete(slot.key, PlainSteps(world.clock))
        root, old, *late = here.shown()
        assert "3 more papers came later" in root
        assert not any(words in root for words in ("Without", MODEL_DOWN))
        assert ("One line" in old, "From the abstract" in old) == (True, False)
        assert [title in words for title, words in zip(("Robots", "Agents", "buoys"), late, strict=True)] == [True] * 3
