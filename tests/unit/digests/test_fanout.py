"""Digests in many channels at the same hour, on platforms that hold their limits, in simulated time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time, timedelta

import pytest

from bot.digests.courier import Courier
from bot.digests.model import Kind, Target
from bot.digests.pace import OwnTurns
from bot.digests.ports import Poster
from bot.digests.schedule import Schedule
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.testing.composing import FakeComposer
from bot.testing.digests import FakeDeliveries, FakeSubscriptions
from bot.testing.simulation import START, SimulatedClock, simulate
from tests.digests import SimulatedQueue, wish
from tests.servers.simulated import SimulatedDiscord, SimulatedSlack

MESSAGES = 4  # of one digest
CHANNELS = [Target(f"slack:T{number // 4}", f"C{number}") for number in range(100)]
PLACES = 10
MINUTES = 600.0  # seconds


class World:
    """Channels that are due, and one process that delivers."""

    def __init__(self, platform: SimulatedSlack | SimulatedDiscord, *, places: int = 100) -> None:
        self.clock = SimulatedClock(START + timedelta(minutes=4))  # past every channel's jitter
        self.deliveries = FakeDeliveries()
        self.subscriptions = FakeSubscriptions(self.deliveries)
        turns = OwnTurns(self.clock)
        posters: dict[str, Poster] = {platform.name: platform.poster(self.clock, turns)}
        sender = Sender(posters, self.deliveries, self.clock, turns=turns)
        composer = FakeComposer(papers=MESSAGES - 1)
        courier = Courier(composer, sender, self.subscriptions, self.deliveries, posters, self.clock)
        self._queue = SimulatedQueue(courier, self.clock, at_once=places)

    async def deliver(self, targets: Sequence[Target]) -> None:
        """Deliver to all of these to the end."""
        for target in targets:
            await self.subscriptions.put(wish(target, schedule=Schedule(time(7), "UTC")), START)
        await Ticker(self.subscriptions, self.deliveries, self._queue, self.clock).tick()
        await self._queue.emptied()


def deliver(platform: SimulatedSlack | SimulatedDiscord, targets: Sequence[Target], places: int = 100) -> None:
    async def whole() -> None:
        await World(platform, places=places).deliver(targets)

    simulate(whole())


def late(slack: SimulatedSlack, targets: Sequence[Target]) -> float:
    """When the last of these had its whole digest, in seconds."""
    arrivals = [slack.traffic.arrivals[target.channel] for target in targets]
    assert {len(times) for times in arrivals} == {MESSAGES}
    return max(times[-1] for times in arrivals)


def test_slack_refuses_nothing_and_gets_everything_once() -> None:
    slack = SimulatedSlack()
    deliver(slack, CHANNELS)
    assert (slack.traffic.refused, set(slack.traffic.messages.values())) == (0, {1})
    assert len(slack.traffic.messages) == len(CHANNELS) * MESSAGES


def test_discord_refuses_nothing_and_gets_everything_once() -> None:
    discord = SimulatedDiscord()
    targets = [Target(f"discord:{number}", str(number * discord.GUILD)) for number in range(1, 101)]
    deliver(discord, targets)
    assert (discord.traffic.refused, set(discord.traffic.messages.values())) == (0, {1})
    assert len(discord.traffic.messages) == len(targets) * MESSAGES
    assert discord.traffic.last_at < 1.1 * len(targets) * (MESSAGES + 2) / 46


def make_slow(slack: SimulatedSlack) -> None:
    slack.slow["C0"] = MINUTES


def make_away(slack: SimulatedSlack) -> None:
    slack.away["C0"] = MINUTES


def take_away(slack: SimulatedSlack) -> None:
    slack.gone.add("C0")


@pytest.mark.parametrize("spoil", [make_slow, make_away, take_away])
def test_one_channel_in_trouble_delays_no_other(spoil: Callable[[SimulatedSlack], None]) -> None:
    kind, unkind = SimulatedSlack(), SimulatedSlack()
    spoil(unkind)
    deliver(kind, CHANNELS, PLACES)
    deliver(unkind, CHANNELS, PLACES)
    assert late(unkind, CHANNELS[1:]) <= 1.15 * late(kind, CHANNELS[1:])


def test_more_channels_away_than_a_process_has_places_delay_no_other() -> None:
    away, there = CHANNELS[: 2 * PLACES], CHANNELS[2 * PLACES :]
    kind, unkind = SimulatedSlack(), SimulatedSlack()
    unkind.away = {target.channel: MINUTES for target in away}
    deliver(kind, there, PLACES)
    deliver(unkind, CHANNELS, PLACES)
    assert late(unkind, there) <= 1.15 * late(kind, there)
    assert MINUTES < late(unkind, away) < MINUTES + 90


def test_channel_that_is_gone_is_paused_while_the_others_have_their_digest() -> None:
    slack = SimulatedSlack()
    slack.gone.add("C0")

    async def whole() -> str:
        world = World(slack)
        await world.deliver(CHANNELS[:4])
        standing = await world.subscriptions.get(CHANNELS[0], Kind.DAILY)
        return standing.paused if standing else ""

    assert "cannot see that channel" in simulate(whole())
    assert late(slack, CHANNELS[1:4]) < 10
