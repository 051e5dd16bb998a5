"""Many answers at once, while leftovers are looked for all the time: none is taken for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from bot.chat.commands import COMMANDS
from bot.chat.engine import Engine
from bot.chat.request import Final, Partial, Progress, Reply, Request
from bot.clock import SystemClock
from bot.documents.model import Document, Paragraph, text
from bot.store.database import Database
from bot.store.open_replies import SqlOpenReplies
from bot.testing.store import FakeStore
from tests.integration.slack.conftest import QUICK, slack_store
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, Json, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

RATE = 200  # questions a second
AT_ONCE = 400  # as many may be under way


@pytest.mark.parametrize("count", [100, pytest.param(6_000, marks=pytest.mark.long)])
async def test_no_finished_answer_is_overwritten(
    slack: SlackServer, store: FakeStore, tmp_path: Path, count: int
) -> None:
    database = await Database.open(None, tmp_path)
    replies = SqlOpenReplies(database)
    config = SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    engine = Engine(COMMANDS, {}, question=answer)
    parts = replace(slack_store(store), open_replies=replies)
    app = SlackApp(engine=engine, config=config, store=parts, clock=SystemClock(), pace=QUICK)
    await app.start()
    async with sweeping(app):
        await ask(slack, count)
        await app.inbox.drained()
    await app.stop(grace=1)
    await database.aclose()
    assert len([1 for method, _ in slack.calls if method == "chat.startStream"]) == count
    finished = [message.words for message in slack.visible("C1")]
    assert sorted(finished) == sorted(f"You asked: n{number}?" for number in range(count))


async def answer(request: Request) -> AsyncIterator[Reply]:
    """Long enough for a stream to begin, which then stands unfinished."""
    yield Progress("Reading the paper …")
    await asyncio.sleep(2 * QUICK.gap)
    yield Partial("The answer")
    await asyncio.sleep(2 * QUICK.gap)
    yield Final(Document(blocks=(Paragraph(text(f"You asked: {request.text}")),)))


@asynccontextmanager
async def sweeping(app: SlackApp) -> AsyncIterator[None]:
    """Look for leftovers again and again, where a running bot does so every five seconds."""

    async def sweep() -> None:
        while True:
            await app.leftovers.close_all()
            await asyncio.sleep(0.01)

    task = asyncio.create_task(sweep())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def ask(slack: SlackServer, count: int) -> None:
    """Questions in a channel, each in a thread of its own, at `RATE` unless too many are under way."""
    user, clock = SlackUser(slack, OverSocket(slack)), asyncio.get_running_loop().time
    under_way = asyncio.Semaphore(AT_ONCE)

    def watch(method: str, _arguments: Json, done: bool) -> None:
        if method == "chat.update" and done:
            under_way.release()

    slack.watch = watch
    began = clock()
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / RATE - clock()))
            await under_way.acquire()
            tasks.create_task(user.mention(f"n{number}?"))
