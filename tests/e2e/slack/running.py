"""`paperwire run` for Slack in a process of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.servers.slack import Message, SlackServer

SLOW = 30  # seconds; the first list of a day is fetched, read and ranked


@asynccontextmanager
async def paperwire(slack: SlackServer, papers: str, folder: Path, **settings: str) -> AsyncIterator[Process]:
    """A running bot that hears Slack; told to stop at the end."""
    environment = {
        "SLACK_API_URL": slack.api_url,
        "HF_ENDPOINT": papers,
        "PAPERWIRE_ARXIV_URL": papers,
        "PAPERWIRE_DATA": str(folder),
        "PATH": "/usr/bin:/bin",
        **settings,
    }
    command = (sys.executable, "-c", "from paperwire.cli import main; main()", "run")
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
