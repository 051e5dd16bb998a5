"""Numbers at Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from bot.testing.store import FakeStore
from paperwire.bootstrap import App
from tests.contract.adapters.numbers import NumbersContract, Talk
from tests.integration.slack.conftest import slack_app
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser


@dataclass
class SlackTalk:
    """People in C1."""

    server: SlackServer
    app: SlackApp
    thread: str = ""

    async def say(self, line: str, user: str) -> str:
        """As a slash command."""
        await self._person(user).command(line)
        return await self._answer()

    async def open_thread(self, line: str, user: str) -> str:
        """As a mention, which is answered below itself."""
        self.thread = await self._person(user).mention(line)
        return await self._answer()

    async def say_below(self, line: str, user: str) -> str:
        """As a mention below the first one."""
        await self._person(user).mention(line, thread=self.thread)
        return await self._answer()

    def _person(self, user: str) -> SlackUser:
        return SlackUser(self.server, OverSocket(self.server), user=user)

    async def _answer(self) -> str:
        await self.app.inbox.drained()
        assert not self.server.faults
        return self.server.order[-1].words


class TestNumbersAtSlack(NumbersContract):
    @pytest.fixture
    async def talk(self, whole: App, store: FakeStore) -> AsyncIterator[Talk]:
        async with SlackServer() as server:
            config = SlackConfig(api_url=server.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
            app = slack_app(config, whole.engine, store)
            await app.start()
            yield SlackTalk(server, app)
            await app.stop(grace=1)

    async def test_below_a_page_of_a_list_its_later_numbers_count_too(self, talk: SlackTalk) -> None:
        await talk.say("today top 2", "U1")
        talk.thread = talk.server.order[-1].ts
        talk.server.answered.add(("C1", talk.thread))
        below = await talk.say_below("show #3", "U2")
        assert below == await talk.say("show #3", "U1")
