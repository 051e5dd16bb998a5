"""`paperwire run` with Slack's tokens, in a process of its own, before the local Slack and the recorded papers."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.servers.slack import APP_TOKEN, BOT_TOKEN, Fault, Message, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

pytestmark = pytest.mark.real_data

SLOW = 30  # seconds; the first list of a day is fetched, read and ranked


@asynccontextmanager
async def paperwire(
    slack: SlackServer, papers: str, folder: Path, bot_token: str = BOT_TOKEN
) -> AsyncIterator[Process]:
    """A running bot that hears Slack; told to stop at the end."""
    environment = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": bot_token,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "HF_ENDPOINT": papers,
        "PAPERWIRE_ARXIV_URL": papers,
        "PAPERWIRE_DATA": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    command = (sys.executable, "-c", "from bot.cli import main; main()", "run")
    bot = await asyncio.create_subprocess_exec(*command, env=environment, stdout=DEVNULL, stderr=PIPE, cwd=folder)
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.send_signal(signal.SIGTERM)
        await bot.communicate()


async def seen(slack: SlackServer, words: str, channel: str = "C1", after: int = 0) -> Message:
    """The newest finished message with these words, among those after the first `after`."""
    found: list[Message] = await slack.until(
        lambda: [
            m for m in slack.visible(channel) if m in slack.order[after:] and words in m.words and not m.streaming
        ],
        timeout=SLOW,
    )
    return found[-1]


async def test_a_day_at_slack(replay: str, tmp_path: Path) -> None:
    async with SlackServer() as slack, paperwire(slack, replay, tmp_path) as bot:
        await slack.until(lambda: slack.connections, timeout=SLOW)
        user = SlackUser(slack, OverSocket(slack))

        await user.command("yesterday")
        papers = await seen(slack, "[Details]")
        assert "huggingface.co/papers/" in papers.words

        before = len(slack.order)
        await user.press(papers, "Details")
        assert (await seen(slack, "[Similar]", after=before)).thread == papers.ts

        await user.press(papers, "Ask")
        await slack.until(lambda: slack.views, timeout=SLOW)
        before = len(slack.order)
        await user.submit("What is the method?")
        assert (await seen(slack, "What is the method?", after=before)).thread == papers.ts

        before = len(slack.order)
        await user.mention("show #2", thread=papers.ts)
        assert (await seen(slack, "[Similar]", after=before)).thread == papers.ts

        before = len(slack.order)
        await user.direct("search diffusion")
        assert await seen(slack, "Search: diffusion", channel="D1", after=before)

        await slack.disconnect()
        await slack.until(lambda: slack.connections == 2, timeout=SLOW)
        before = len(slack.order)
        await user.command("help")
        assert (await seen(slack, "today", after=before)).only_for == "U1"

        await user.uninstall()
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), SLOW)
        assert bot.returncode == 0
        assert not slack.faults
        (tmp_path / "transcript.txt").write_text("\n".join(slack.transcript))


async def test_a_wrong_token_is_named_once_and_ends_the_start(replay: str, tmp_path: Path) -> None:
    async with SlackServer() as slack, paperwire(slack, replay, tmp_path, bot_token="xoxb-wrong") as bot:
        _, said = await asyncio.wait_for(bot.communicate(), SLOW)
        assert bot.returncode == 1
        assert said.decode().count("SLACK_BOT_TOKEN: Slack refuses the token") == 1
        assert "xoxb-wrong" not in said.decode()


async def test_a_kill_in_an_answer_is_closed_after_the_restart(replay: str, tmp_path: Path) -> None:
    async with SlackServer() as slack:
        async with paperwire(slack, replay, tmp_path) as bot:
            await slack.until(lambda: slack.connections, timeout=SLOW)
            slack.go_wrong("chat.update", Fault(delay=SLOW))
            await SlackUser(slack, OverSocket(slack)).command("yesterday")
            (placeholder,) = await slack.until(lambda: slack.visible("C1"), timeout=SLOW)
            await slack.until(lambda: any(method == "chat.update" for method, _ in slack.calls), timeout=SLOW)
            bot.kill()
        async with paperwire(slack, replay, tmp_path):
            await slack.until(lambda: "interrupted" in placeholder.words, timeout=SLOW)
