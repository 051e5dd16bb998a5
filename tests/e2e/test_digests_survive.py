"""A worker is killed in the middle of digests, and another one ends them: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from benchmarks.crash import crash
from bot.clock import SystemClock
from bot.digests.model import Target
from bot.store.database import Database
from bot.store.subscriptions import SqlSubscriptions
from tests.digests import due_now
from tests.servers.discord import THREAD, DiscordServer, words_of
from tests.servers.lists import daily_lists
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer

PAPERS = 4
MESSAGES = PAPERS + 1


@pytest.fixture
async def source() -> AsyncIterator[str]:
    """A small Hugging Face."""
    async with daily_lists(PAPERS) as address:
        yield address


async def _worker(folder: Path, environment: dict[str, str]) -> Process:
    code = "from paperwire.cli import main; main()"
    root = str(Path(__file__).parents[2])
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, "run", "--only", "worker"),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": root, "PAPERWIRE_DATA": str(folder), **environment},
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _until(ready: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not ready():  # noqa: ASYNC110 (other processes make it true)
            await asyncio.sleep(0.02)


async def _subscribe(folder: Path, targets: list[Target]) -> None:
    database = await Database.open(None, folder)
    for target in targets:
        await due_now(SqlSubscriptions(database), target, SystemClock())
    await database.aclose()


async def _run(
    start: Callable[[], Awaitable[Process]], kill_when: Callable[[], bool], done: Callable[[], bool]
) -> None:
    first = await start()
    try:
        await _until(kill_when, 60)
    finally:
        first.kill()
        await first.wait()
    second = await start()
    try:
        await _until(done, 90)
        await asyncio.sleep(3)  # what would come twice has time to come
    finally:
        second.terminate()
        assert await asyncio.wait_for(second.wait(), 30) == 0


@pytest.mark.long
async def test_killed_worker_on_both_platforms(source: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackServer())
        discord = await stack.enter_async_context(DiscordServer().run())
        guild = discord.add_guild("Lab")
        targets = [
            Target("slack:T1", "C1"),
            Target(f"discord:{guild['id']}", guild["channels"][0]["id"]),
        ]
        await _subscribe(tmp_path, targets)
        environment = {
            "HF_ENDPOINT": source,
            "PAPERWIRE_ARXIV_URL": source,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "DISCORD_API_URL": discord.url,
            "DISCORD_TOKEN": discord.token,
        }

        def both(count: int) -> bool:
            return len(slack.visible("C1")) >= count and len(discord.messages) >= count

        await _run(lambda: _worker(tmp_path, environment), lambda: both(2), lambda: both(MESSAGES))
        said = [message.words for message in slack.visible("C1")]
        written = [words_of(message) for message in discord.messages.values()]
        threads = [channel for channel in discord.channels.values() if channel["type"] == THREAD]
        assert not slack.faults
        assert not discord.violations
    assert len(threads) == 1
    for words in (said, written):
        assert len(words) == MESSAGES
        for number in range(1, MESSAGES):
            assert sum(f"Lighthouse {number} of" in each for each in words[1:]) == 1


@pytest.mark.long
@pytest.mark.parametrize(("platform", "may_read"), [("discord", True), ("slack", True), ("slack", False)])
async def test_nothing_is_lost_or_doubled_whenever_a_worker_is_killed(platform: str, may_read: bool) -> None:
    figures = await crash(platform, 15, may_read=may_read)
    assert (figures["kills"], figures["lost"], figures["duplicated"]) == (15, 0, 0)
    assert figures["unknown"] == figures["reported_unknown"]
    assert (figures["unknown"] > 0) == (not may_read)
    assert figures["refused_by_the_platform"] == 0
