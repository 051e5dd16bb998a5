"""Several processes, and answers that one of them cannot finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from adapters.slack.leftovers import INTERRUPTED
from bot.chat.engine import Engine
from bot.errors import StoreError
from bot.ports import OpenReply
from bot.testing.store import FakeOpenReplies, FakeStore
from tests.integration.slack.conftest import Running, slack_app
from tests.integration.slack.small_engine import Calls
from tests.integration.slack.test_slack_conversations import seen
from tests.servers.slack import ALL_SCOPES, APP_TOKEN, BOT_TOKEN, Fault, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser


async def test_one_that_starts_leaves_alone_what_another_is_writing(
    slack: SlackServer, running: Running, user: SlackUser, calls: Calls
) -> None:
    calls.gate.clear()
    await user.mention("why?")
    (stream,) = await slack.until(lambda: [message for message in slack.order if message.streaming])
    async with running():
        assert stream.streaming
        calls.gate.set()
        assert await seen(slack, "You asked: why?")
    assert not [line for line in slack.transcript if "interrupted" in line]


async def test_what_this_process_gave_up_is_closed_without_a_restart(
    slack: SlackServer, user: SlackUser, app: SlackApp, store: FakeStore, calls: Calls
) -> None:
    calls.gate.clear()
    await user.command("yesterday")
    placeholder = await seen(slack, "Still waiting")
    await app.leftovers.close_all()
    assert "interrupted" not in placeholder.words
    (reply,) = await store.open_replies.left_open("slack", datetime.now(UTC))
    app.leftovers.given_up(reply)
    await app.leftovers.close_all()
    assert "interrupted" in placeholder.words
    assert not await store.open_replies.left_open("slack", datetime.now(UTC))


async def test_a_limit_on_the_way_does_not_hold_the_answer_up(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    calls.gate.clear()
    slack.go_wrong("chat.appendStream", Fault(status=429, retry_after=600))
    await user.mention("why?")
    await slack.until(lambda: [message for message in slack.order if message.streaming])
    calls.gate.set()
    assert await seen(slack, "You asked: why?")


async def test_a_limit_on_the_way_silences_the_workspace_until_the_end(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    calls.gate.clear()
    slack.go_wrong("assistant.threads.setStatus", Fault(status=429, retry_after=600))
    await user.mention("why?")
    await slack.until(lambda: any(method == "assistant.threads.setStatus" for method, _ in slack.calls))
    calls.gate.set()
    await seen(slack, "You asked: why?")
    assert not any(method == "chat.startStream" for method, _ in slack.calls)


async def test_a_last_part_that_is_lost_does_not_take_the_first_away(
    slack: SlackServer, user: SlackUser, app: SlackApp, store: FakeStore
) -> None:
    slack.go_wrong("chat.postMessage", Fault(), Fault(after=True, drop=True))
    await user.command("trending")
    await app.inbox.drained()
    await app.leftovers.close_all()
    first, *_ = slack.visible("C1")
    assert "word0" in first.words
    assert [message for message in slack.visible("C1") if "rest of this answer" in message.words]
    assert not await store.open_replies.left_open("slack", datetime.now(UTC))


class SlowReplies(FakeOpenReplies):
    """Open replies of a slow database: what is read is handed over once the gate opens, and a delete can fail."""

    def __init__(self, of: FakeOpenReplies | None = None) -> None:
        super().__init__()
        self._kept = of or FakeOpenReplies()
        self.gate, self.read = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.is_away = False

    async def opened(self, reply: OpenReply) -> None:
        await self._kept.opened(reply)

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        left = await self._kept.left_open(platform, before)
        self.read.set()
        await self.gate.wait()
        return left

    async def closed(self, reply: OpenReply) -> None:
        if self.is_away:
            raise StoreError("The database is away.")
        await self._kept.closed(reply)


@asynccontextmanager
async def with_replies(
    slack: SlackServer, engine: Engine, store: FakeStore, replies: FakeOpenReplies
) -> AsyncIterator[SlackApp]:
    config = SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    app = slack_app(config, engine, replace(store, open_replies=replies))
    await app.start()
    yield app
    await app.stop(grace=1)


async def test_an_answer_that_ends_while_leftovers_are_read_stays(
    slack: SlackServer, store: FakeStore, engine: Engine, calls: Calls
) -> None:
    replies = SlowReplies()
    async with with_replies(slack, engine, store, replies) as app:
        calls.gate.clear()
        await SlackUser(slack, OverSocket(slack)).mention("why?")
        await slack.until(lambda: [message for message in slack.order if message.streaming])
        replies.gate.clear()
        replies.read.clear()
        sweep = asyncio.create_task(app.leftovers.close_all())
        await replies.read.wait()
        calls.gate.set()
        answer = await seen(slack, "You asked: why?")
        await app.inbox.drained()
        replies.gate.set()
        await sweep
        assert "You asked: why?" in answer.words
        assert not [method for method, _ in slack.calls if method == "chat.postMessage"]


async def test_a_finished_answer_whose_note_cannot_be_deleted_stays(
    slack: SlackServer, store: FakeStore, engine: Engine
) -> None:
    replies = SlowReplies()
    async with with_replies(slack, engine, store, replies) as app:
        replies.is_away = True
        await SlackUser(slack, OverSocket(slack)).mention("why?")
        answer = await seen(slack, "You asked: why?")
        await app.inbox.drained()
        replies.is_away = False
        await app.leftovers.close_all()
        assert "You asked: why?" in answer.words
        assert not await replies.left_open("slack", datetime.now(UTC))


async def test_what_a_process_finishes_while_another_takes_over_stays(
    slack: SlackServer, store: FakeStore, engine: Engine, calls: Calls
) -> None:
    """The first one gave no sign of life for long, and was frozen, not dead."""
    replies = SlowReplies()
    async with with_replies(slack, engine, store, replies) as frozen:
        calls.gate.clear()
        await SlackUser(slack, OverSocket(slack)).mention("why?")
        await slack.until(lambda: [message for message in slack.order if message.streaming])
        await frozen.leftovers.leave()
        slow = SlowReplies(replies)  # the same database, which answers the second process late
        slow.gate.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(takes_over(slack, engine, store, slow))
            await slow.read.wait()
            calls.gate.set()
            answer = await seen(slack, "You asked: why?")
            await frozen.inbox.drained()
            slow.gate.set()
        assert "You asked: why?" in answer.words


async def takes_over(slack: SlackServer, engine: Engine, store: FakeStore, replies: FakeOpenReplies) -> None:
    """A process starts, closes what it finds, and stops."""
    async with with_replies(slack, engine, store, replies):
        pass


class FrozenReplies(FakeOpenReplies):
    """Open replies of a process that ends as it writes down where its message stands, until it is thawed."""

    def __init__(self) -> None:
        super().__init__()
        self.thawed = asyncio.Event()

    async def became(self, intended: OpenReply, reply: OpenReply) -> None:
        await self.thawed.wait()
        await super().became(intended, reply)


@pytest.mark.parametrize("may_read", [True, False])
async def test_placeholder_that_nobody_noted_is_closed_or_followed_by_a_sentence(
    slack: SlackServer, store: FakeStore, engine: Engine, calls: Calls, may_read: bool
) -> None:
    slack.scopes = f"{ALL_SCOPES},channels:history" if may_read else ALL_SCOPES
    calls.gate.clear()
    replies = FrozenReplies()
    frozen = replace(store, open_replies=replies)
    config = SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    dying, successor = (slack_app(config, engine, frozen) for _ in range(2))
    await dying.start()
    await SlackUser(slack, OverSocket(slack)).command("yesterday")
    (placeholder,) = await slack.until(lambda: slack.visible("C1"))
    waiting = placeholder.words
    await dying.leftovers.leave()
    await successor.start()
    said = [message.words for message in slack.visible("C1")]
    assert said == ([INTERRUPTED] if may_read else [waiting, INTERRUPTED])
    assert not await replies.left_open("slack", datetime.now(UTC))
    replies.thawed.set()
    for app in (successor, dying):
        await app.stop(grace=0)
