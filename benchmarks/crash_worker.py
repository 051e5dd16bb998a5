"""A process that delivers digests as `paperwire run --only worker` does, until it is killed where somebody aims.

It is made by a fork server that has imported everything, so that a start takes a fraction of a second.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from typing import Any, cast

import dbos  # noqa: F401 (what the fork server imports, no process has to)

import adapters.discord.poster
import adapters.slack.poster  # noqa: F401
from bot.digests.claims import SETTLED
from bot.digests.model import DeliveryState, Digest, Kind, Marked, Part, Slot, Target
from bot.digests.ports import MessageRef
from bot.logs import log_to_file
from bot.ports import Store
from bot.testing.clock import ShiftedClock
from paperwire import on_digests
from paperwire.bootstrap import App, Parts, open_app, open_store
from paperwire.platforms import Duty, Platform, configured, serve
from paperwire.settings import load


@dataclass(frozen=True)
class Spans:
    """After how long without a sign of life a process is taken over, and a claim's request has had its effect."""

    alive: timedelta = timedelta(seconds=1.5)
    settled: timedelta = SETTLED


QUICK = Spans()


class Step(StrEnum):
    """Where a process is killed.  The first ones happen within it, the others are seen by the platform."""

    COMPOSING = "before a digest is composed"
    COMPOSED = "after it was composed, before it is kept"
    KEPT = "after it was kept, before the step is recorded"
    LEAVING = "before a request leaves"
    ANSWERED = "after the answer, before the mark"
    MARKED = "between two messages"
    ENDING = "before the end is noted"
    ENDED = "after the end was noted, before the step is recorded"
    ARRIVING = "when a request arrives, before it has its effect"
    ARRIVED = "when it has had its effect, before the answer leaves"
    LOOKING = "while somebody looks for a message"
    THREAD_ARRIVING = "before a thread is opened"
    THREAD_ARRIVED = "after a thread was opened, before the answer leaves"
    AT_RANDOM = "at any instant"


@dataclass(frozen=True)
class Aim:
    """Which step of which channel's digest; `part` is the message's number where the step has one.

    `signal` is what the process sends itself there, once: SIGKILL, or SIGSTOP to be frozen.
    """

    step: Step
    target: Target
    part: int = 0
    signal: signal.Signals = signal.SIGKILL

    def is_at(self, step: Step, target: Target, part: int = 0) -> bool:
        """Whether that is the place."""
        return (self.step, self.target, self.part) == (step, target, part)


def start(
    environment: Mapping[str, str],
    ahead: timedelta,
    aim: Aim | None = None,
    *,
    answering: bool = False,
    spans: Spans = QUICK,
) -> ForkServerProcess:
    """Start a process whose clock is `ahead`; with `answering`, it also answers people, as `paperwire run` does."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=work, args=(dict(environment), ahead, aim, answering, spans), daemon=True)
    process.start()
    return process


def work(environment: Mapping[str, str], ahead: timedelta, aim: Aim | None, answering: bool, spans: Spans) -> None:
    """Deliver whatever is due."""
    os.environ.update(environment)
    log_to_file(None)
    asyncio.run(_deliver(ahead, aim, answering, spans))


async def _deliver(ahead: timedelta, aim: Aim | None, answering: bool, spans: Spans) -> None:
    settings, clock = load(), ShiftedClock(ahead)
    platforms = configured(settings)
    duties: list[Duty] = [partial(_serve, platforms=platforms, spans=spans)]
    duties += [platform.serve for platform in platforms] if answering else []
    async with open_store(settings, clock) as store:
        parts = Parts(clock=clock, store=cast(Store, MortalStore(store, aim)))
        async with open_app(settings, parts) as app:
            await serve(app, duties)


async def _serve(app: App, platforms: tuple[Platform, ...], spans: Spans) -> None:
    await on_digests.serve(app, platforms, alive=spans.alive, settled=spans.settled)


def die(how: signal.Signals = signal.SIGKILL) -> None:
    """End or freeze this process at once, with nothing tidied up."""
    os.kill(os.getpid(), how)


class MortalStore:
    """A store whose process dies at the step that is aimed at."""

    def __init__(self, store: Store, aim: Aim | None) -> None:
        self._store = store
        self.deliveries = MortalDeliveries(store.deliveries, aim)
        self.subscriptions = MortalSubscriptions(store.subscriptions, aim)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class MortalDeliveries:
    """Deliveries that a process dies at."""

    def __init__(self, deliveries: Any, aim: Aim | None) -> None:
        self._deliveries = deliveries
        self._aim = aim

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deliveries, name)

    async def digest(self, slot_key: str) -> Digest | None:
        """The first thing that composing asks for."""
        found: Digest | None = await self._deliveries.digest(slot_key)
        if found is None and self._aim and slot_key.startswith(_prefix(self._aim.target)):
            self._die_at(Step.COMPOSING, self._aim.target)
        return found

    async def compose(self, digest: Digest) -> None:
        """Keep a digest."""
        self._die_at(Step.COMPOSED, digest.slot.target)
        await self._deliveries.compose(digest)
        self._die_at(Step.KEPT, digest.slot.target)

    async def claim(self, slot: Slot, part: Part, at: datetime, claim: str) -> bool:
        """Mark as sending."""
        claimed: bool = await self._deliveries.claim(slot, part, at, claim)
        self._die_at(Step.LEAVING, slot.target, part.number)
        return claimed

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
        """Mark as sent."""
        sent = state is DeliveryState.SENT
        if sent:
            self._die_at(Step.ANSWERED, slot.target, part.number)
        marked: Marked = await self._deliveries.mark(slot, part, state, at, ref, claim=claim)
        if sent:
            self._die_at(Step.MARKED, slot.target, part.number)
        return marked

    def _die_at(self, step: Step, target: Target, part: int = 0) -> None:
        if self._aim is not None and self._aim.is_at(step, target, part):
            aim, self._aim = self._aim, None
            die(aim.signal)


class MortalSubscriptions:
    """Subscriptions that a process dies at."""

    def __init__(self, subscriptions: Any, aim: Aim | None) -> None:
        self._subscriptions = subscriptions
        self._aim = aim

    def __getattr__(self, name: str) -> Any:
        return getattr(self._subscriptions, name)

    async def ran(self, target: Target, kind: Kind, at: datetime, list_day: date | None, note: str) -> None:
        """Note the end of a digest."""
        if self._aim is not None and self._aim.is_at(Step.ENDING, target):
            die()
        await self._subscriptions.ran(target, kind, at, list_day, note)
        if self._aim is not None and self._aim.is_at(Step.ENDED, target):
            die()


def _prefix(target: Target) -> str:
    return f"{target.workspace}/{target.channel}/"
