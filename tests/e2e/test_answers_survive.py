"""A bot is killed between Slack's having its first words and its hearing so; what stands there has an end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.slack.leftovers import INTERRUPTED
from benchmarks.crash_worker import start
from benchmarks.crash_worlds import MESSAGE, SlackWorld
from tests.servers.lists import daily_lists
from tests.servers.slack import SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

SLOW = 30.0  # seconds
ASKED = "yesterday"


@pytest.mark.long
async def test_first_words_of_a_killed_bot_have_an_end(tmp_path: Path) -> None:
    async with SlackServer() as slack, daily_lists(3, delay=2.0) as source:
        world = SlackWorld(slack)
        environment = {"PAPERWIRE_DATA": str(tmp_path), "HF_ENDPOINT": source, "PAPERWIRE_ARXIV_URL": source}
        first = start(environment | world.environment, timedelta(), answering=True)
        world.witnessed_by(lambda what, _channel, done: first.kill() if what == MESSAGE and done else None)
        await slack.until(lambda: slack.connections, SLOW)
        await SlackUser(slack, OverSocket(slack)).direct(ASKED)
        await asyncio.to_thread(first.join, SLOW)
        (words,) = (message.words for message in slack.visible("D1"))
        assert words.endswith("…")
        world.witnessed_by(lambda _what, _channel, _done: None)
        second = start(environment | world.environment, timedelta(), answering=True)
        await slack.until(lambda: INTERRUPTED in [message.words for message in slack.visible("D1")], SLOW)
        second.terminate()
        await asyncio.to_thread(second.join, SLOW)
        said = [message.words for message in slack.visible("D1")]
    assert said == [INTERRUPTED]
