"""Digests as durable workflows.  The one place that knows DBOS (https://docs.dbos.dev/python).

A digest is a workflow whose id is its slot's key; each of the courier's steps is a recorded step.  After a crash the
workflow is taken up where it was.  There is a queue for each platform, and a process listens to those it can post to.

DBOS gives a dead process's workflows back to a process of the same name alone.  Here every process has a name of its
own and holds a lease on it as long as it lives; whoever can take the lease of a process that still has workflows under
way knows that it is dead, and takes those up.

A digest that has to wait for longer leaves its place: its workflow ends, and another one with the same steps begins
later.  So channels that are away for hours keep nobody else waiting.  Steps that were done know it by the store.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.digests import recorder, unforeseen
from bot.digests.courier import Courier, Outcome
from bot.digests.gate import Gate
from bot.digests.planning import WINDOW
from bot.digests.workflow_ids import look_id, next_id, slot_of, times_begun_again
from bot.errors import StoreError
from bot.ports import Clock, Leases

if TYPE_CHECKING:
    from dbos import WorkflowStatus

log = structlog.get_logger(__name__)

VERSION = "digests-3"  # of the order of steps: a change that old workflows could not go on with needs another
AT_ONCE = 100  # digests under way in one process; whatever one takes no other one can
IN_PLACE = 10.0  # seconds that a digest may wait without leaving its place to others
ALIVE = timedelta(seconds=30)  # after so long without a sign of life a process is dead
GRACE = 10.0  # seconds for steps under way when the process stops
SIGNS = 3  # of life, within that time
LONGEST_WAIT = 900.0  # seconds after which a digest that has to wait looks whether it still has to
SKEW = 60.0  # seconds between the clocks of machines that are right
AFTER_ERROR = 60.0  # seconds before a workflow that an error ended is begun again
MOST_AGAIN = 500  # times that one is begun again, which is often enough for its window
AFTER_FAULT = 600.0  # seconds before a step whose error nobody could even note is run again
STORE_AGAIN = 15.0  # seconds, at most, before a store that failed is asked again
DIGEST, COMPLETION = "digest", "completion"  # the names of the workflows
ACTIVE = ("PENDING", "ENQUEUED", "DELAYED")
ENDS = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


Work = Callable[[str], Awaitable[None]]


class PutOff(Exception):
    """A workflow has to wait for longer than it may hold its place."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class RecordedSteps:
    """Implements `bot.digests.courier.Steps` within a workflow.  Raises `PutOff` out of long waits."""

    def __init__(self, in_place: float, clock: Clock, gate: Gate) -> None:
        self._in_place = in_place
        self._clock = clock
        self._gate = gate

    async def run(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Run a step, or take what it came to when it ran before.

        A step that finds its store closed is run again until it is open, and one that nobody's care has kept from an
        unforeseen error comes again later: an error that left a workflow would end it.
        """
        from dbos import DBOS

        async def recorded() -> Outcome:
            wait = 1.0
            while True:
                try:
                    return await step()
                except StoreError as error:
                    (log.warning if wait == 1.0 else log.debug)("step_put_off", step=name, why=error.sentence)
                except Exception as error:
                    unforeseen.report(error, "deliver_digest", step=name)
                    return Outcome(next="again", wait=AFTER_FAULT, messages=0)
                await self._clock.sleep(wait)
                wait = min(2 * wait, STORE_AGAIN)

        return await self._gate.through(lambda: DBOS.run_step_async({"name": name}, recorded))

    async def sleep(self, seconds: float) -> None:
        """Wait.  It is not recorded until when: a clock that was ahead would keep the next process waiting."""
        if seconds > self._in_place:
            raise PutOff(seconds)
        await self._gate.stay()
        await self._clock.sleep(seconds)


class DurableWorkers:
    """Implements `bot.digests.ticking.Workers`; made by `open_workers`."""

    def __init__(
        self,
        deliver: Work,
        complete: Work,
        under_way: Set[str],
        name: str,
        leases: Leases,
        clock: Clock,
        *,
        alive: timedelta,
        after_error: float,
        version: str,
    ) -> None:
        self._works = {DIGEST: deliver, COMPLETION: complete}
        self._under_way = under_way
        self._missed: set[str] = set()
        self._name = name
        self._leases = leases
        self._clock = clock
        self._alive = alive
        self._after_error = after_error
        self._version = version

    async def hand_over(self, slot_key: str, platform: str) -> None:
        """Start the slot's workflow in the queue of its platform, unless it was started before."""
        await _enqueue(slot_key, queue_of(platform), self._works[DIGEST], slot_key)

    async def complete(self, slot_key: str, platform: str, at: datetime) -> None:
        """Start a workflow for one look at a digest, unless it was started before."""
        await _enqueue(look_id(slot_key, at), queue_of(platform), self._works[COMPLETION], slot_key)

    async def adopt(self) -> None:
        """Take up the workflows of processes that show no sign of life."""
        from dbos import DBOS

        for owner in {workflow.executor_id for workflow in await _listed("PENDING")} - {self._name, None}:
            if not await self._is_dead(str(owner)):
                continue
            orphans = await _listed("PENDING", executor_id=owner)
            for workflow in orphans:
                await DBOS.resume_workflow_async(workflow.workflow_id, queue_name=workflow.queue_name)
            log.info("digests_adopted", action="adopt_digests", digests=len(orphans))

    async def resume_lost(self) -> None:
        """Take up what is recorded as under way here and is not: an error ended it, and its end was not recorded."""
        from dbos import DBOS

        recorded = {workflow.workflow_id: workflow for workflow in await _listed("PENDING", executor_id=self._name)}
        missing = recorded.keys() - self._under_way
        for name in missing & self._missed:  # twice in a row: what begins or ends is missing for a moment
            await DBOS.resume_workflow_async(name, queue_name=recorded[name].queue_name)
            log.warning("digest_resumed", action="resume_digest", slot=slot_of(name))
        self._missed = missing - self._missed

    async def renew(self) -> None:
        """Begin again the digests that dead processes of another version left: their steps are others, and what was
        sent stays sent.
        """
        from dbos import DBOS

        known = await DBOS.list_application_versions_async()
        others = [each["version_name"] for each in known if each["version_name"] != self._version]
        for workflow in await _listed(*ACTIVE, app_version=others) if others else ():
            if workflow.status != "PENDING" or await self._is_dead(str(workflow.executor_id)):
                await self._begin_next(workflow, 0.0)
                await DBOS.cancel_workflow_async(workflow.workflow_id)

    async def restart_failed(self) -> None:
        """Begin again what an error has ended, such as a database that could not record a step."""
        from dbos import DBOS

        since = (datetime.now(UTC) - WINDOW).isoformat()
        for workflow in await _listed("ERROR", completed_after=since):
            name = workflow.workflow_id
            if times_begun_again(name) >= MOST_AGAIN:
                continue
            log.warning("digest_failed", action="restart_digest", slot=slot_of(name), again=times_begun_again(name))
            await self._begin_next(workflow, self._after_error)
            await DBOS.delete_workflows_async([name])

    async def end_void_delays(self) -> None:
        """Let go on what waits for longer than anything may: the clock of who put it off was ahead."""
        from dbos import DBOS

        latest = (datetime.now(UTC).timestamp() + LONGEST_WAIT + SKEW) * 1000
        for workflow in await _listed("DELAYED"):
            if (workflow.delay_until_epoch_ms or 0) > latest:
                await DBOS.set_workflow_delay_async(workflow.workflow_id, delay_seconds=0.0)

    async def _begin_next(self, workflow: WorkflowStatus, seconds: float) -> None:
        if work := self._works.get(workflow.name):
            await _begin_again(workflow.workflow_id, work, seconds)

    async def _is_dead(self, process: str) -> bool:
        """Whether a process lives no more; whoever hears so first is to take up its work."""
        return await self._leases.acquire(_lease(process), self._name, self._alive) is not None

    async def forget(self, older: timedelta) -> int:
        """Drop what was recorded of workflows that ended so long ago (by this machine's clock); how many."""
        from dbos import DBOS

        before, dropped = (datetime.now(UTC) - older).isoformat(), 0
        while ended := await _listed(*ENDS, completed_before=before, limit=AT_ONCE):
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])
            dropped += len(ended)
        return dropped

    async def stay_alive(self) -> None:
        """Show signs of life and take up what dead processes left, until cancelled, whatever the database does.

        The recorder may wait for its database for long; the signs of life do not wait for it.
        """
        chores = (self.adopt, self.resume_lost, self.renew, self.restart_failed, self.end_void_delays)
        await asyncio.gather(self._do_for_ever(self._show_life), self._do_for_ever(*chores))

    async def _show_life(self) -> None:
        await self._leases.acquire(_lease(self._name), self._name, self._alive)

    async def _do_for_ever(self, *chores: Callable[[], Awaitable[None]]) -> None:
        while True:
            for chore in chores:
                with unforeseen.survived("no_sign_of_life", "stay_alive"):
                    await chore()
            await self._clock.sleep(self._alive.total_seconds() / SIGNS)


