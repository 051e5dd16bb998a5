"""What keeps a message from being sent twice, or lost, when a process is held up or the store is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.digests.claims import SETTLED, Claim
from bot.digests.courier import Courier, Outcome
from bot.digests.model import DeliveryState, Kind, Marked, Part, Slot, Target, delivery_key
from bot.digests.planning import plan
from bot.digests.ports import Leave, MessageRef, unhindered
from bot.digests.sending import Sender
from bot.documents.model import Document
from bot.errors import Ambiguous, RateLimited, SourceUnavailable, StoreError, Transient
from bot.testing.clock import FakeClock
from bot.testing.composing import FakeComposer, PlainSteps
from bot.testing.digests import After, Before, FakeDeliveries, FakePoster, FakeSubscriptions
from tests.digests import wish

NINE = datetime(2026, 7, 10, 7, tzinfo=UTC)  # nine o'clock in Berlin, a Friday
CHANNEL = Target("slack:T1", "C1")
MESSAGES = 4


class MoodyDeliveries(FakeDeliveries):
    """Deliveries that fail once: when `trouble` is asked for, before or after it has had its effect."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble = ""
        self.has_effect = False

    async def claim(self, slot: Slot, part: Part, at: datetime, claim: str) -> bool:
        with self._moody("claim"):
            return await super().claim(slot, part, at, claim)

    async def mark(
        self,
        slot: Slot,
        part: Part,
        state: DeliveryState,
        at: datetime,
        ref: MessageRef | None = None,
        *,
        claim: str = "",
    ) -> Marked:
        with self._moody(state.value):
            return await super().mark(slot, part, state, at, ref, claim=claim)

    @contextmanager
    def _moody(self, asked: str) -> Iterator[None]:
        fails, self.trouble = asked == self.trouble, "" if asked == self.trouble else self.trouble
        if fails and not self.has_effect:
            raise StoreError("The database is away.")
        yield
        if fails:
            raise StoreError("The database is away.")


