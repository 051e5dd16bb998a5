"""Digests that go as one mail, or into a feed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.digests.courier import Courier
from bot.digests.model import DeliveryState, Kind, Standing, Target
from bot.digests.planning import plan
from bot.digests.sending import Sends
from bot.digests.whole import NOT_REPEATED, FeedSender, SendersByPlatform, WholeSender, as_one
from bot.documents.model import Card
from bot.errors import Ambiguous, ContentRejected, TargetGone, Transient, Unauthorized
from bot.testing.clock import FakeClock
from bot.testing.composing import FakeComposer, PlainSteps
from bot.testing.digests import After, FakeDeliveries, FakeSubscriptions
from bot.testing.mail import FakeMailer
from tests.digests import wish

NINE = datetime(2026, 7, 10, 7, tzinfo=UTC)  # nine o'clock in Berlin, a Friday
ADDRESS = Target("email:local", "reader@example.org")
FEED = Target("feed:local", "feed")
PAPERS = ["2607.09001", "2607.09002", "2607.09003"]


@dataclass
class World:
    """An address that is owed a digest of three papers, or a feed."""

    target: Target = ADDRESS
    clock: FakeClock = field(default_factory=lambda: FakeClock(NINE + timedelta(minutes=3)))
    mailer: FakeMailer = field(default_factory=FakeMailer)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    subscriptions: FakeSubscriptions = field(init=False)

    def __post_init__(self) -> None:
        self.subscriptions = FakeSubscriptions(self.deliveries)

    @property
    def courier(self) -> Courier:
        senders: dict[str, Sends] = {
            "email": WholeSender(self.mailer, self.deliveries, self.clock),
            "feed": FeedSender(self.deliveries, self.clock),
        }
        sender = SendersByPlatform(senders)
        return Courier(FakeComposer(), sender, self.subscriptions, self.deliveries, {}, self.clock)

    async def owe(self) -> str:
        await self.subscriptions.put(wish(self.target), NINE)
        [standing] = await self.subscriptions.due(self.clock.now())
        planned = plan(standing, self.clock.now())
        assert planned.slot is not None
        await self.subscriptions.move_on(standing, planned)
        return planned.slot.key

    async def deliver(self) -> Standing:
        await self.courier.deliver(await self.owe(), PlainSteps(self.clock))
        return await self.standing()

    async def standing(self) -> Standing:
        found = await self.subscriptions.get(self.target, Kind.DAILY)
        assert found is not None
        return found


async def test_digest_is_one_mail_with_all_its_papers() -> None:
    world = World()
    standing = await world.deliver()
    [digest] = world.mailer.mailed
    assert [block.paper_id for block in as_one(digest).blocks if isinstance(block, Card)] == PAPERS
    assert as_one(digest).title == digest.title
    assert await world.deliveries.posted(ADDRESS, PAPERS) == set(PAPERS)
    assert (standing.last_run_at, standing.last_note) == (world.clock.now(), "")


async def test_sent_mail_is_not_sent_again() -> None:
    world = World()
    key = await world.owe()
    for _ in range(2):
        await world.courier.deliver(key, PlainSteps(world.clock))
    assert len(world.mailer.mailed) == 1


@pytest.mark.parametrize("trouble", [Ambiguous("Lost."), After(Ambiguous("Lost."))])
async def test_mail_of_unknown_fate_is_never_repeated(trouble: Ambiguous | After) -> None:
    world = World()
    world.mailer.troubles = [trouble]
    standing = await world.deliver()
    assert standing.last_note == NOT_REPEATED
    assert await world.deliveries.posted(ADDRESS, PAPERS) == set(PAPERS)
    assert len(world.mailer.mailed) == (1 if isinstance(trouble, After) else 0)


async def test_mail_under_way_when_the_process_died_is_of_unknown_fate() -> None:
    world = World()
    world.mailer.troubles = [After(KeyboardInterrupt())]
    key = await world.owe()
    with pytest.raises(KeyboardInterrupt):
        await world.courier.deliver(key, PlainSteps(world.clock))
    await world.courier.deliver(key, PlainSteps(world.clock))
    assert len(world.mailer.mailed) == 1
    assert (await world.standing()).last_note == NOT_REPEATED


async def test_status_says_why_a_mail_does_not_leave() -> None:
    world = World()
    key, clock = await world.owe(), world.clock
    notes = []

    class Noting(PlainSteps):
        async def sleep(self, seconds: float) -> None:
            notes.append((await world.standing()).last_note)
            await super().sleep(seconds)

    world.mailer.troubles = [Transient("The mail server does not answer.")] * 2
    await world.courier.deliver(key, Noting(clock))
    assert notes == ["The digest is late. The mail server does not answer."] * 2
    assert (await world.standing()).last_note == ""


async def test_mail_that_surely_did_not_leave_is_sent_later() -> None:
    world = World()
    world.mailer.troubles = [Transient("Please wait.", retry_after=300.0)]
    await world.deliver()
    assert len(world.mailer.mailed) == 1
    assert world.clock.now() == NINE + timedelta(minutes=8)


@pytest.mark.parametrize("error", [TargetGone("No such mailbox."), Unauthorized("No.")])
async def test_third_refusal_pauses_the_address(error: TargetGone | Unauthorized) -> None:
    world = World()
    world.mailer.troubles = [error] * 3
    standing = await world.deliver()
    assert (standing.paused, world.mailer.mailed) == (error.sentence, [])


async def test_papers_of_a_mail_that_is_not_taken_come_with_the_next() -> None:
    world = World()
    world.mailer.troubles = [ContentRejected("Looks like spam.")]
    standing = await world.deliver()
    assert await world.deliveries.posted(ADDRESS, PAPERS) == set()
    assert "its papers come with the next one" in standing.last_note


async def test_feed_shows_a_digest_once_it_is_composed() -> None:
    world = World(FEED)
    await world.deliver()
    [issue] = await world.deliveries.issues(FEED, Kind.DAILY, 30)
    assert issue.digest.paper_ids == tuple(PAPERS)
    assert await world.deliveries.posted(FEED, PAPERS) == set(PAPERS)


async def test_feed_stays_as_it_is_when_a_step_is_run_again() -> None:
    world = World(FEED)
    key = await world.owe()
    await world.courier.deliver(key, PlainSteps(world.clock))
    before = await world.deliveries.issues(FEED, Kind.DAILY, 30)
    await world.clock.sleep(600)
    await world.courier.deliver(key, PlainSteps(world.clock))
    assert await world.deliveries.issues(FEED, Kind.DAILY, 30) == before


async def test_parts_are_marked_before_the_root() -> None:
    world = World()
    await world.deliver()
    [digest] = world.mailer.mailed
    states = [(await world.deliveries.state(digest.slot, part)).state for part in digest.parts]
    assert states == [DeliveryState.SENT] * 4