@asynccontextmanager
async def open_workers(
    courier: Courier,
    platforms: Iterable[str],
    leases: Leases,
    clock: Clock,
    *,
    database_url: str,
    alive: timedelta = ALIVE,
    in_place: float = IN_PLACE,
    after_error: float = AFTER_ERROR,
    version: str = VERSION,
) -> AsyncIterator[DurableWorkers]:
    """Workers for the queues of these platforms, until the end of the block.

    What is under way at the end is left where it is, and taken up by the next process or another one.

    Args:
        database_url: postgresql://… (a schema of its own, "dbos", is used there) or sqlite:///….
        alive: for how long a process that gives no sign of life is taken for alive; the same in all processes.
        in_place: for how many seconds a digest waits without leaving its place to others.
        after_error: seconds before what an error has ended is begun again.
        version: of the order of steps.
    """
    from dbos import DBOS

    name = secrets.token_hex(8)
    await leases.acquire(_lease(name), name, alive)
    recorder.refuse_pickles()
    DBOS(config=recorder.config(database_url, name, version))
    gate, under_way = Gate(), set[str]()

    async def at_work(work: Callable[[str, RecordedSteps], Awaitable[None]], again: Work, slot_key: str) -> None:
        workflow_id = str(DBOS.workflow_id)
        under_way.add(workflow_id)
        try:
            await work(slot_key, RecordedSteps(in_place, clock, gate))
        except PutOff as wait:
            await gate.through(partial(_begin_again, workflow_id, again, wait.seconds))
        finally:
            under_way.discard(workflow_id)
        await gate.stay()

    @DBOS.workflow(name=DIGEST)
    async def deliver(slot_key: str) -> None:
        await at_work(courier.deliver, deliver, slot_key)

    @DBOS.workflow(name=COMPLETION)
    async def complete(slot_key: str) -> None:
        await at_work(courier.complete, complete, slot_key)

    served = [queue_of(platform) for platform in platforms]
    DBOS.listen_queues(served)
    DBOS.launch()  # on this loop, where workflows are to run; blocks it for a moment before anything is served
    for queue in served:
        await DBOS.register_queue_async(queue, worker_concurrency=AT_ONCE)
    workers = DurableWorkers(
        deliver, complete, under_way, name, leases, clock, alive=alive, after_error=after_error, version=version
    )
    living = asyncio.create_task(workers.stay_alive())
    try:
        yield workers
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await gate.close(GRACE)
        # DBOS makes its threads the loop's own, and they end with it; answers under way still need some
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        await leases.release(_lease(name), name)


