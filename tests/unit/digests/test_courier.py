"""A digest's way to its channel, with everything that can happen on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.digests.claims import SETTLED
from bot.digests.courier import Courier
from bot.digests.model import EmptyDays, Kind, Standing, Subscription, Target
from bot.digests.planning import plan
from bot.digests.sending import Sender
from bot.documents.model import Card, Paragraph
from bot.documents.plain import plain_document
from bot.errors import Ambiguous, ContentRejected, RateLimited, SourceUnavailable, TargetGone, Transient, Unauthorized
from bot.testing.clock import FakeClock
from bot.testing.composing import FakeComposer, PlainSteps
from bot.testing.digests import After, FakeDeliveries, FakePoster, FakeSubscriptions
from tests.digests import wish

NINE = datetime(2026, 7, 10, 7, tzinfo=UTC)  # nine o'clock in Berlin, a Friday
CHANNEL = Target("slack:T1", "C1")
LOST = After(Ambiguous("The answer was lost."))


@dataclass
class World:
    """A channel that is owed a digest of three papers."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(NINE + timedelta(minutes=3)))
    composer: FakeComposer = field(default_factory=FakeComposer)
    poster: FakePoster = field(default_factory=FakePoster)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    steps: PlainSteps = field(init=False)
    subscriptions: FakeSubscriptions = field(init=False)

    def __post_init__(self) -> None:
        self.subscriptions = FakeSubscriptions(self.deliveries)
        self.steps = PlainSteps(self.clock)

    @property
    def courier(self) -> Courier:
        posters = {"slack": self.poster}
        sender = Sender(posters, self.deliveries, self.clock)
        return Courier(self.composer, sender, self.subscriptions, self.deliveries, posters, self.clock)

    async def owe(self, subscription: Subscription | None = None) -> str:
        await self.subscriptions.put(subscription or wish(CHANNEL), NINE)
        [standing] = await self.subscriptions.due(self.clock.now())
        planned = plan(standing, self.clock.now())
        assert planned.slot is not None
        await self.subscriptions.move_on(standing, planned)
        return planned.slot.key

    async def deliver(self, subscription: Subscription | None = None) -> Standing:
        await self.courier.deliver(await self.owe(subscription), self.steps)
        return await self.standing()

    async def standing(self) -> Standing:
        found = await self.subscriptions.get(CHANNEL, Kind.DAILY)
        assert found is not None
        return found

    @property
    def posted(self) -> list[str]:
        """What the channel shows: the root's sentence, then each paper's title."""
        return [_gist(message.document.blocks[0]) for message in self.poster.posted]


def _gist(block: object) -> str:
    if isinstance(block, Card):
        return block.title
    return "".join(getattr(span, "text", "") for span in block.text) if isinstance(block, Paragraph) else ""


WHOLE = ["3 new papers.", "Paper 1", "Paper 2", "Paper 3"]


@pytest.fixture
def world() -> World:
    return World()


async def test_a_root_and_a_reply_a_paper(world: World) -> None:
    standing = await world.deliver()
    assert world.posted == WHOLE
    root = world.poster.posted[0].key
    assert [message.root for message in world.poster.posted] == ["", root, root, root]
    assert (standing.last_run_at, standing.last_note) == (world.clock.now(), "")
    assert str(standing.last_list_day) == "2026-07-09"


async def test_delivering_again_changes_nothing(world: World) -> None:
    key = await world.owe()
    for _ in range(3):
        await world.courier.deliver(key, world.steps)
    assert world.posted == WHOLE
    assert world.composer.composed == 1


async def test_what_is_posted_counts_as_posted(world: World) -> None:
    await world.deliver()
    assert await world.deliveries.posted(CHANNEL, ["2607.09001", "2607.09009"]) == {"2607.09001"}


