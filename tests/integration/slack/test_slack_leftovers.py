"""Several processes, and answers that one of them cannot finish."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.slack.app import SlackApp
from bot.testing.store import FakeStore
from tests.integration.slack.conftest import Running
from tests.integration.slack.small_engine import Calls
from tests.integration.slack.test_slack_conversations import seen
from tests.servers.slack import Fault, SlackServer
from tests.servers.slack_user import SlackUser


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
