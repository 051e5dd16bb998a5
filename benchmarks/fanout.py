"""A digest in many channels at the same hour: how near to the platform's own limits it comes.

The real tick, courier, composer, summaries, sender, pace and posters; the time that passes is simulated, the limits are
not (`tests/servers/limits.py`): what is one too many is refused.  All channels are due in one tick, so a subscription's
jitter, which spreads nine o'clock over two minutes, plays no part.  Requests take 40 to 160 ms there and back, the
model a quarter of a second; processors and the store take none, which `replicas` measures.  On Discord there is one
process, on Slack as many as it takes that no digest waits for its place; all share one store.

`floor_s` is the least time that the platform's limits leave, for digests of m messages in n channels:

- Slack: the longer of m - 1 seconds (one message a second in a channel) and k * m / 5 (300 messages a minute in a
  workspace with k channels).
- Discord: n * (m + 1) / 50 (50 requests a second for the bot; a thread is one more than the messages), at least the
  five seconds after every fifth message of a thread.

Discord's poster looks at a channel the first time it posts there, which is one request more.  A short digest the day
before has done that, unless `--first-day` measures without.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import math
import resource
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.digest_cost import DATA, MODEL, summaries_of
from bot.chat.commands import COMMANDS
from bot.digests.chart import draw
from bot.digests.composing import Composer
from bot.digests.courier import Courier
from bot.digests.durable import AT_ONCE
from bot.digests.model import Subscription, Target
from bot.digests.pace import OwnTurns
from bot.digests.ports import Poster
from bot.digests.schedule import Schedule
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.llm.budget import Meter
from bot.llm.model import Completion, ModelCall
from bot.llm.tokens import TokenCounter
from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import PAGE, HuggingFace
from bot.papers.huggingface_parsing import parse_papers
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.ports import Clock
from bot.reading.summaries import Summarizer
from bot.testing.composing import PlainSteps
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.model import FakeModel
from bot.testing.simulation import SimulatedClock, simulate
from bot.testing.store import FakeLeases, FakeLedger, FakeStore
from tests.servers.limits import DiscordLimits, SlackLimits
from tests.servers.simulated import SimulatedDiscord, SimulatedSlack

NAME = "fanout"
NINE = time(9)
EVE = datetime(2026, 6, 24, 9, 4, tzinfo=UTC)  # minutes after all are due
SHORT_DAY, LAST_DAY = "2026-06-23", "2026-06-24"  # the list that is shown on the eve, cut to one paper; the next one
THINKING = 0.25  # seconds that the model takes
PER_WORKSPACE = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, how many, and how large."""
    parser.add_argument("--platform", choices=("slack", "discord"), default="slack")
    parser.add_argument("--channels", type=int, default=1000)
    parser.add_argument("--top", type=int, default=10, help="papers in a digest")
    parser.add_argument("--processes", type=int, default=None, help="default: as told above")
    parser.add_argument("--first-day", action="store_true", help="of processes that have posted nowhere yet")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Deliver, and compare with the floor."""
    return simulate(_measure(options))


async def _measure(options: argparse.Namespace) -> dict[str, Any]:
    world = World(SimulatedDiscord() if options.platform == "discord" else SimulatedSlack())
    targets = [_target(options.platform, number) for number in range(options.channels)]
    processes = options.processes or (1 if options.platform == "discord" else math.ceil(len(targets) / AT_ONCE))
    couriers = [world.courier(options.platform) for _ in range(processes)]
    await world.subscribe(targets, options.top)
    if not options.first_day:
        await world.deliver(couriers)
    await world.next_day()
    before = Before.of(world)
    measured = await world.deliver(couriers)
    messages = {key: count for key, count in world.traffic.messages.items() if key not in before.messages}
    expected = len(targets) * (options.top + 1)
    floor = _floor(options.platform, len(targets), options.top + 1)
    return {
        "platform": options.platform,
        "channels": len(targets),
        "messages": len(messages),
        "floor_s": round(floor, 2),
        "measured_s": round(measured, 2),
        "efficiency": round(floor / measured, 3),
        "rate_limited": world.traffic.refused - before.refused,
        "lost": expected - len(messages),
        "duplicated": sum(messages.values()) - len(messages),
        "model_calls": len(world.model.calls) - before.calls,
        "source_requests": len(world.fetcher.requests) - before.fetched,
        "requests": world.traffic.requests - before.requests,
        "processes": processes,
        "cpu_s": round(resource.getrusage(resource.RUSAGE_SELF).ru_utime, 1),
    }


class World:
    """One store, one source and one model that all processes share, and the platform."""

    def __init__(self, platform: SimulatedDiscord | SimulatedSlack) -> None:
        self.traffic = platform.traffic
        self._platform = platform
        self.clock = SimulatedClock(EVE)
        self.store = FakeStore(ledger=FakeLedger(self.clock), leases=FakeLeases(self.clock))
        self._lists = _lists()
        self.model = SlowModel(self.clock, parse_papers([entry for day in self._lists.values() for entry in day]))
        self.fetcher = FakeFetcher(self._page, self.clock)
        self._turns = OwnTurns(self.clock)
        self._handed = Handed()

    def courier(self, platform: str) -> Courier:
        """What one process has of its own."""
        posters: dict[str, Poster] = {platform: self._platform.poster(self.clock, self._turns)}
        meter = Meter(model=self.model, ledger=self.store.ledger, counter=TokenCounter(MODEL), clock=self.clock)
        library = Library(HuggingFace(self.fetcher), Arxiv(self.fetcher), self.store.papers, self.clock)
        summarizer = Summarizer(meter, self.store.summaries, leases=self.store.leases)
        offers = [command.name for command in COMMANDS]
        composer = Composer(
            library, summarizer, self.store.papers, self.store.deliveries, self.clock, offers=offers, draw=draw
        )
        sender = Sender(posters, self.store.deliveries, self.clock, turns=self._turns)
        return Courier(composer, sender, self.store.subscriptions, self.store.deliveries, posters, self.clock)

    async def subscribe(self, targets: Sequence[Target], top: int) -> None:
        """Have all of them due at once."""
        for target in targets:
            wish = Subscription(target=target, owner="U1", schedule=Schedule(NINE, "UTC"), top=top)
            await self.store.subscriptions.put(wish, EVE - timedelta(minutes=4))

    async def next_day(self) -> None:
        """Sleep until all are due again, jitter and all."""
        tomorrow = datetime.combine(self.clock.now().date() + timedelta(days=1), EVE.timetz())
        await self.clock.sleep((tomorrow - self.clock.now()).total_seconds())

    def _page(self, address: str) -> FakeAnswer | None:
        """A page of Hugging Face's list of a day; no paper by itself."""
        day = parse_qs(urlsplit(address).query).get("date", [""])[0]
        return FakeAnswer.of(self._lists[day][: 1 if day == SHORT_DAY else PAGE]) if day else None

    async def deliver(self, couriers: Sequence[Courier]) -> float:
        """Tick once and let the processes work; the seconds until the last message arrived."""
        began = asyncio.get_running_loop().time()
        store = self.store
        await Ticker(store.subscriptions, store.deliveries, self._handed, self.clock).tick()
        slots = iter(self._handed.take())
        await asyncio.gather(*[self._work(slots, courier) for courier in couriers for _ in range(AT_ONCE)])
        return self.traffic.last_at - began

    async def _work(self, slots: Iterator[str], courier: Courier) -> None:
        for slot in slots:
            await courier.deliver(slot, PlainSteps(self.clock))