@pytest.mark.parametrize("error", [RateLimited("Wait.", retry_after=7), Transient("Not now.")])
@pytest.mark.parametrize("number", range(4))
async def test_refused_for_now_is_sent_later(world: World, error: Transient, number: int) -> None:
    world.poster.troubles = [*[None] * number, error]
    started = world.clock.now()
    await world.deliver()
    assert world.posted == WHOLE
    waited = (world.clock.now() - started).total_seconds()
    assert waited == (error.retry_after or 30)


@pytest.mark.parametrize("number", range(4))
async def test_lost_answer_is_looked_for_and_not_repeated(world: World, number: int) -> None:
    world.poster.troubles = [*[None] * number, LOST]
    standing = await world.deliver()
    assert world.posted == WHOLE
    assert standing.last_note == ""


@pytest.mark.parametrize("number", range(4))
async def test_lost_request_is_sent_again_where_the_bot_can_look(world: World, number: int) -> None:
    world.poster.troubles = [*[None] * number, Ambiguous("The request was lost.")]
    began = world.clock.now()
    await world.deliver()
    assert world.posted == WHOLE
    assert world.clock.now() - began >= SETTLED  # it might have come in the meantime


async def test_root_of_unknown_fate_is_not_repeated_and_its_papers_come_later(world: World) -> None:
    world.poster.can_look = False
    world.poster.troubles = [LOST]
    standing = await world.deliver()
    assert world.posted == WHOLE[:1]
    assert "not known whether" in standing.last_note
    assert await world.deliveries.posted(CHANNEL, ["2607.09001"]) == set()
    world.clock.advance(3 * 24 * 3600)
    [standing] = await world.subscriptions.due(world.clock.now())
    assert plan(standing, world.clock.now()).days == (date(2026, 7, 9), date(2026, 7, 10))


async def test_reply_of_unknown_fate_is_counted_and_the_rest_goes_on(world: World) -> None:
    world.poster.can_look = False
    world.poster.troubles = [None, None, LOST]
    standing = await world.deliver()
    assert world.posted == WHOLE
    assert standing.last_note == "It is not known whether 1 message arrived; not repeated."


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("arrived", [True, False])
async def test_crash_in_the_middle_of_a_send_is_made_good(world: World, number: int, arrived: bool) -> None:
    crash = KeyboardInterrupt()
    world.poster.troubles = [*[None] * number, After(crash) if arrived else crash]
    key = await world.owe()
    with pytest.raises(KeyboardInterrupt):
        await world.courier.deliver(key, world.steps)
    await world.courier.deliver(key, world.steps)
    assert world.posted == WHOLE


async def test_crash_in_the_middle_of_a_send_repeats_nothing_where_nobody_can_look(world: World) -> None:
    world.poster.can_look = False
    world.poster.troubles = [None, After(KeyboardInterrupt())]
    key = await world.owe()
    with pytest.raises(KeyboardInterrupt):
        await world.courier.deliver(key, world.steps)
    await world.courier.deliver(key, world.steps)
    assert world.posted == WHOLE
    assert await world.deliveries.unknown(CHANNEL, NINE) == 1


async def test_message_that_may_have_arrived_stays_unsure_while_the_bot_is_shut_out(world: World) -> None:
    world.poster.troubles = [None, LOST]
    world.poster.unseen = [TargetGone("Shut out.")]
    await world.deliver()
    assert world.posted == WHOLE


@pytest.mark.parametrize("refusal", [TargetGone("The channel is gone."), Unauthorized("The token is refused.")])
async def test_third_refusal_in_a_row_pauses_and_tells_the_owner_once(world: World, refusal: Exception) -> None:
    world.poster.troubles = [refusal] * 3
    key = await world.owe()
    for _ in range(2):
        await world.courier.deliver(key, world.steps)
    assert world.posted == []
    assert (await world.standing()).paused == str(refusal)
    [(workspace, user, document)] = world.poster.told
    assert (workspace, user) == ("slack:T1", "U1")
    said = plain_document(document)
    assert f"I have paused the digests in C1 that you subscribed to. {refusal}" in said


