"""Feeds, and the way to end mails, at the listener: read over real sockets and by a real feed reader."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import aiohttp
import feedparser
import pytest

from adapters.web import guessing
from adapters.web.digests import NAME, DigestPages
from adapters.web.guessing import MOST_WRONG, GuessLimit
from bot.digests.links import Links, Purpose
from bot.digests.model import DeliveryState, Digest, Edition, Kind, Owed, Part, Slot, Target
from bot.digests.opt_in import end
from bot.digests.ports import Terms
from bot.documents.model import Card, Document, Paragraph, text
from bot.errors import StoreError
from bot.presence import HttpRequest, Presence
from bot.store.seals import KEY_LENGTH, KeyedSeals
from bot.testing.store import FakeStore
from tests.digests import wish
from tests.servers.web import web_server

READER = Target("email:local", "reader@example.net")
NOON = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)
TERMS = Terms(lifetime=timedelta(hours=1), tries=5, mails_an_hour=3)


@dataclass
class Listener:
    """The listener, with one subscription that has had some digests."""

    url: str
    links: Links
    store: FakeStore

    def path(self, purpose: Purpose, target: Target = READER, kind: Kind = Kind.DAILY) -> str:
        return self.url + self.links.of(purpose, target, kind).removeprefix("https://papers.example.org")

    async def ask(self, url: str, method: str = "GET", **headers: str) -> tuple[int, str, Mapping[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with aiohttp.ClientSession() as session, session.request(method, url, headers=named) as answer:
            return answer.status, await answer.text(), answer.headers

    async def is_subscribed(self) -> bool:
        return await self.store.subscriptions.get(READER, Kind.DAILY) is not None

    async def send(self, day: date, at: datetime, title: str = "On <kites> & more") -> Digest:
        """Let a digest have gone out."""
        slot = Slot(READER, Kind.DAILY, day, Edition.FINAL)
        card = Card(paper_id="2607.00001", title=title, url="https://huggingface.co/papers/2607.00001")
        root = Document("Papers", (Paragraph(text("1 new paper.")),))
        parts = (Part(0, root), Part(1, Document(blocks=(card,)), card.paper_id))
        digest = Digest(slot=slot, title=f"Papers of {day}", parts=parts)
        self.store.deliveries.owe(Owed(slot, (day,), at))
        await self.store.deliveries.compose(digest)
        for part in parts:
            await self.store.deliveries.mark(slot, part, DeliveryState.SENT, at + timedelta(seconds=part.number))
        return digest


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    store, presence = FakeStore(), Presence()
    links = Links("https://papers.example.org", store.seals)
    await store.subscriptions.put(wish(READER), NOON)
    await store.opt_ins.ask(READER, "code", NOON, TERMS)
    await store.opt_ins.redeem(READER.workspace, "code", NOON)

    async def exists(target: Target, kind: Kind) -> bool:
        return await store.subscriptions.get(target, kind) is not None

    async def always() -> bool:
        return True

    pages = DigestPages(links, store.deliveries, exists, partial(end, store.subscriptions, store.opt_ins))
    with presence.of(NAME, always, pages.answer):
        async with web_server(presence) as url:
            yield Listener(url, links, store)


async def _always(_target: Target, _kind: Kind) -> bool:
    return True


async def test_reader_understands_the_feed(listener: Listener) -> None:
    for days in range(3):
        await listener.send(date(2026, 7, 7) + timedelta(days=days), NOON + timedelta(days=days))
    status, body, headers = await listener.ask(listener.path(Purpose.FEED))
    feed = feedparser.parse(body)
    assert (status, headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert (feed.version, feed.bozo) == ("atom10", False)
    assert feed.feed.title == "Paperwire: papers of the day"
    assert [entry.title for entry in feed.entries] == [f"Papers of 2026-07-0{day}" for day in (9, 8, 7)]
    assert len({entry.id for entry in feed.entries}) == 3
    assert feed.entries[0].link == "https://huggingface.co/papers/date/2026-07-09"
    assert "On &lt;kites&gt; &amp; more" in feed.entries[0].content[0].value


async def test_entry_tells_when_it_was_sent_and_changed(listener: Listener) -> None:
    await listener.send(date(2026, 7, 9), NOON)
    _, body, _ = await listener.ask(listener.path(Purpose.FEED))
    [entry] = feedparser.parse(body).entries
    assert (entry.published, entry.updated) == ("2026-07-10T12:00:00+00:00", "2026-07-10T12:00:01+00:00")


async def test_ids_stay_when_the_feed_grows(listener: Listener) -> None:
    await listener.send(date(2026, 7, 8), NOON)
    before = feedparser.parse((await listener.ask(listener.path(Purpose.FEED)))[1])
    await listener.send(date(2026, 7, 9), NOON + timedelta(days=1))
    after = feedparser.parse((await listener.ask(listener.path(Purpose.FEED)))[1])
    assert (after.feed.id, after.entries[1].id) == (before.feed.id, before.entries[0].id)


async def test_ids_stay_when_the_key_is_changed(listener: Listener) -> None:
    await listener.send(date(2026, 7, 8), NOON)
    old, new = b"o" * KEY_LENGTH, b"n" * KEY_LENGTH
    address = Links("", KeyedSeals([old])).of(Purpose.FEED, READER, Kind.DAILY)

    async def read(*keys: bytes) -> feedparser.FeedParserDict:
        pages = DigestPages(Links("", KeyedSeals(keys)), listener.store.deliveries, _always, _always)
        return feedparser.parse((await pages.answer(HttpRequest(method="GET", path=address))).body)

    before, after = await read(old), await read(new, old)
    assert before.feed.id == after.feed.id
    assert before.entries[0].id == after.entries[0].id
    assert before.feed.links[0].href == address != after.feed.links[0].href  # where it is to be read from now on


async def test_unchanged_feed_is_not_sent_again(listener: Listener) -> None:
    await listener.send(date(2026, 7, 9), NOON)
    address = listener.path(Purpose.FEED)
    _, _, headers = await listener.ask(address)
    tag, changed = headers["ETag"], headers["Last-Modified"]
    assert changed == "Fri, 10 Jul 2026 12:00:01 GMT"
    for asked in ({"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": changed}, {"If_None_Match": "*"}):
        status, body, again = await listener.ask(address, **asked)
        assert (status, body, again["ETag"], again["Cache-Control"]) == (304, "", tag, "private, max-age=900")


async def test_changed_feed_is_sent_again(listener: Listener) -> None:
    await listener.send(date(2026, 7, 8), NOON)
    address = listener.path(Purpose.FEED)
    _, _, headers = await listener.ask(address)
    await listener.send(date(2026, 7, 9), NOON + timedelta(days=1))
    for asked in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        assert (await listener.ask(address, **asked))[0] == 200
    assert (await listener.ask(address, If_Modified_Since="no date"))[0] == 200


async def test_feed_without_a_digest_can_be_read(listener: Listener) -> None:
    _, body, _ = await listener.ask(listener.path(Purpose.FEED))
    assert (feedparser.parse(body).entries, feedparser.parse(body).bozo) == ([], False)


async def test_head_has_no_body(listener: Listener) -> None:
    status, body, headers = await listener.ask(listener.path(Purpose.FEED), "HEAD")
    assert (status, body) == (200, "")
    assert headers["ETag"]


async def test_looking_at_a_link_ends_nothing(listener: Listener) -> None:
    for method in ("GET", "HEAD"):
        status, body, headers = await listener.ask(listener.path(Purpose.END), method)
        assert status == 200
        assert headers["Cache-Control"] == "no-store"
    assert await listener.is_subscribed()
    _, body, _ = await listener.ask(listener.path(Purpose.END))
    assert '<form method="post">' in body
    assert READER.channel in body


async def test_one_click_ends_the_mails(listener: Listener) -> None:
    status, body, _ = await listener.ask(listener.path(Purpose.END), "POST")
    assert (status, await listener.is_subscribed()) == (200, False)
    assert "gets no more" in body
    assert not await listener.store.opt_ins.has_agreed(READER)
    assert (await listener.ask(listener.path(Purpose.END), "POST"))[0] == 200  # again, as mail programs do
    assert "gets none of these digests" in (await listener.ask(listener.path(Purpose.END)))[1]


async def test_one_click_ends_one_subscription(listener: Listener) -> None:
    await listener.store.subscriptions.put(wish(READER, kind=Kind.WEEKLY), NOON)
    await listener.ask(listener.path(Purpose.END, kind=Kind.WEEKLY), "POST")
    assert await listener.is_subscribed()
    assert await listener.store.opt_ins.has_agreed(READER)


async def test_address_of_a_feed_ends_nothing(listener: Listener) -> None:
    feed = listener.path(Purpose.FEED)
    status, _, headers = await listener.ask(feed, "POST")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert (await listener.ask(feed.replace("/feed/", "/unsubscribe/"), "POST"))[0] == 404
    assert await listener.is_subscribed()


@pytest.mark.parametrize(
    "path", ["", "feed", "feed/", "feed/x", "unsubscribe/%00", "other/x", "feed/seal-99", "unsubscribe/é"]
)
async def test_nothing_else_is_there(listener: Listener, path: str) -> None:
    for method in ("GET", "POST"):
        status, body, _ = await listener.ask(f"{listener.url}/{NAME}/{path}", method)
        assert status == 404
        assert READER.channel not in body


async def test_wrong_tokens_are_limited_and_lock_nobody_else_out(listener: Listener) -> None:
    feed, end_of_mails = listener.path(Purpose.FEED), listener.path(Purpose.END)
    statuses = [(await listener.ask(f"{feed}x{number}"))[0] for number in range(MOST_WRONG + 20)]
    assert statuses == [404] * MOST_WRONG + [429] * 20
    for wrong in ("", "x", feed.rpartition("/")[2][:-1], end_of_mails.rpartition("/")[2]):
        status, _, headers = await listener.ask(f"{listener.url}/{NAME}/feed/{wrong}")
        assert (status, headers["Retry-After"]) == (429, "60")
    assert (await listener.ask(feed))[0] == 200
    assert (await listener.ask(end_of_mails))[0] == 200
    assert (await listener.ask(end_of_mails, "POST"))[0] == 200
    assert not await listener.is_subscribed()


async def test_right_tokens_are_not_counted(listener: Listener) -> None:
    feed = listener.path(Purpose.FEED)
    assert {(await listener.ask(feed))[0] for _ in range(MOST_WRONG + 1)} == {200}
    assert (await listener.ask(f"{feed}x"))[0] == 404


async def test_the_wrong_ones_are_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    guesses = GuessLimit(most_wrong=2)
    assert [guesses.allows_wrong() for _ in range(3)] == [True, True, False]
    monkeypatch.setattr(guessing, "PERIOD", 0.0)
    assert guesses.allows_wrong()


async def test_feed_of_a_subscription_that_ended_is_gone(listener: Listener) -> None:
    await listener.store.subscriptions.delete(READER, Kind.DAILY)
    assert (await listener.ask(listener.path(Purpose.FEED)))[0] == 404


@pytest.mark.parametrize(("purpose", "method"), [(Purpose.FEED, "GET"), (Purpose.END, "GET"), (Purpose.END, "POST")])
async def test_database_that_is_away_is_asked_again_later(purpose: Purpose, method: str) -> None:
    store = FakeStore()
    links = Links("", store.seals)

    async def away(_target: Target, _kind: Kind) -> bool:
        raise StoreError("The database is locked.")

    path = links.of(purpose, READER, Kind.DAILY)
    answer = await DigestPages(links, store.deliveries, away, away).answer(HttpRequest(method=method, path=path))
    assert (answer.status, answer.headers["Retry-After"]) == (503, ["60"])
    assert "locked" not in answer.body


async def test_pages_reach_out_to_nobody(listener: Listener) -> None:
    for purpose in Purpose:
        _, _, headers = await listener.ask(listener.path(purpose))
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
