"""A local Slack, the real adapter in front of a small engine, and people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.slack.app import SlackApp, SlackStore
from adapters.slack.config import SlackConfig
from adapters.slack.pace import Pace
from bot.chat.engine import Engine
from bot.clock import SystemClock
from bot.testing.store import FakeStore
from tests.integration.slack.small_engine import Calls, small_engine
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

QUICK = Pace(gap=0.05, silence=0.4, patience=0.3)

Running = Callable[..., AbstractAsyncContextManager[SlackApp]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A local Slack; whatever it found wrong with a payload fails the test."""
    async with SlackServer() as server:
        yield server
        assert not server.faults


@pytest.fixture
def store() -> FakeStore:
    """A store in memory."""
    return FakeStore()


@pytest.fixture
def calls() -> Calls:
    """What the engine was asked."""
    return Calls()


@pytest.fixture
def engine(calls: Calls) -> Engine:
    """An engine with a handler of every kind."""
    return small_engine(calls)


@pytest.fixture
def running(slack: SlackServer, store: FakeStore, engine: Engine) -> Running:
    """Starts the adapter with the local Slack, by default over Socket Mode with both tokens."""

    @asynccontextmanager
    async def run(**changes: object) -> AsyncIterator[SlackApp]:
        config = {"api_url": slack.api_url, "bot_token": BOT_TOKEN, "app_token": APP_TOKEN} | changes
        app = slack_app(SlackConfig(**config), engine, store)  # type: ignore[arg-type]
        await app.start()
        try:
            yield app
        finally:
            await app.stop(grace=1)

    return run


@pytest.fixture
async def app(running: Running) -> AsyncIterator[SlackApp]:
    """The adapter over Socket Mode."""
    async with running() as app:
        yield app


@pytest.fixture
def user(slack: SlackServer, app: SlackApp) -> SlackUser:
    """Somebody in the workspace."""
    return SlackUser(slack, OverSocket(slack))


def slack_app(config: SlackConfig, engine: Engine, store: FakeStore) -> SlackApp:
    """The adapter over a store in memory."""
    return SlackApp(engine=engine, config=config, store=slack_store(store), clock=SystemClock(), pace=QUICK)


def slack_store(store: FakeStore) -> SlackStore:
    """The adapter's part of a store."""
    return SlackStore(
        events=store.events,
        open_replies=store.open_replies,
        conversations=store.conversations,
        vault=store.vault,
        leases=store.leases,
        managers=store.managers,
        workspaces=store.workspaces,
    )
