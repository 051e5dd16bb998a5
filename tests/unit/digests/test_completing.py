"""Digests that were posted with something missing, and get it later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.digests.completing import LOOK_AGAIN
from bot.digests.courier import Courier
from bot.digests.model import DeliveryState, Kind, Target
from bot.digests.planning import WINDOW, plan
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.documents.model import Card, Document
from bot.documents.plain import plain_document
from bot.errors import Ambiguous, ContentRejected, RateLimited, TargetGone, Transient
from bot.testing.clock import FakeClock
from bot.testing.composing import FakeComposer, PlainSteps
from bot.testing.digests import After, FakeDeliveries, FakePoster, FakeSubscriptions
from tests.digests import wish

NINE = datetime(2026, 7, 10, 7, tzinfo=UTC)  # nine o'clock in Berlin, a Friday
CHANNEL = Target("slack:T1", "C1")
MISSING = "The model does not answer."
LATE = "1 more paper came later; it follows at the end of this thread."


@dataclass
class World:
    """A digest of two papers that lacks something; the second one gets a summary later, and a third one comes."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(NINE + timedelta(minutes=3)))
    composer: FakeComposer = field(
        default_factory=lambda: FakeComposer(papers=2, missing=MISSING, unsummarized=(2,), late=1)
    )
    poster: FakePoster = field(default_factory=FakePoster)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    subscriptions: FakeSubscriptions = field(init=False)
    looks: int = 0

    def __post_init__(self) -> None:
        self.subscriptions = FakeSubscriptions(self.deliveries)

    @property
    def courier(self) -> Courier:
        posters = {"slack": self.poster}
        sender = Sender(posters, self.deliveries, self.clock)
        return Courier(self.composer, sender, self.subscriptions, self.deliveries, posters, self.clock)

    async def hand_over(self, slot_key: str, platform: str) -> None:
        await self.courier.deliver(slot_key, PlainSteps(self.clock))

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        self.looks += 1
        await self.courier.complete(slot_key, PlainSteps(self.clock))

    async def adopt(self) -> None:
        """Nobody dies here but by being told so."""

    async def deliver(self) -> None:
        await self.subscriptions.put(wish(CHANNEL), NINE)
        [standing] = await self.subscriptions.due(self.clock.now())
        await self.subscriptions.move_on(standing, plan(standing, self.clock.now()))
        await self.tick()

    async def tick(self) -> None:
        await Ticker(self.subscriptions, self.deliveries, self, self.clock).tick()

    async def later(self, after: timedelta = LOOK_AGAIN) -> None:
        await self.clock.sleep(after.total_seconds())
        await self.tick()

    async def note(self) -> str:
        standing = await self.subscriptions.get(CHANNEL, Kind.DAILY)
        assert standing is not None
        return standing.last_note

    @property
    def shown(self) -> list[str]:
        """The channel as people see it: the root's words, then of each paper its title and line."""
        return [_gist(message.document) for message in self.poster.posted]


def _gist(document: Document) -> str:
    card = document.blocks[0]
    return f"{card.title}: {card.line}" if isinstance(card, Card) else plain_document(document)


def _root(*words: str) -> str:
    return "\n\n".join(["Papers of 2026-07-09", "2 new papers.", *words])


BEFORE = [_root(MISSING), "Paper 1: ", "Paper 2: "]
COMPLETE = [_root(LATE), "Paper 1: ", "Paper 2: It is summarized now.", "Paper 3: "]


@pytest.fixture
async def world() -> World:
    world = World()
    await world.deliver()
    assert world.shown == BEFORE
    return world


async def test_what_was_missing_comes_in_its_place(world: World) -> None:
    assert await world.note() == MISSING
    await world.later()
    assert world.shown == COMPLETE
    assert await world.note() == ""
    assert world.poster.posted[3].root == world.poster.posted[0].key
    assert await world.deliveries.posted(CHANNEL, ["2607.09003"]) == {"2607.09003"}


async def test_complete_digest_is_looked_at_no_more(world: World) -> None:
    for _ in range(5):
        await world.later()
    assert world.looks == 1
    assert len(world.poster.edits) == 2


async def test_looking_in_vain_changes_nothing_and_goes_on(world: World) -> None:
    world.composer.looks_in_vain = 3
    for _ in range(3):
        await world.later()
    assert (world.shown, world.poster.edits, await world.note()) == (BEFORE, [], MISSING)
    await world.later()
    assert world.shown == COMPLETE


async def test_nobody_looks_after_the_window(world: World) -> None:
    world.composer.looks_in_vain = 1000
    for _ in range(60):
        await world.later()
    assert world.looks == (WINDOW - timedelta(minutes=3)) // LOOK_AGAIN
    assert world.shown == BEFORE


async def test_whole_digest_is_not_looked_at() -> None:
    world = World(composer=FakeComposer(papers=2))
    await world.deliver()
    await world.later()
    assert world.looks == 0


async def test_digest_stays_as_it_came_where_messages_cannot_be_changed() -> None:
    world = World(poster=FakePoster(can_edit=False))
    await world.deliver()
    await world.later()
    assert (world.looks, world.shown) == (0, BEFORE)


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("number", range(3))
async def test_crash_in_the_middle_doubles_nothing(world: World, number: int, arrived: bool) -> None:
    crash = KeyboardInterrupt()
    world.poster.troubles = [*[None] * number, After(crash) if arrived else crash]
    with pytest.raises(KeyboardInterrupt):
        await world.later()
    await world.tick()  # the look was handed over, so it is due again
    assert world.shown == COMPLETE
    assert len(world.poster.posted) == 4


@pytest.mark.parametrize("error", [RateLimited("Wait.", retry_after=7), Transient("No."), Ambiguous("Perhaps.")])
@pytest.mark.parametrize("number", range(3))
async def test_trouble_is_waited_out(world: World, number: int, error: Transient) -> None:
    world.poster.troubles = [*[None] * number, error]
    await world.later()
    assert world.shown == COMPLETE


@pytest.mark.parametrize("error", [TargetGone("Somebody has deleted it."), ContentRejected("Too fancy.")])
async def test_message_that_cannot_be_changed_keeps_none_of_the_others(world: World, error: Exception) -> None:
    world.poster.troubles = [error, error]
    await world.later()
    assert world.shown[3] == "Paper 3: "
    for _ in range(3):
        await world.later()
    assert world.looks == 1


async def test_message_that_never_arrived_for_sure_is_left_alone() -> None:
    world = World(poster=FakePoster(can_look=False, troubles=[None, None, After(Ambiguous("Lost."))]))
    await world.deliver()
    await world.later()
    assert world.shown == [COMPLETE[0], BEFORE[1], BEFORE[2], COMPLETE[3]]


async def test_unsubscribed_channel_is_left_alone(world: World) -> None:
    await world.subscriptions.delete(CHANNEL, Kind.DAILY)
    await world.later()
    assert world.shown == BEFORE


async def test_late_paper_is_marked_as_sent(world: World) -> None:
    await world.later()
    [digest] = await world.deliveries.digests(CHANNEL)
    assert [(await world.deliveries.state(digest.slot, part)).state for part in digest.parts] == [
        DeliveryState.SENT
    ] * 4


async def test_starter_questions_are_prepared_once_messages_are_there(world: World) -> None:
    assert world.composer.prepared == 1
    await world.later()
    assert world.composer.prepared == 2
    await world.later()
    assert world.composer.prepared == 2
