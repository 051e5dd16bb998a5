"""Whatever is said to the bot in a channel has an answer that Slack shows to the person who asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from bot.testing.store import FakeStore
from paperwire.bootstrap import demo_parts, open_app
from paperwire.settings import Settings
from tests.integration.slack.conftest import Running, slack_app
from tests.integration.slack.small_engine import Calls
from tests.integration.slack.test_slack_conversations import seen
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

MENTIONS = (
    "help",
    "",
    "what is new today?",
    "todya",
    "usage",
    "status",
    "saved",
    "save #1",
    "show #1",
    "subscribe",
    "unsubscribe",
    "today",
    "hi",
)


@pytest.fixture
async def whole(slack: SlackServer) -> AsyncIterator[SlackApp]:
    """The adapter in front of the real engine and the built-in day."""
    store = FakeStore()
    async with open_app(Settings.model_validate({}), replace(demo_parts(), store=store)) as app:
        config = SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
        adapter = slack_app(config, app.engine, store)
        await adapter.start()
        yield adapter
        await adapter.stop(grace=1)


@pytest.mark.parametrize("words", MENTIONS)
async def test_a_mention_in_a_channel_is_answered_where_its_author_sees_it(
    slack: SlackServer, whole: SlackApp, words: str
) -> None:
    await SlackUser(slack, OverSocket(slack)).mention(words)
    await whole.inbox.drained()
    assert [message for message in slack.visible("C1") if message.words]


async def test_saving_a_paper_of_a_list_without_replies_is_confirmed(slack: SlackServer, whole: SlackApp) -> None:
    user = SlackUser(slack, OverSocket(slack))
    await user.command("today")
    await whole.inbox.drained()
    (shown,) = slack.visible("C1")
    await user.press(shown, "Save")
    await whole.inbox.drained()
    confirmation = slack.visible("C1")[-1]
    assert (confirmation.only_for, confirmation.thread) == ("U1", "")


async def test_what_is_for_one_person_stays_in_a_thread_with_replies(slack: SlackServer, whole: SlackApp) -> None:
    user = SlackUser(slack, OverSocket(slack))
    await user.command("today")
    await whole.inbox.drained()
    (shown,) = slack.visible("C1")
    await user.press(shown, "Details")
    await whole.inbox.drained()
    await user.press(shown, "Save")
    await whole.inbox.drained()
    confirmation = slack.visible("C1")[-1]
    assert (confirmation.only_for, confirmation.thread) == ("U1", shown.ts)
    await user.mention("help", thread=shown.ts)
    await whole.inbox.drained()
    assert slack.visible("C1")[-1].thread == shown.ts


async def test_a_question_put_by_a_window_keeps_its_thread(slack: SlackServer, running: Running, calls: Calls) -> None:
    async with running():
        user = SlackUser(slack, OverSocket(slack))
        await user.command("today")
        await user.press(await seen(slack, "Trending papers"), "Search for …")
        await slack.until(lambda: slack.views)
        await user.submit("graphs")
        assert await seen(slack, "You searched for: graphs")
