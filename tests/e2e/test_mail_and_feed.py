"""Digests by mail and as a feed, from outside: subscribe, confirm, a mail and an entry, one click, and no more."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from re import search

import aiohttp
import feedparser
import pytest

from bot.clock import SystemClock
from bot.digests.model import Kind, Standing, Target
from bot.digests.whole import NOT_REPEATED
from bot.store.database import Database
from bot.store.subscriptions import SqlSubscriptions
from tests.digests import due_now, until
from tests.e2e.conftest import Outcome, Program
from tests.servers.lighthouses import one_day
from tests.servers.mail import LocalMail, local_mail

READER = "reader@example.net"
PAPERS = 4


@dataclass(frozen=True)
class Site:
    """An installation with a mail server, a source and an address for the public."""

    program: Program
    mail: LocalMail
    settings: dict[str, str]

    @property
    def folder(self) -> Path:
        return self.program.folder / "data"

    async def do(self, *words: str) -> Outcome:
        """Run one command to its end."""
        return await asyncio.to_thread(self.program, *words, **self.settings)

    async def make_due(self, *targets: Target) -> None:
        """Let their digests be owed now."""
        database = await Database.open(None, self.folder)
        for target in targets:
            await due_now(SqlSubscriptions(database), target, SystemClock())
        await database.aclose()

    async def standing(self, target: Target) -> Standing | None:
        """What has become of a subscription."""
        database = await Database.open(None, self.folder)
        try:
            return await SqlSubscriptions(database).get(target, Kind.DAILY)
        finally:
            await database.aclose()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """`paperwire run`, with no chat platform at all."""
        process = await asyncio.to_thread(self.program.started, "run", **self.settings)
        try:
            yield
        finally:
            process.terminate()
            await asyncio.to_thread(process.communicate)


@pytest.fixture
async def site(paperwire: Program) -> AsyncIterator[Site]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with local_mail() as mail, one_day(PAPERS) as source:
        settings = {
            "PAPERWIRE_SMTP_URL": mail.url,
            "PAPERWIRE_MAIL_FROM": "Paperwire <papers@example.org>",
            "PAPERWIRE_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PAPERWIRE_HTTP": f"127.0.0.1:{port}",
            "HF_ENDPOINT": source,
        }
        yield Site(paperwire, mail, settings)


def _text(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_digest_comes_by_mail_and_feed_until_one_click(site: Site) -> None:
    assert "confirm CODE" in (await site.do("subscribe", READER, "at", "09:00", "in", "Europe/Berlin")).out
    code = search(r"The code is (\S+)", _text(site.mail.letters.pop()))
    assert code is not None
    assert f"{READER} is confirmed." in (await site.do("confirm", code[1])).out
    feed = search(r"http://\S+/digests/feed/[\w-]+", (await site.do("subscribe", "feed")).out)
    assert feed is not None
    address, own = Target("email:local", READER), Target("feed:local", "feed")
    await site.make_due(address, own)

    async with site.running(), aiohttp.ClientSession() as session:
        async with asyncio.timeout(40):
            site.mail.arrived.clear()
            await site.mail.arrived.wait()

        async def has_entry() -> bool:
            async with session.get(feed[0]) as answer:
                return bool(feedparser.parse(await answer.read()).entries)

        await until(has_entry)
        async with session.get(feed[0]) as answer:
            [entry] = feedparser.parse(await answer.read()).entries
        [letter] = site.mail.letters
        for words in (_text(letter), entry.content[0].value):
            assert all(f"Lighthouse {number}" in words for number in range(1, PAPERS + 1))

        link = letter["List-Unsubscribe"].strip("<>")
        async with session.get(link) as answer:
            assert "Unsubscribe" in await answer.text()
        assert await site.standing(address)
        async with session.post(link, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False) as answer:
            assert answer.status == 200
        assert not await site.standing(address)

    status = (await site.do("status")).out
    assert READER not in status
    assert feed[0] in status


@pytest.mark.long
async def test_killed_with_a_mail_under_way_it_does_not_repeat_it(site: Site) -> None:
    address = Target("email:local", READER)
    site.mail.hangs = True  # it takes the mail and never says so
    await site.make_due(address)
    process = await asyncio.to_thread(site.program.started, "run", "--only", "worker", **site.settings)
    try:
        async with asyncio.timeout(40):
            await site.mail.arrived.wait()
    finally:
        process.kill()
        await asyncio.to_thread(process.communicate)
    site.mail.hangs = False

    async def is_told() -> bool:
        standing = await site.standing(address)
        return standing is not None and standing.last_note == NOT_REPEATED

    async with site.running():
        await until(is_told, 90)
    assert len(site.mail.letters) == 1
