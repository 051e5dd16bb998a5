"""A digest goes out while the model is down, and is completed later, although the worker is killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.digests.model import Target
from bot.store.database import Database
from bot.store.deliveries import SqlDeliveries
from bot.store.subscriptions import SqlSubscriptions
from tests.digests import due_now
from tests.servers.lists import daily_lists
from tests.servers.openai import Asked, answers, fails, openai_server
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SlackServer

PAPERS = 6
LINE = "It shines by a lamp."
TARGET = Target("slack:T1", "C1")
EMPTY = dict.fromkeys(("problem", "method", "result", "why"), "")


class Model:
    """A model's server that is down until somebody says otherwise."""

    is_down = True
    summarized = 0

    async def behave(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        """Fail, or summarize whatever papers are there; to any question there is no answer."""
        return await (fails(503) if self.is_down else answers(self._answer))(request, asked)

    def _answer(self, asked: Asked) -> str:
        papers = re.findall(r"^id: (\S+)", asked["messages"][-1]["content"], re.MULTILINE)
        self.summarized += len(papers)
        if not papers:
            return json.dumps({"verdict": "not_in_paper", "claims": []})
        return json.dumps({"papers": [{"id": paper, "line": LINE, **EMPTY} for paper in papers]})


async def _worker(folder: Path, environment: dict[str, str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from paperwire.cli import main; main()", "run", "--only", "worker"),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _until(ready: Callable[[], bool], seconds: float = 120) -> None:
    async with asyncio.timeout(seconds):
        while not ready():  # noqa: ASYNC110 (another process makes it true)
            await asyncio.sleep(0.02)


async def _look_at_once(deliveries: SqlDeliveries) -> None:
    """Let the look that is due in a quarter of an hour be due now."""
    [digest] = await deliveries.digests(TARGET)
    now = SystemClock().now()
    async with asyncio.timeout(30):
        while not await deliveries.incomplete(now + timedelta(days=1)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await deliveries.look_again(digest.slot.key, now)


@pytest.mark.long
async def test_killed_worker_leaves_a_digest_that_the_next_one_completes(tmp_path: Path) -> None:
    model = Model()
    async with daily_lists(PAPERS) as source, SlackServer() as slack, openai_server(model.behave) as server:
        database = await Database.open(None, tmp_path)
        deliveries = SqlDeliveries(database)
        await due_now(SqlSubscriptions(database), TARGET, SystemClock())
        environment = {
            "PAPERWIRE_DATA": str(tmp_path),
            "HF_ENDPOINT": source,
            "PAPERWIRE_ARXIV_URL": source,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": server.url,
        }

        def better() -> int:
            return sum(LINE in message.words for message in slack.visible("C1"))

        worker = await _worker(tmp_path, environment)
        await _until(lambda: len(slack.visible("C1")) == PAPERS + 1)
        missing = slack.visible("C1")[0].words
        await _look_at_once(deliveries)
        model.is_down = False
        await _until(lambda: better() >= 2)
        worker.kill()
        await worker.wait()
        worker = await _worker(tmp_path, environment)
        await _until(lambda: better() == PAPERS and slack.visible("C1")[0].words != missing)
        worker.terminate()
        assert await asyncio.wait_for(worker.wait(), 30) == 0
        shown = slack.visible("C1")
        await database.aclose()
        assert not slack.faults
    assert len(shown) == PAPERS + 1
    assert "abstracts' own sentences" in missing
    assert "abstracts' own sentences" not in shown[0].words
    assert model.summarized == PAPERS
