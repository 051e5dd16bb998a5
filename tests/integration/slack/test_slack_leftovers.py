"""Several processes, and answers that one of them cannot finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack import leftovers
from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from adapters.slack.in_line import IN_LINE
from adapters.slack.leftovers import INTERRUPTED, LIFE, UNSURE, Ending
from adapters.slack.render import Message
from bot.chat.engine import Engine
from bot.chat.request import Place
from bot.errors import StoreError
from bot.ports import OpenReply
from bot.testing.clock import FakeClock
from bot.testing.store import FakeLeases, FakeOpenReplies, FakeStore
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


async def test_an_end_that_slack_did_not_take_comes_later(
    slack: SlackServer, user: SlackUser, app: SlackApp, store: FakeStore, calls: Calls
) -> None:
    calls.gate.clear()
    await user.command("yesterday")
    await seen(slack, "Still waiting")
    await app.leftovers.close_all()
    assert not slack.visible("C1", "U2")
    (reply,) = await store.open_replies.left_open("slack", datetime.now(UTC))
    app.leftovers.given_up(reply, Ending(Message("The end.")))
    await app.leftovers.close_all()
    assert [message.words for message in slack.visible("C1", "U2")] == ["The end."]
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

    async def became(self, intended: OpenReply, reply: OpenReply) -> None:
        await self._kept.became(intended, reply)

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


async def test_what_a_process_finished_while_the_store_was_away_stays(
    slack: SlackServer, store: FakeStore, engine: Engine
) -> None:
    """All leases ran out with the store, so another process must not take the silent one for dead."""
    replies, clock = SlowReplies(), FakeClock()
    shared = replace(store, leases=FakeLeases(clock))
    async with with_replies(slack, engine, shared, replies) as silent:
        replies.is_away = True
        await SlackUser(slack, OverSocket(slack)).mention("why?")
        answer = await seen(slack, "You asked: why?")
        await silent.inbox.drained()
        clock.advance(LIFE.total_seconds() * 2)
        replies.is_away = False
        await takes_over(slack, engine, shared, replies)
        assert "You asked: why?" in answer.words
        await silent.leftovers.close_all()
        assert not await replies.left_open("slack", datetime.now(UTC))


async def test_a_process_that_stays_silent_while_the_store_is_there_is_taken_for_dead(
    slack: SlackServer, store: FakeStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "LIFE", timedelta(seconds=0.2))
    dead = OpenReply(place=Place("slack:T1", "C1", ""), message="1.2/dead", opened_at=datetime.now(UTC))
    await store.open_replies.opened(dead)
    await store.leases.acquire("slack-process:dead", "dead", timedelta())
    async with with_replies(slack, engine, store, store.open_replies) as app:
        await asyncio.sleep(0.05)
        await app.leftovers.close_all()
        assert await store.open_replies.left_open("slack", datetime.now(UTC)) == [dead]
        async with asyncio.timeout(5):
            while await store.open_replies.left_open("slack", datetime.now(UTC)):
                await asyncio.sleep(0.05)
                await app.leftovers.close_all()


async def test_nobody_waits_for_an_answer_of_days_ago(slack: SlackServer, store: FakeStore, engine: Engine) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    await store.open_replies.opened(OpenReply(place=Place("slack:T1", "C1", ""), message="1.2/dead", opened_at=old))
    calls = len(slack.calls)
    await takes_over(slack, engine, store, store.open_replies)
    assert not await store.open_replies.left_open("slack", datetime.now(UTC))
    assert not [method for method, _ in slack.calls[calls:] if method.startswith("chat.")]


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


@asynccontextmanager
async def killed(
    slack: SlackServer, store: FakeStore, engine: Engine, replies: FakeOpenReplies
) -> AsyncIterator[list[tuple[str, str, str]]]:
    """A process that gives no more sign of life after the block; then another one starts.

    Yields what is to be seen then, filled at the end: words, thread, and the person who alone sees it.
    """
    config = SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    dying, successor = (slack_app(config, engine, replace(store, open_replies=replies)) for _ in range(2))
    await dying.start()
    there: list[tuple[str, str, str]] = []
    try:
        yield there
        await dying.leftovers.leave()
        await successor.start()
        there += [(message.words, message.thread, message.only_for) for message in slack.visible("C1")]
        assert not await replies.left_open("slack", datetime.now(UTC))
    finally:
        for app in (successor, dying):
            await app.stop(grace=0)


@pytest.mark.parametrize("may_read", [True, False])
async def test_message_that_nobody_noted_is_closed_or_followed_by_a_sentence(
    slack: SlackServer, store: FakeStore, engine: Engine, calls: Calls, may_read: bool
) -> None:
    slack.agent = False
    slack.scopes = f"{ALL_SCOPES},channels:history" if may_read else ALL_SCOPES
    calls.gate.clear()
    replies = FrozenReplies()
    async with killed(slack, store, engine, replies) as there:
        asked = await SlackUser(slack, OverSocket(slack)).mention("why?")
        (begun,) = await slack.until(lambda: slack.visible("C1", "U2"))
        shown = begun.words
    replies.thawed.set()
    said = [words for words, thread, only_for in there if (thread, only_for) == (asked, "")]
    assert said == ([INTERRUPTED] if may_read else [shown, INTERRUPTED])


async def test_question_for_which_a_status_was_shown_is_closed_in_its_thread(
    slack: SlackServer, store: FakeStore, engine: Engine, calls: Calls
) -> None:
    calls.gate.clear()
    async with killed(slack, store, engine, FakeOpenReplies()) as there:
        asked = await SlackUser(slack, OverSocket(slack)).mention("yesterday")
        await slack.until(lambda: slack.statuses)
        assert not slack.visible("C1")
    assert there == [(INTERRUPTED, asked, "")]


async def test_who_alone_saw_a_sign_of_work_is_told_alone(
    slack: SlackServer, store: FakeStore, engine: Engine, calls: Calls
) -> None:
    calls.gate.clear()
    async with killed(slack, store, engine, FakeOpenReplies()) as there:
        await SlackUser(slack, OverSocket(slack)).command("yesterday")
        await slack.until(lambda: slack.visible("C1"))
    assert (INTERRUPTED, "", "U1") in there
    assert {only_for for _, _, only_for in there} == {"U1"}


async def test_placeholder_whose_posting_was_not_confirmed_becomes_the_answer(
    slack: SlackServer, user: SlackUser, app: SlackApp, calls: Calls
) -> None:
    calls.gate.clear()
    slack.go_wrong("chat.postMessage", Fault(after=True, drop=True))
    await user.direct("yesterday")
    (placeholder,) = await slack.until(lambda: slack.visible("D1"))
    calls.gate.set()
    await app.inbox.drained()
    assert slack.visible("D1") == [placeholder]
    assert "Yesterday" in placeholder.words


@pytest.mark.parametrize("may_read", [True, False])
async def test_an_answer_that_slack_does_not_confirm_is_not_taken_for_an_interrupted_one(
    slack: SlackServer, store: FakeStore, running: Running, calls: Calls, may_read: bool
) -> None:
    slack.scopes = f"{ALL_SCOPES},channels:history" if may_read else ALL_SCOPES
    async with running() as app:
        calls.gate.clear()
        await SlackUser(slack, OverSocket(slack)).command("yesterday")
        await slack.until(lambda: slack.visible("C1"))
        slack.go_wrong("chat.postMessage", Fault(after=True, drop=True))
        calls.gate.set()
        await app.inbox.drained()
        await app.leftovers.close_all()
        (answer,) = slack.visible("C1", "U2")
        assert "Yesterday" in answer.words
        assert [UNSURE in message.words for message in slack.visible("C1")][-1] is not may_read
        assert not await store.open_replies.left_open("slack", datetime.now(UTC))


@pytest.mark.parametrize("agent", [True, False])
async def test_a_command_that_fails_leaves_nothing_for_all(
    slack: SlackServer, user: SlackUser, app: SlackApp, agent: bool
) -> None:
    slack.agent = agent
    await user.command("week")
    await user.mention("week")
    await app.inbox.drained()
    assert all(message.only_for == "U1" for message in slack.order)
    assert len([message for message in slack.order if "Hugging Face does not answer" in message.words]) == 2


async def test_one_whose_request_waits_behind_a_slow_one_is_told(
    slack: SlackServer, user: SlackUser, app: SlackApp, calls: Calls
) -> None:
    calls.gate.clear()
    await user.direct("yesterday")
    await user.direct("search afterwards")
    waiting = await seen(slack, IN_LINE, channel="D1")
    calls.gate.set()
    await app.inbox.drained()
    assert "You searched for: afterwards" in waiting.words
    assert len(slack.visible("D1")) == 2


async def test_what_waits_for_a_moment_is_not_told(slack: SlackServer, user: SlackUser, app: SlackApp) -> None:
    for number in range(3):
        await user.direct(f"search n{number}")
    await app.inbox.drained()
    assert not [line for line in slack.transcript if IN_LINE in line]