class PatientSteps(PlainSteps):
    """Steps that wait for the store, as the recorded ones do."""

    async def run(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        while True:
            try:
                return await step()
            except StoreError:
                await self.sleep(1)


@dataclass
class FrozenPoster(FakePoster):
    """A platform as a process sees it that is frozen at one of its posts, before it leaves or when it has arrived."""

    freezes_at: int = -1
    has_arrived: bool = False
    frozen: asyncio.Event = field(default_factory=asyncio.Event)
    thaw: asyncio.Event = field(default_factory=asyncio.Event)
    posts: int = 0

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        return await self._held_up(lambda: super(FrozenPoster, self).post_root(target, title, document, key, leave))

    async def post_reply(
        self, target: Target, root: MessageRef, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        return await self._held_up(lambda: super(FrozenPoster, self).post_reply(target, root, document, key, leave))

    async def _held_up(self, post: Callable[[], Awaitable[MessageRef]]) -> MessageRef:
        is_this, self.posts = self.posts == self.freezes_at, self.posts + 1
        if is_this and not self.has_arrived:
            await self._freeze()
        ref = await post()
        if is_this and self.has_arrived:
            await self._freeze()
        return ref

    async def _freeze(self) -> None:
        self.frozen.set()
        await self.thaw.wait()


@dataclass
class SlowSight(FakePoster):
    """A platform whose first look sees what is there at once; its answer comes when `meanwhile` is over."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def find(
        self, target: Target, root: MessageRef | None, title: str, key: str, since: datetime
    ) -> MessageRef | None:
        found = await super().find(target, root, title, key, since)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return found


class Overtaken(Exception):
    """Others have taken the process's work over, and recorded what came of its step."""


class OvertakenSteps(PatientSteps):
    """The steps of a process that was frozen: after the first one that ends once it has woken there is no more."""

    def __init__(self, clock: FakeClock, poster: FrozenPoster) -> None:
        super().__init__(clock)
        self._poster = poster

    async def run(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        outcome = await super().run(name, step)
        if self._poster.thaw.is_set():
            raise Overtaken
        return outcome


class GatedSteps(PatientSteps):
    """Steps that wait for the store until a test says that it is back."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.failed = asyncio.Event()
        self.store_is_back = asyncio.Event()

    async def run(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        while True:
            try:
                return await step()
            except StoreError:
                self.failed.set()
                await self.store_is_back.wait()


@dataclass
class World:
    """A channel that is owed a digest of three papers, and processes that may deliver it."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(NINE + timedelta(minutes=3)))
    composer: FakeComposer = field(default_factory=FakeComposer)
    poster: FakePoster = field(default_factory=FakePoster)
    deliveries: MoodyDeliveries = field(default_factory=MoodyDeliveries)
    subscriptions: FakeSubscriptions = field(init=False)

    def __post_init__(self) -> None:
        self.subscriptions = FakeSubscriptions(self.deliveries)

    def process(self, poster: FakePoster | None = None) -> Courier:
        """A process of its own, on the same store and the same platform."""
        posters = {"slack": poster or self.poster}
        sender = Sender(posters, self.deliveries, self.clock)
        return Courier(self.composer, sender, self.subscriptions, self.deliveries, posters, self.clock)

    async def owe(self) -> str:
        await self.subscriptions.put(wish(CHANNEL), NINE)
        [standing] = await self.subscriptions.due(self.clock.now())
        planned = plan(standing, self.clock.now())
        assert planned.slot is not None
        await self.subscriptions.move_on(standing, planned)
        return planned.slot.key

    async def deliver(self, process: Courier | None = None) -> str:
        key = await self.owe()
        await (process or self.process()).deliver(key, PatientSteps(self.clock))
        return key

    async def look(self) -> None:
        """What the tick does for digests that somebody is to look at."""
        for look in await self.deliveries.incomplete(self.clock.now()):
            await self.deliveries.looked([look.owed.slot.key], self.clock.now())
            await self.process().complete(look.owed.slot.key, PatientSteps(self.clock))

    async def note(self) -> str:
        standing = await self.subscriptions.get(CHANNEL, Kind.DAILY)
        assert standing is not None
        return standing.last_note

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.poster.posted]


@pytest.fixture
def world() -> World:
    return World()


async def _frozen(world: World, number: int, *, has_arrived: bool) -> tuple[str, FrozenPoster, asyncio.Task[None]]:
    """A process that is frozen while it sends the message of that number."""
    poster = FrozenPoster(posted=world.poster.posted, freezes_at=number, has_arrived=has_arrived)
    poster.can_look = world.poster.can_look
    key = await world.owe()
    task = asyncio.create_task(world.process(poster).deliver(key, OvertakenSteps(world.clock, poster)))
    await poster.frozen.wait()
    return key, poster, task


@pytest.mark.parametrize("number", range(MESSAGES))
@pytest.mark.parametrize("has_arrived", [False, True])
@pytest.mark.parametrize("can_look", [False, True])
async def test_frozen_process_doubles_nothing_and_loses_nothing(
    world: World, number: int, has_arrived: bool, can_look: bool
) -> None:
    world.poster.can_look = can_look
    key, poster, frozen = await _frozen(world, number, has_arrived=has_arrived)
    world.clock.advance(40)
    await world.process().deliver(key, PatientSteps(world.clock))
    if not can_look:
        assert await world.deliveries.unknown(CHANNEL, NINE) == 1
        assert "not known" in await world.note()
    world.clock.advance(90)
    poster.thaw.set()
    with pytest.raises(Overtaken):
        await frozen
    await world.look()
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert await world.deliveries.unknown(CHANNEL, NINE) == 0
    assert await world.note() == ""


@pytest.mark.parametrize("number", range(MESSAGES))
async def test_look_tells_only_of_what_was_there_when_it_began(world: World, number: int) -> None:
    world.poster.troubles = [*[None] * number, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        await world.deliver()
    [digest] = await world.deliveries.digests(CHANNEL)
    part = digest.parts[number]

    async def arrives() -> None:  # the killed process's request, and the one that looks is frozen until long after
        ref = MessageRef(world.keys[0], world.keys[0]) if number else None
        if ref is None:
            await world.poster.post_root(CHANNEL, digest.title, part.document, delivery_key(digest.slot, number))
        else:
            await world.poster.post_reply(CHANNEL, ref, part.document, delivery_key(digest.slot, number))
        world.clock.advance(130)

    sight = SlowSight(posted=world.poster.posted, meanwhile=arrives)
    await world.process(sight).deliver(digest.slot.key, PatientSteps(world.clock))
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert await world.note() == ""


async def test_claim_is_not_renewed_while_others_judge_it_by_its_age(world: World) -> None:
    world.deliveries.trouble, world.deliveries.has_effect = "claim", True
    key, steps = await world.owe(), GatedSteps(world.clock)
    poster = FrozenPoster(posted=world.poster.posted, freezes_at=0, has_arrived=True)
    first = asyncio.create_task(world.process(poster).deliver(key, steps))
    await steps.failed.wait()
    world.clock.advance(75)  # the database was away

    async def comes_back() -> None:
        steps.store_is_back.set()
        await poster.frozen.wait()

    second = world.process(SlowSight(posted=world.poster.posted, meanwhile=comes_back))
    other = asyncio.create_task(second.deliver(key, PatientSteps(world.clock)))
    await poster.frozen.wait()
    await other
    poster.thaw.set()
    await first
    assert len(world.keys) == len(set(world.keys)) == MESSAGES


async def test_woken_process_does_not_continue_a_digest_whose_time_is_over(world: World) -> None:
    world.poster.can_look = False
    key, poster, frozen = await _frozen(world, 0, has_arrived=False)
    await world.process().deliver(key, PatientSteps(world.clock))
    world.clock.advance(20 * 3600)  # the papers come with the next digest
    poster.thaw.set()
    with pytest.raises(Overtaken):
        await frozen
    await world.look()
    assert world.keys == []


@pytest.mark.parametrize("trouble", ["claim", "sent"])
@pytest.mark.parametrize("has_effect", [False, True])
@pytest.mark.parametrize("can_look", [False, True])
async def test_store_that_fails_around_a_post_is_told_again_and_the_platform_is_not_asked_again(
    world: World, trouble: str, has_effect: bool, can_look: bool
) -> None:
    world.poster.can_look = can_look
    world.deliveries.trouble, world.deliveries.has_effect = trouble, has_effect
    await world.deliver()
    assert world.deliveries.trouble == ""
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert await world.note() == ""


@pytest.mark.parametrize("number", range(MESSAGES))
@pytest.mark.parametrize("refusal", [RateLimited("Wait.", retry_after=5), Transient("Not now.")])
async def test_refusal_that_the_store_did_not_hear_of_is_still_known(
    world: World, number: int, refusal: Exception
) -> None:
    world.poster.can_look = False
    world.poster.troubles = [*[None] * number, refusal]
    world.deliveries.trouble = "planned"
    await world.deliver()
    assert world.deliveries.trouble == ""
    assert len(world.keys) == len(set(world.keys)) == MESSAGES


async def test_digest_goes_on_where_others_gave_it_up_while_the_store_was_away(world: World) -> None:
    world.poster.can_look = False
    world.deliveries.trouble = "sent"
    key = await world.owe()

    class Away(PatientSteps):
        async def sleep(self, seconds: float) -> None:
            await world.process().deliver(key, PatientSteps(world.clock))
            await super().sleep(seconds)

    await world.process().deliver(key, Away(world.clock))
    await world.look()
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert await world.note() == ""


@pytest.mark.parametrize("number", range(MESSAGES))
async def test_claim_by_a_clock_that_was_hours_ahead_holds_nothing_up(world: World, number: int) -> None:
    began = world.clock.now()
    world.clock.advance(3 * 3600)
    world.poster.troubles = [*[None] * number, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        await world.deliver()
    world.clock.move_to(began)
    [digest] = await world.deliveries.digests(CHANNEL)
    await world.process().deliver(digest.slot.key, PatientSteps(world.clock))
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert world.clock.now() - began <= 2 * SETTLED


async def test_thread_that_cannot_be_opened_yet_is_opened_later(world: World) -> None:
    world.poster.opens_threads = True
    world.poster.can_look = False
    world.poster.shut = [Ambiguous("Lost."), RateLimited("Wait.", retry_after=7), ValueError("Not JSON.")]
    await world.deliver()
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert {message.root for message in world.poster.posted[1:]} == {world.keys[0]}
    assert await world.note() == ""


@pytest.mark.parametrize("number", range(MESSAGES))
@pytest.mark.parametrize("has_arrived", [False, True])
async def test_error_that_nobody_foresaw_loses_nothing(world: World, number: int, has_arrived: bool) -> None:
    error = ValueError("Expecting value")
    world.poster.troubles = [*[None] * number, After(error) if has_arrived else error]
    await world.deliver()
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert await world.note() == ""


async def test_error_before_the_request_leaves_is_no_doubt(world: World) -> None:
    world.poster.can_look = False
    world.poster.troubles = [Before(KeyError("ts")), None, Before(KeyError("ts")), Before(Ambiguous("No connection."))]
    await world.deliver()
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert await world.deliveries.unknown(CHANNEL, NINE) == 0


async def test_platform_that_is_away_for_ten_minutes_gets_the_digest_afterwards(world: World) -> None:
    world.poster.can_look = False
    world.poster.troubles = [None, *[Before(Ambiguous("No connection."))] * 20]
    began = world.clock.now()
    await world.deliver()
    assert world.clock.now() - began >= timedelta(minutes=10)
    assert len(world.keys) == len(set(world.keys)) == MESSAGES
    assert (await world.deliveries.unknown(CHANNEL, NINE), await world.note()) == (0, "")


async def test_source_that_is_down_for_an_hour_delays_the_digest(world: World) -> None:
    world.composer.troubles = [SourceUnavailable("Hugging Face does not answer.")] * 30
    began = world.clock.now()
    await world.deliver()
    assert timedelta(hours=1) <= world.clock.now() - began < timedelta(hours=1, minutes=2)
    assert len(world.keys) == len(set(world.keys)) == MESSAGES


async def test_look_that_fails_unforeseen_is_made_again(world: World) -> None:
    world.poster.troubles = [After(Ambiguous("Lost."))]
    world.poster.unseen = [TypeError("None is no message.")]
    await world.deliver()
    assert len(world.keys) == len(set(world.keys)) == MESSAGES


async def test_composing_that_fails_unforeseen_is_noted_and_made_again(world: World) -> None:
    world.composer.troubles = [ZeroDivisionError()]
    notes: list[str] = []

    class Noting(PatientSteps):
        async def sleep(self, seconds: float) -> None:
            notes.append(await world.note())
            await super().sleep(seconds)

    await world.process().deliver(await world.owe(), Noting(world.clock))
    assert len(world.keys) == MESSAGES
    assert "nobody foresaw" in notes[0]
    assert await world.note() == ""


async def test_composing_that_never_works_ends_with_its_window(world: World) -> None:
    world.composer.troubles = [ZeroDivisionError()] * 1000
    await world.deliver()
    assert world.keys == []
    assert "come with the next" in await world.note()


def test_claim_lets_a_request_leave_for_a_while() -> None:
    clock = FakeClock()
    claim = Claim(clock, timedelta(seconds=30))
    clock.advance(30)
    claim.leave()
    assert claim.has_left
    for seconds in (1, -40):
        clock.advance(seconds)
        with pytest.raises(Transient):
            claim.leave()
