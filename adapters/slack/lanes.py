"""Work in order within a conversation, side by side across conversations."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress

import structlog

from bot.errors import BotError

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]


class Lanes:
    """One worker for each lane that has work; it goes when the lane is empty.

    Args:
        waiting: how many jobs may wait in one lane.
        total: how many may wait or run in all lanes together.
    """

    def __init__(self, waiting: int = 20, total: int = 2_000) -> None:
        self._waiting = waiting
        self._total = total
        self._lanes: dict[Hashable, deque[tuple[Job, Job | None]]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._count = 0
        self._open = True

    def put(self, lane: Hashable, job: Job, instead: Job | None = None) -> bool:
        """Add a job; False if there are too many, or the lanes are closed.

        `instead` is done where the lanes close before the job's turn has come.
        """
        jobs = self._lanes.get(lane)
        if not self._open or self._count >= self._total or (jobs is not None and len(jobs) >= self._waiting):
            return False
        self._count += 1
        if jobs is not None:
            jobs.append((job, instead))
            return True
        self._lanes[lane] = deque([(job, instead)])
        worker = asyncio.create_task(self._work(lane))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return True

    def has_work(self, lane: Hashable) -> bool:
        """Whether something in that lane waits or is under way."""
        return lane in self._lanes

    async def drained(self) -> None:
        """Wait until all work is done, also what is added meanwhile."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def close(self, grace: float) -> None:
        """Take nothing more, let what runs finish for `grace` seconds, then cancel it and wait for its last words."""
        self._open = False
        with suppress(TimeoutError):
            await asyncio.wait_for(self.drained(), grace)
        for worker in list(self._workers):
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self, lane: Hashable) -> None:
        jobs = self._lanes[lane]
        try:
            while jobs:
                job, _ = jobs.popleft()
                await self._do(job)
        finally:
            while jobs:
                _, instead = jobs.popleft()
                await self._do(instead or _nothing)
            del self._lanes[lane]

    async def _do(self, job: Job) -> None:
        try:
            await job()
        except BotError as error:  # nobody is left to be told
            log.warning("job_failed", action="work_on_conversation", reason=error.sentence)
        except Exception:
            log.exception("job_failed", action="work_on_conversation")
        finally:
            self._count -= 1


async def _nothing() -> None:
    """Nobody needs to be told."""