class Handed:
    """Implements `bot.digests.ticking.Workers`: remembers what was handed over."""

    def __init__(self) -> None:
        self._slots: list[str] = []

    async def hand_over(self, slot_key: str, platform: str) -> None:
        """Deliver this one."""
        self._slots.append(slot_key)

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        """Nothing is lacking here."""

    def take(self) -> list[str]:
        """What was handed over since it was asked last."""
        slots, self._slots = self._slots, []
        return slots


class SlowModel(FakeModel):
    """A model that takes a moment, as long as which others may ask for the same."""

    def __init__(self, clock: Clock, papers: Sequence[Paper]) -> None:
        super().__init__(lambda call: summaries_of(call, papers), name=MODEL, counter=TokenCounter(MODEL))
        self._clock = clock

    async def complete(self, call: ModelCall) -> Completion:
        """Think, then answer."""
        await self._clock.sleep(THINKING)
        return await super().complete(call)


@dataclass(frozen=True)
class Before:
    """What had happened before that which is measured."""

    messages: frozenset[str]
    requests: int
    refused: int
    calls: int
    fetched: int

    @classmethod
    def of(cls, world: World) -> Before:
        """Up to now."""
        traffic, calls, fetched = world.traffic, len(world.model.calls), len(world.fetcher.requests)
        return cls(frozenset(traffic.messages), traffic.requests, traffic.refused, calls, fetched)


def _target(platform: str, number: int) -> Target:
    if platform == "slack":
        return Target(f"slack:T{number // PER_WORKSPACE}", f"C{number}")
    return Target(f"discord:{number + 1}", str((number + 1) * SimulatedDiscord.GUILD))


def _floor(platform: str, channels: int, messages: int) -> float:
    if platform == "slack":
        in_workspace = min(channels, PER_WORKSPACE) * messages
        return max(messages - 1.0, in_workspace * SlackLimits.WORKSPACE.seconds / SlackLimits.WORKSPACE.most)
    bot, thread = DiscordLimits.BOT, DiscordLimits.CHANNEL
    pauses = (messages - 2) // thread.most
    return max(channels * (messages + 1) * bot.seconds / bot.most, pauses * thread.seconds)


def _lists() -> dict[str, list[Any]]:
    """The recorded entries of the days that are shown."""
    entries: defaultdict[str, list[Any]] = defaultdict(list)
    with gzip.open(DATA, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if SHORT_DAY <= row["date"] <= LAST_DAY:
                entries[row["date"]].append(row["entry"])
    return entries