async def test_two_refusals_are_waited_out(world: World) -> None:
    world.poster.troubles = [TargetGone("Gone."), TargetGone("Gone.")]
    standing = await world.deliver()
    assert world.posted == WHOLE
    assert (standing.refusals, standing.paused) == (0, "")


async def test_form_that_is_refused_is_said_plainly(world: World) -> None:
    world.poster.troubles = [None, ContentRejected("Too fancy.")]
    await world.deliver()
    assert world.posted == WHOLE
    assert isinstance(world.poster.posted[1].document.blocks[0], Paragraph)


async def test_paper_that_no_form_fits_is_left_out(world: World) -> None:
    world.poster.troubles = [None, ContentRejected("No."), ContentRejected("No.")]
    await world.deliver()
    assert world.posted == ["3 new papers.", "Paper 2", "Paper 3"]
    assert await world.deliveries.posted(CHANNEL, ["2607.09001"]) == set()


async def test_root_that_no_form_fits_ends_the_digest_with_a_note(world: World) -> None:
    world.poster.troubles = [ContentRejected("No."), ContentRejected("No.")]
    standing = await world.deliver()
    assert (world.posted, standing.last_list_day) == ([], date(2026, 7, 9))
    assert "did not take" in standing.last_note


async def test_source_that_is_down_is_asked_again(world: World) -> None:
    world.composer.troubles = [SourceUnavailable("Hugging Face does not answer.")] * 3
    await world.deliver()
    assert world.posted == WHOLE


async def test_source_that_stays_down_is_told_at_the_end_of_the_window(world: World) -> None:
    world.composer.troubles = [SourceUnavailable("Hugging Face does not answer.")] * 500
    standing = await world.deliver()
    assert world.posted == [standing.last_note]
    assert "come with the next one" in standing.last_note
    assert standing.last_list_day == date(2026, 7, 9)


async def test_platform_that_stays_away_ends_the_digest_after_the_window(world: World) -> None:
    world.poster.troubles = [Transient("Slack is down.")] * 2000
    standing = await world.deliver()
    assert world.posted == []
    assert "come with the next one" in standing.last_note


@pytest.mark.parametrize("why", [Transient("Slack is down."), TargetGone("Shut out.")])
async def test_message_that_nobody_can_look_for_in_time_is_unknown(world: World, why: Exception) -> None:
    world.poster.troubles = [None, LOST]
    world.poster.unseen = [why] * 2000
    await world.deliver()
    assert await world.deliveries.unknown(CHANNEL, NINE) == 1
    assert await world.deliveries.posted(CHANNEL, ["2607.09001", "2607.09002"]) == {"2607.09001"}


async def test_what_is_missing_stands_in_the_status(world: World) -> None:
    world.composer.missing = "Without the list of Thursday."
    assert (await world.deliver()).last_note == "Without the list of Thursday."


@pytest.mark.parametrize(("wished", "heard"), [(EmptyDays.SILENT, []), (EmptyDays.SAY, ["No new list."])])
async def test_empty_day_is_told_as_the_channel_chose(world: World, wished: EmptyDays, heard: list[str]) -> None:
    world.composer.papers = 0
    standing = await world.deliver(wish(CHANNEL, empty_days=wished))
    assert world.posted == heard
    assert standing.last_run_at == world.clock.now()


async def test_unsubscribing_stops_a_digest_under_way(world: World) -> None:
    key = await world.owe()
    world.poster.troubles = [None, RateLimited("Wait.", retry_after=5)]

    class Unsubscribing(PlainSteps):
        async def sleep(self, seconds: float) -> None:
            await world.subscriptions.delete(CHANNEL, Kind.DAILY)

    await world.courier.deliver(key, Unsubscribing(world.clock))
    assert world.posted == WHOLE[:1]


async def test_messages_of_a_channel_keep_their_distance(world: World) -> None:
    world.poster.seconds_between = 1.0
    started = world.clock.now()
    await world.deliver()
    assert (world.clock.now() - started).total_seconds() == 3
