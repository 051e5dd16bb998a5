"""`paperwire run` with Slack's tokens, in a process of its own, before the local Slack and the recorded papers."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.e2e.slack.running import SLOW, paperwire, seen
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, Channel, Fault, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

pytestmark = pytest.mark.real_data

SOCKETS = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
PAPERS = "C0000001"


async def window(slack: SlackServer, callback: str) -> None:
    """Wait for a window of that kind."""
    await slack.until(lambda: slack.views and slack.views[-1].get("callback_id") == callback, timeout=SLOW)


async def home(slack: SlackServer, words: str) -> None:
    """Wait for the App Home to say so."""
    await slack.until(lambda: words in str(slack.homes.get("U1", "")), timeout=SLOW)


async def test_a_day_at_slack(replay: str, tmp_path: Path) -> None:
    async with SlackServer() as slack, paperwire(slack, replay, tmp_path, **SOCKETS) as bot:
        await slack.until(lambda: slack.connections, timeout=SLOW)
        user = SlackUser(slack, OverSocket(slack))

        await user.command("yesterday")
        papers = await seen(slack, "[Details]")
        assert "huggingface.co/papers/" in papers.words

        before = len(slack.order)
        await user.press(papers, "Details")
        assert (await seen(slack, "[Similar]", after=before)).thread == papers.ts

        await user.press(papers, "Ask")
        await window(slack, "pw1:ask")
        before = len(slack.order)
        await user.submit("What is the method?")
        assert (await seen(slack, "What is the method?", after=before)).thread == papers.ts

        before = len(slack.order)
        await user.mention("show #2", thread=papers.ts)
        assert (await seen(slack, "[Similar]", after=before)).thread == papers.ts

        before = len(slack.order)
        await user.direct("search diffusion")
        assert await seen(slack, "Search: diffusion", channel="D1", after=before)

        slack.channels[PAPERS] = Channel(PAPERS, creator="U1")
        await user.open_home()
        await home(slack, "Subscribe a channel")
        await user.press_in_home("Subscribe a channel")
        await window(slack, "pw1:form")
        await user.fill_in(channel=PAPERS, time="07:30", about="diffusion, agents")
        await home(slack, f"<#{PAPERS}>")
        assert await seen(slack, "is subscribed", channel="D1")

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
    async with (
        SlackServer() as slack,
        paperwire(slack, replay, tmp_path, **SOCKETS | {"SLACK_BOT_TOKEN": "xoxb-wrong"}) as bot,
    ):
        _, said = await asyncio.wait_for(bot.communicate(), SLOW)
        assert bot.returncode == 1
        assert said.decode().count("SLACK_BOT_TOKEN: Slack refuses the token") == 1
        assert "xoxb-wrong" not in said.decode()


async def test_a_kill_in_an_answer_is_closed_after_the_restart(replay: str, tmp_path: Path) -> None:
    async with SlackServer() as slack:
        async with paperwire(slack, replay, tmp_path, **SOCKETS) as bot:
            await slack.until(lambda: slack.connections, timeout=SLOW)
            slack.go_wrong("chat.update", Fault(delay=SLOW))
            await SlackUser(slack, OverSocket(slack)).direct("yesterday")
            (placeholder,) = await slack.until(lambda: slack.visible("D1"), timeout=SLOW)
            await slack.until(lambda: any(method == "chat.update" for method, _ in slack.calls), timeout=SLOW)
            bot.kill()
        async with paperwire(slack, replay, tmp_path, **SOCKETS):
            await slack.until(lambda: "interrupted" in placeholder.words, timeout=SLOW)
