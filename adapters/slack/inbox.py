"""What happens to a request after it was acknowledged: once, in its conversation's order, and to a good end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from adapters.slack.answer import Answer
from adapters.slack.events import Incoming
from adapters.slack.in_line import InLine
from adapters.slack.lanes import Job, Lanes
from adapters.slack.leftovers import Leftovers
from adapters.slack.outbox import Outbox
from adapters.slack.pace import Pace, paced
from adapters.slack.render import papers, sentence
from adapters.slack.requests import Requests
from adapters.slack.streams import Abilities
from bot.chat.engine import Engine
from bot.chat.finding import begin_thread
from bot.chat.parsed import Parsed
from bot.chat.request import Final
from bot.errors import BotError, StoreError, Unauthorized
from bot.ports import Clock, ConversationRepository, EventLog

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)  # an attempt that is not done by then is taken for dead
REMEMBERED = timedelta(hours=24)  # how long events are known by their ids
BUSY = "I am still working on what was asked before. Please try again in a moment."


class Inbox:
    """Takes requests without waiting, and answers them by the engine."""

    def __init__(
        self,
        *,
        engine: Engine,
        outbox: Outbox,
        requests: Requests,
        events: EventLog,
        abilities: Abilities,
        leftovers: Leftovers,
        conversations: ConversationRepository,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._requests = requests
        self._events = events
        self._leftovers = leftovers
        self._conversations = conversations
        self._clock = clock
        self._pace = pace
        self._abilities = abilities
        self._lanes = Lanes()
        self._under_way: set[Hashable] = set()
        self._waiting: set[str] = set()  # keys of requests behind others, whose authors are told so
        self._later: set[asyncio.Task[None]] = set()

    def read(self, incoming: Incoming) -> Parsed:
        """The request, as the engine reads it."""
        return self._requests.read(incoming)

    def take(self, incoming: Incoming, parsed: Parsed, once: Hashable = None) -> bool:
        """Take a request that was read; False if there is too much waiting already.

        What one person alone will see is no part of the conversation, and does not wait for it.
        """
        if once is not None and once in self._under_way:
            return True
        lane, answer = self.lane(incoming, parsed), self._answer(incoming, parsed.is_private)
        in_line = InLine(answer, self._pace.patience)
        is_first = not self._lanes.has_work(lane)

        async def converse() -> None:
            await in_line.end()
            await self._converse(incoming, parsed, answer)

        async def interrupt() -> None:
            await in_line.end()
            await answer.interrupt()

        taken = self.take_job(incoming.key, lane, converse, once, instead=interrupt)
        if taken and not is_first and incoming.key not in self._waiting:
            self._waiting.add(incoming.key)
            task = self._by_the_way(in_line.tell())
            task.add_done_callback(lambda _: self._waiting.discard(incoming.key))
        return taken

    def lane(self, incoming: Incoming, parsed: Parsed) -> Hashable:
        """Where a request waits for those before it."""
        return (*incoming.lane, "aside", incoming.address.user) if parsed.is_private else incoming.lane

    def faults(self, parsed: Parsed) -> Mapping[str, str]:
        """What is wrong with a form: a sentence by field.  Rights are looked at when it is carried out.

        Raises:
            BotError: there is no such form (any more).
        """
        return self._engine.faults(parsed)

    def take_job(
        self, key: str, lane: Hashable, job: Job, once: Hashable = None, *, instead: Job | None = None
    ) -> bool:
        """Take other work that an event asks for; an empty `key` is not looked up.

        `once`: taken, and nothing more is done, while other work with the same name waits or is under way.
        `instead` is done where the bot stops before the work's turn has come.
        """
        if once is not None and once in self._under_way:
            return True

        async def work() -> None:
            try:
                await (self._once(key, lane, job) if key else job())
            finally:
                self._under_way.discard(once)

        taken = self._lanes.put(lane, work, (lambda: self._done(key, instead)) if instead else None)
        if taken and once is not None:
            self._under_way.add(once)
        return taken

    async def drained(self) -> None:
        """Wait until everything taken so far is answered."""
        await self._lanes.drained()

    async def close(self, grace: float) -> None:
        """Finish what was taken within `grace` seconds; what runs or waits then ends with a sentence."""
        for task in self._later:
            task.cancel()
        await self._lanes.close(grace)

    async def forget_old_events(self) -> None:
        """Drop the ids of events that Slack will not send again."""
        await self._events.forget_begun(REMEMBERED)

    async def _once(self, key: str, lane: Hashable, job: Job) -> None:
        if not await self._done(key, job):
            self._look_again(key, lane, job)

    async def _done(self, key: str, job: Job) -> bool:
        """Do it, unless another attempt has."""
        if not await self._begin(key):
            return False
        await job()
        await self._events.finish(key)
        return True

    async def _begin(self, key: str) -> bool:
        """Whether to work on it.  Without a database, rather twice than not at all: somebody waits for an answer."""
        try:
            return await self._events.begin(key, LEASE)
        except StoreError as error:
            log.warning("events_unknown", action="begin_event", reason=error.sentence)
            return True

    def _look_again(self, key: str, lane: Hashable, job: Job) -> None:
        """The attempt that began it may be dead: if it has not finished when its lease ends, this one takes over."""

        async def later() -> None:
            await self._clock.sleep(LEASE.total_seconds() + 1)
            self._lanes.put(lane, lambda: self._done(key, job))

        self._by_the_way(later())

    def _by_the_way(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return task

    def _answer(self, incoming: Incoming, private: bool) -> Answer:
        return Answer(
            incoming.address,
            private=private,
            outbox=self._outbox,
            abilities=self._abilities,
            leftovers=self._leftovers,
        )

    async def _converse(self, incoming: Incoming, parsed: Parsed, answer: Answer) -> None:
        try:
            await self._outbox.client(incoming.address)  # nothing is begun for a workspace that the app has left
        except StoreError:
            pass  # a command can be answered without a token
        except Unauthorized as error:
            with suppress(BotError):  # only what came with an address to answer at can be answered
                await self._outbox.whisper(incoming.address, sentence(error.sentence))
            return
        parsed = await self._requests.with_person(parsed, incoming)
        request = parsed.request
        try:
            async for reply in paced(self._engine.handle(parsed), self._pace, eager=answer.is_eager):
                ts = await answer.show(reply)
                if isinstance(reply, Final) and ts and not incoming.address.has_replies:
                    thread = replace(request.place, thread=incoming.address.thread or ts)
                    shown = papers(reply.document)
                    await begin_thread(self._conversations, thread, request.user, shown, self._clock.now())
        except asyncio.CancelledError:
            await answer.interrupt()
            raise
        except BotError:
            raise
        except Exception:
            answer.abandon()
            raise
