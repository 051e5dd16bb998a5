"""A process that delivers digests to a file, a line a message, until it is stopped: `replicas` starts several.

It says that it is ready by a file beside that one, `ready-` and its number, and begins when there is one called `go`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.digests.courier import Courier
from bot.digests.durable import open_workers
from bot.digests.model import Target
from bot.digests.ports import Leave, MessageRef, unhindered
from bot.digests.sending import Sender
from bot.digests.ticking import Ticker
from bot.documents.model import Document
from bot.store.database import Database
from bot.store.deliveries import SqlDeliveries
from bot.store.leases import SqlLeases
from bot.store.shared_turns import SqlSharedTurns
from bot.store.subscriptions import SqlSubscriptions
from bot.testing.composing import FakeComposer
from bot.testing.digests import FakePoster


@dataclass
class FilePoster(FakePoster):
    """Posts by appending the message's key to a file, which several processes may do at once."""

    path: Path = Path("messages")
    per_second: float | None = 1_000_000.0  # no limit, but turns are taken as for a real platform

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Append a line."""
        return await self._append(key, leave)

    async def post_reply(
        self, target: Target, root: MessageRef, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Append a line."""
        return await self._append(key, leave)

    async def _append(self, key: str, leave: Leave) -> MessageRef:
        leave()
        await asyncio.to_thread(self._write, key)
        return MessageRef(key, key)

    def _write(self, key: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{key}\n")


async def work(url: str, path: Path) -> None:
    """Deliver whatever is due, until cancelled."""
    clock, poster = SystemClock(), FilePoster(path=path)
    database = await Database.open(url, path.parent)
    subscriptions, deliveries = SqlSubscriptions(database), SqlDeliveries(database)
    posters = {"slack": poster}
    sender = Sender(posters, deliveries, clock, turns=SqlSharedTurns(database))
    courier = Courier(FakeComposer(papers=3), sender, subscriptions, deliveries, posters, clock)
    async with open_workers(courier, posters, SqlLeases(database), clock, database_url=url) as workers:
        path.with_name(f"ready-{os.getpid()}").touch()
        while not path.with_name("go").exists():  # noqa: ASYNC110 (another process makes it)
            await asyncio.sleep(0.05)
        await Ticker(subscriptions, deliveries, workers, clock).run()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
