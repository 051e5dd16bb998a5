"""Digests by mail and into feeds, as whoever runs the bot asks for them in its terminal."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.chat.engine import Engine
from bot.chat.outlets import outlet_of
from bot.chat.request import Final, Place, Request
from bot.digests.links import Links, Purpose
from bot.digests.model import Kind, Standing, Target
from bot.digests.opt_in import TERMS
from bot.documents.model import Document
from bot.documents.plain import plain_document
from bot.errors import Ambiguous, BadInput, TargetGone, Transient
from bot.testing.clock import FakeClock
from bot.testing.mail import FakeMailer
from bot.testing.store import FakeStore
from paperwire.bootstrap import Parts, open_app
from paperwire.settings import Settings

TERMINAL = Place("terminal:local", "terminal")
READER = "reader@example.org"
ADDRESS = Target("email:local", READER)
FEED = Target("feed:local", "feed")
BASE = "https://papers.example.org"


@dataclass
class Desk:
    """The bot's own terminal."""

    engine: Engine
    store: FakeStore
    clock: FakeClock
    mailer: FakeMailer
    links: Links

    async def say(self, text: str, *, place: Place = TERMINAL, runs_bot: bool = True) -> Document:
        request = Request(place=place, user="local", text=text, may_manage=True, direct=True, runs_bot=runs_bot)
        last = [reply async for reply in self.engine.handle(self.engine.parse(request))][-1]
        assert isinstance(last, Final)
        return last.document

    async def read(self, text: str, *, runs_bot: bool = True) -> str:
        return plain_document(await self.say(text, runs_bot=runs_bot))

    @property
    def code(self) -> str:
        """The code mailed last."""
        return self.mailer.codes[-1][1]

    async def standing(self, target: Target = ADDRESS, kind: Kind = Kind.DAILY) -> Standing:
        found = await self.store.subscriptions.get(target, kind)
        assert found is not None
        return found


@asynccontextmanager
async def _desk(*, is_set_up: bool, mailer: FakeMailer | None = None) -> AsyncIterator[Desk]:
    store, clock, mailer = FakeStore(), FakeClock(), mailer or FakeMailer()
    given = {"PAPERWIRE_PUBLIC_URL": BASE, "PAPERWIRE_HTTP": "127.0.0.1:8080"} if is_set_up else {}
    parts = Parts(clock=clock, store=store, letters=mailer if is_set_up else None)
    async with open_app(Settings.model_validate(given), parts) as app:
        yield Desk(app.engine, store, clock, mailer, Links(BASE, store.seals))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """That of a bot that can mail and show feeds."""
    async with _desk(is_set_up=True) as desk:
        yield desk


@pytest.fixture
async def unset() -> AsyncIterator[Desk]:
    """That of a bot for which nothing is set up."""
    async with _desk(is_set_up=False) as desk:
        yield desk


async def test_address_waits_for_its_code(desk: Desk) -> None:
    said = await desk.read(f"subscribe {READER} at 07:30 in Europe/Berlin top 5 about agents")
    assert "`confirm CODE`" in said
    assert [address for address, _ in desk.mailer.codes] == [READER]
    assert desk.code not in said
    standing = await desk.standing()
    assert standing.paused
    assert (standing.subscription.top, standing.subscription.topics) == (5, ("agents",))
    assert await desk.store.subscriptions.due(desk.clock.now() + timedelta(days=9)) == []


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " ")])
async def test_code_begins_the_digests(desk: Desk, change: Callable[[str], str]) -> None:
    await desk.say(f"subscribe {READER} at 07:30 in Europe/Berlin")
    assert f"{READER} is confirmed." in await desk.read(f"confirm {change(desk.code)}")
    standing = await desk.standing()
    assert (standing.paused, f"{standing.subscription.schedule.at:%H:%M}") == ("", "07:30")
    assert standing.next_due_at > desk.clock.now()


