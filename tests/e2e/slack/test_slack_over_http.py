"""`paperwire run` with Slack over signed HTTP: installed by OAuth, asked, and taken out again."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sqlalchemy import Table, select
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from bot.store.tables import OWNED
from tests.e2e.slack.running import SLOW, paperwire, seen
from tests.servers.slack import SlackServer
from tests.servers.slack_user import OverHttp, SlackUser

pytestmark = pytest.mark.real_data

SECRET = "a signing secret"


@pytest.fixture
def address() -> str:
    """A host and port at which nobody listens yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def owned(folder: Path) -> list[str]:
    """The tables in which the workspace has anything."""
    with closing(sqlite3.connect(folder / "paperwire.db")) as database:
        return [table.name for table in OWNED if database.execute(_rows_of_the_workspace(table)).fetchone()]


def _rows_of_the_workspace(table: Table) -> str:
    rows = select(table.c.workspace).where(table.c.workspace == "slack:T2")
    return str(rows.compile(compile_kwargs={"literal_binds": True}))


async def status(url: str) -> int:
    """The status that is answered there; 0 where nobody listens."""
    try:
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return answer.status
    except aiohttp.ClientConnectionError:
        return 0


async def ready(url: str) -> None:
    """Wait until the bot says that it is ready."""
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(AssertionError), stop=stop_after_delay(SLOW), wait=wait_fixed(0.1)
    ):
        with attempt:
            assert await status(f"{url}/readyz") == 200


async def install(url: str) -> int:
    """Go through the installation as a browser does; the status of the last page."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        async with browser.get(f"{url}/slack/install") as page:
            link = re.findall(r'href="([^"]*oauth/v2/authorize[^"]*)"', await page.text())[0]
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        state = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["state"][0]
        query = {"code": "good", "state": state}
        async with browser.get(f"{url}/slack/oauth_redirect", params=query, headers={"Cookie": cookie}) as page:
            return page.status


async def test_a_workspace_from_its_installation_to_its_removal(replay: str, tmp_path: Path, address: str) -> None:
    settings = {
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "a client secret",
        "PAPERWIRE_HTTP": address,
    }
    url = f"http://{address}"
    async with SlackServer() as slack, paperwire(slack, replay, tmp_path, **settings) as bot:
        await ready(url)
        user = SlackUser(slack, OverHttp(url, SECRET), team="T2")

        await user.command("yesterday")
        assert not [method for method, _ in slack.calls if method.startswith("chat.")]

        assert await install(url) == 200
        await user.command("yesterday")
        papers = await seen(slack, "[Details]")

        before = len(slack.order)
        await user.press(papers, "Details")
        assert (await seen(slack, "[Similar]", after=before)).thread == papers.ts

        before = len(slack.order)
        await user.mention("show #2", thread=papers.ts, times=2)
        assert (await seen(slack, "[Similar]", after=before)).thread == papers.ts

        with pytest.raises(aiohttp.ClientResponseError, match="401"):
            await SlackUser(slack, OverHttp(url, "forged"), team="T2").command("today")

        assert owned(tmp_path)
        await user.uninstall()
        assert await status(f"{url}/metrics") == 200
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), SLOW)
        assert bot.returncode == 0
        assert not slack.faults
        assert not owned(tmp_path)
        assert len([message for message in slack.visible("C1") if message.thread and "[Similar]" in message.words]) == 2