async def living_workers(leases: Leases) -> int:
    """How many processes deliver digests."""
    return len(await leases.held(_lease(""), ALIVE))


async def _begin_again(workflow_id: str, work: Work, seconds: float) -> None:
    """Queue a workflow that goes on where this one ends, with the same steps, for later; once, however often."""
    from dbos import SetEnqueueOptions

    slot_key = slot_of(workflow_id)
    queue = queue_of(slot_key.partition(":")[0])
    with SetEnqueueOptions(delay_seconds=min(seconds, LONGEST_WAIT) or None):
        await _enqueue(next_id(workflow_id), queue, work, slot_key)


async def _listed(*status: str, **chosen: Any) -> list[WorkflowStatus]:
    """The workflows in one of these states, without what they were given and came to."""
    from dbos import DBOS

    return await DBOS.list_workflows_async(status=list(status), load_input=False, load_output=False, **chosen)


async def _enqueue(name: str, queue: str, work: Work, slot_key: str) -> None:
    """Queue a workflow under a name of its own; nothing happens if there was one of that name."""
    from dbos import DBOS, SetWorkflowID

    with SetWorkflowID(name):
        await DBOS.enqueue_workflow_async(queue, work, slot_key)  # type: ignore[arg-type]


def queue_of(platform: str) -> str:
    """The queue of a platform's digests."""
    return f"digests-{platform}"


def _lease(name: str) -> str:
    return f"digests/{name}"