async def test_confirmed_address_is_not_asked_again(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    await desk.say(f"confirm {desk.code}")
    await desk.say(f"subscribe {READER} weekly")
    await desk.say(f"subscribe {READER} top 3")
    assert len(desk.mailer.codes) == 1
    assert ((await desk.standing()).paused, (await desk.standing(kind=Kind.WEEKLY)).paused) == ("", "")


async def test_unsubscribing_needs_an_address_at_the_terminal(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    assert "`unsubscribe ADDRESS`" in await desk.read("unsubscribe")
    assert (await desk.standing()).subscription.target == ADDRESS


async def test_code_may_come_back_before_its_mail_is_done() -> None:
    class HastyMailer(FakeMailer):
        async def send_code(self, address: str, code: str) -> None:
            await terminal.say(f"confirm {code}")
            raise Ambiguous("The mail server did not say whether it took the mail.")

    async with _desk(is_set_up=True, mailer=HastyMailer()) as terminal:
        await terminal.say(f"subscribe {READER}")
        assert (await terminal.standing()).paused == ""


async def test_wish_stays_as_it_was_where_no_code_can_be_mailed(desk: Desk) -> None:
    await desk.say(f"subscribe {READER} top 3")
    before = await desk.standing()
    desk.mailer.troubles = [TargetGone("The mail server takes no mail for that address.")]
    assert "takes no mail" in await desk.read(f"subscribe {READER} top 8")
    assert await desk.standing() == before


async def test_one_code_begins_all_that_waits(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    await desk.say(f"subscribe {READER} weekly")
    await desk.say(f"confirm {desk.code}")
    assert ((await desk.standing()).paused, (await desk.standing(kind=Kind.WEEKLY)).paused) == ("", "")


async def test_wrong_codes_are_told_and_few(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    for _ in range(TERMS.tries):
        assert "That code is wrong" in await desk.read("confirm AAAA-AAAA")
    assert "That code is wrong" in await desk.read(f"confirm {desk.code}")
    assert (await desk.standing()).paused


async def test_old_code_is_of_no_use(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    await desk.clock.sleep(TERMS.lifetime.total_seconds())
    assert "too old" in await desk.read(f"confirm {desk.code}")


async def test_address_is_not_flooded_with_codes(desk: Desk) -> None:
    said = [await desk.read(f"subscribe {READER}") for _ in range(TERMS.mails_an_hour + 1)]
    assert "3 codes within the hour" in said[-1]
    assert len(desk.mailer.codes) == TERMS.mails_an_hour


async def test_nothing_of_a_code_is_kept_that_could_be_read(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    assert desk.code.replace("-", "") not in repr(vars(desk.store.opt_ins))
    assert desk.code not in repr(vars(desk.store.opt_ins))


async def test_refused_address_is_not_subscribed(desk: Desk) -> None:
    desk.mailer.troubles = [TargetGone("The mail server takes no mail for that address (code 550).")]
    assert "code 550" in await desk.read(f"subscribe {READER}")
    assert await desk.store.subscriptions.get(ADDRESS, Kind.DAILY) is None


async def test_mail_that_did_not_leave_does_not_count(desk: Desk) -> None:
    for _ in range(5):
        desk.mailer.troubles = [Transient("The mail server does not answer.")]
        assert "does not answer" in await desk.read(f"subscribe {READER}")
    assert "`confirm CODE`" in await desk.read(f"subscribe {READER}")


async def test_code_that_may_have_arrived_can_be_used(desk: Desk) -> None:
    desk.mailer.troubles = [Ambiguous("Nobody knows.")]
    assert "`confirm CODE`" in await desk.read(f"subscribe {READER}")
    assert (await desk.standing()).paused


async def test_unsubscribed_address_has_to_agree_anew(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    await desk.say(f"confirm {desk.code}")
    assert f"{READER} gets no more digests." in await desk.read(f"unsubscribe {READER}")
    await desk.say(f"subscribe {READER}")
    assert len(desk.mailer.codes) == 2
    assert (await desk.standing()).paused


async def test_feed_begins_at_once_and_shows_its_address(desk: Desk) -> None:
    address = desk.links.of(Purpose.FEED, FEED, Kind.DAILY)
    assert address in await desk.read("subscribe feed at 09:00 about robots")
    assert (await desk.standing(FEED)).paused == ""
    assert desk.mailer.codes == []


async def test_feeds_have_names(desk: Desk) -> None:
    await desk.say("subscribe feed:robots about robots")
    await desk.say("subscribe Feed about agents")
    assert (await desk.standing(Target("feed:local", "feed:robots"))).subscription.topics == ("robots",)
    assert (await desk.standing(FEED)).subscription.topics == ("agents",)
    assert "The feed robots gets no more digests." in await desk.read("unsubscribe feed:robots")


async def test_one_paper_is_one(desk: Desk) -> None:
    assert "complete, 1 paper at most" in await desk.read("subscribe feed top 1")


async def test_status_as_json_has_all_that_was_wished(desk: Desk) -> None:
    await desk.say(
        "subscribe feed top 8 about robots, agents without benchmarks language de edition live empty days say"
    )
    data = (await desk.say("status")).data
    [digest] = json.loads(json.dumps(data))["digests"]
    wished = {
        "top": 8,
        "about": ["robots", "agents"],
        "without": ["benchmarks"],
        "language": "de",
        "edition": "live",
        "empty_days": "say",
    }
    assert digest | wished == digest


async def test_status_shows_addresses_and_feeds(desk: Desk) -> None:
    await desk.say(f"subscribe {READER}")
    await desk.say("subscribe feed")
    document = await desk.say("status")
    said = plain_document(document)
    assert all(words in said for words in (READER, "The feed", "`confirm CODE`", "https://papers.example.org/"))
    assert isinstance(document.data, dict)
    feeds = [digest["feed"] for digest in document.data["digests"]]
    assert feeds == [desk.links.of(Purpose.FEED, target, Kind.DAILY) for target in (ADDRESS, FEED)]


async def test_every_channel_has_a_feed_too(desk: Desk) -> None:
    place = Place("slack:T1", "C1")
    await desk.say("subscribe", place=place, runs_bot=False)
    said = plain_document(await desk.say("status", place=place, runs_bot=False))
    assert desk.links.of(Purpose.FEED, Target("slack:T1", "C1"), Kind.DAILY) in said


@pytest.mark.parametrize("line", [f"subscribe {READER}", "subscribe feed", "confirm AAAA-AAAA"])
async def test_chats_cannot_subscribe_addresses(desk: Desk, line: str) -> None:
    await desk.say(line, place=Place("slack:T1", "D1"), runs_bot=False)
    assert desk.mailer.codes == []
    assert desk.store.subscriptions.owners() == set()


async def test_help_tells_of_confirming_where_it_can_be_done(unset: Desk) -> None:
    assert "confirm" not in await unset.read("help", runs_bot=False)
    assert "confirm" in await unset.read("help")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"subscribe {READER}", "Mail is not set up"),
        ("confirm AAAA-AAAA", "Mail is not set up"),
        ("subscribe feed", "Feeds are not set up"),
        ("subscribe", "`subscribe ADDRESS`"),
        ("subscribe somewhere", "to a mail address"),
        ("subscribe some@where@else.org", "not a mail address"),
    ],
)
async def test_what_is_missing_is_told(unset: Desk, line: str, words: str) -> None:
    assert words in await unset.read(line)


@pytest.mark.parametrize(
    "words",
    [
        "a@b",
        "a b@example.org",
        "a@example.org\nBcc: b@example.org",
        "<a@example.org>",
        "é@example.org",
        "a@-x.org",
        "@a.b",
    ],
)
def test_what_is_no_address_is_refused(words: str) -> None:
    with pytest.raises(BadInput):
        outlet_of(words, TERMINAL)


@pytest.mark.parametrize("words", ["a@example.org", "a.b+c@EXAMPLE.org", "o'hara@mail.example.org"])
def test_addresses(words: str) -> None:
    local, _, domain = words.partition("@")
    assert outlet_of(words, TERMINAL) == Target("email:local", f"{local}@{domain.lower()}")
