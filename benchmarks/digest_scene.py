"""A platform, a database, and channels with digests, whatever happens to the processes that deliver them."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from benchmarks.crash_worlds import World, open_world
from bot.chat.request import Final, Place, Request
from bot.digests.model import Target
from bot.ports import Store
from bot.testing.clock import ShiftedClock
from paperwire.bootstrap import Parts, open_app, open_store
from paperwire.settings import load
from tests.digests import due_now
from tests.servers.lists import daily_lists, titles

PAPERS = 2
WEDNESDAY = datetime(2026, 7, 8, 12, tzinfo=UTC)  # by the processes' clock; in New York it is morning
PATIENCE = 60.0  # seconds until a process must have done what is waited for


@dataclass
class Scene:
    """Where digests are delivered; `targets` are the channels that were owed one."""

    world: World
    store: Store
    environment: dict[str, str]
    ahead: timedelta = field(default_factory=lambda: WEDNESDAY - datetime.now(UTC))
    targets: list[Target] = field(default_factory=list)

    async def owe(self) -> Target:
        """A new channel whose digest is due."""
        target = self.world.add_channel()
        self.targets.append(target)
        await due_now(self.store.subscriptions, target, ShiftedClock(self.ahead))
        return target

    async def all_ran(self) -> bool:
        """Whether each channel's digest of today has come to its end."""
        today = ShiftedClock(self.ahead).now().date()
        standings = await self.store.subscriptions.of_workspace(self.targets[0].workspace)
        return all(one.last_run_at is not None and one.last_run_at.date() == today for one in standings)

    async def is_whole(self) -> bool:
        """Whether each channel shows as many messages as a digest has, and of none the fate is unknown."""
        shown = [len(self.world.shown(target)) for target in self.targets]
        return min(shown) > PAPERS and await self.unknown() == 0

    async def unknown(self) -> int:
        """How many messages nobody knows the fate of."""
        since = WEDNESDAY - timedelta(days=1)
        return sum([await self.store.deliveries.unknown(target, since) for target in self.targets])

    async def judged(self, days: Sequence[date]) -> dict[str, Any]:
        """What is there of the digests of these list days, against what should be.

        `left_for_next`: messages below a root of unknown fate, which ends its digest; their papers come with the next.
        """
        lost = duplicated = unknown = left = 0
        for target in self.targets:
            missing, doubled = self._compared(target, days)
            unsure = await self.store.deliveries.unknown(target, WEDNESDAY - timedelta(days=1))
            duplicated, unknown = duplicated + doubled, unknown + unsure
            if unsure and not any(message.thread for message in self.world.shown(target)):
                left += PAPERS * len(days)
            else:
                lost += max(0, missing - unsure)
        return {
            "messages": sum(len(self.world.shown(target)) for target in self.targets),
            "lost": lost,
            "duplicated": duplicated,
            "unknown": unknown,
            "left_for_next": left,
            "reported_unknown": await self.reported_unknown(),
            "refused_by_the_platform": len(self.world.faults()),
        }

    def _compared(self, target: Target, days: Sequence[date]) -> tuple[int, int]:
        """How many messages a channel lacks, and how many are there twice."""
        shown = self.world.shown(target)
        roots = sum(not message.thread for message in shown)
        counts = [
            sum(title in message.words for message in shown if message.thread)
            for day in days
            for title in titles(day, PAPERS)
        ]
        missing = max(0, len(days) - roots) + counts.count(0)
        return missing, max(0, roots - len(days)) + sum(max(0, count - 1) for count in counts)

    async def reported_unknown(self) -> int:
        """How many messages of unknown fate `status` tells of."""
        async with open_app(load(self.environment), Parts(clock=ShiftedClock(self.ahead), store=self.store)) as app:
            told = 0
            for target in self.targets:
                asked = Request(place=Place(target.workspace, target.channel), user="U1", text="status")
                async for reply in app.engine.handle(app.engine.parse(asked)):
                    if isinstance(reply, Final):
                        told += sum(map(int, re.findall(r"Whether (\d+) of", repr(reply.document))))
            return told


async def stop(process: ForkServerProcess) -> int | None:
    """Stop a process in order; its exit code."""
    process.terminate()
    await asyncio.to_thread(process.join, PATIENCE)
    return process.exitcode


@asynccontextmanager
async def open_scene(platform: str, *, may_read: bool, database_url: str = "") -> AsyncIterator[Scene]:
    """A scene on SQLite, or on the Postgres of an address."""
    with tempfile.TemporaryDirectory(prefix="paperwire-scene-") as folder:
        async with open_world(platform, may_read=may_read) as world, daily_lists(PAPERS) as source:
            environment = {
                "PAPERWIRE_DATA": str(Path(folder)),
                "HF_ENDPOINT": source,
                "PAPERWIRE_ARXIV_URL": source,
                **({"DATABASE_URL": database_url} if database_url else {}),
                **world.environment,
            }
            async with open_store(load(environment), ShiftedClock(timedelta())) as store:
                yield Scene(world, store, environment)
