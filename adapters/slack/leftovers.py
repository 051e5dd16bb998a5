"""What stands at Slack unfinished, and who is at work on it.

Every process keeps a lease of its own while it lives, and its name stands behind each message that it has open.  So one
that starts closes what a dead one left, never what another is still writing.  Of its own messages a process ends only
those that Slack did not let it end, as soon as it does.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog

from adapters.open_replies import FinishedReplies, is_worth_an_end
from adapters.slack.events import Address
from adapters.slack.limits import Json
from adapters.slack.marks import find, mark
from adapters.slack.outbox import Outbox
from adapters.slack.render import Message, sentence
from adapters.slack.streams import Abilities
from bot.chat.request import Place
from bot.digests.looking import TooFar
from bot.errors import BotError, Transient, Unauthorized
from bot.ports import Clock, Leases, OpenReplies, OpenReply

log = structlog.get_logger(__name__)

EVENT = "paperwire_answer"
INTENDED = "?"  # before the key of a message that may be there or not
READER = "@"  # before the id of a person
FINISHED = "."  # after the key of a message that is whole
INTERRUPTED = "I was interrupted before this was finished. Please ask again."
UNSURE = "Slack did not confirm that my answer arrived. If you do not see it, please ask again."
LIFE = timedelta(seconds=15)  # for how long a process that says nothing is taken for alive
BEAT = 5.0  # seconds between two signs of life


@dataclass(frozen=True, slots=True)
class Ending:
    """How an answer is to end; `only_for`: the one person who is to see it, where it has no place yet."""

    message: Message
    only_for: str = ""


class Span:
    """For how long something has gone on without a gap longer than `seconds`, by a clock that nobody sets."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._began, self._last = math.inf, -math.inf

    def extend(self) -> None:
        """It goes on."""
        now = self._clock.monotonic()
        if now - self._last > self._seconds:
            self._began = now
        self._last = now

    @property
    def is_long(self) -> bool:
        """Whether it has gone on for so many seconds."""
        return self._last - self._began >= self._seconds


class Leftovers:
    """Messages that are not finished, over the port `OpenReplies`.

    The reference kept is `TS/PROCESS`; before Slack has said what the `ts` is, or while nothing stands but a status,
    `?KEY/PROCESS`; while one person alone has seen a sign of it, `@USER?KEY/PROCESS`.
    """

    def __init__(
        self, *, outbox: Outbox, abilities: Abilities, open_replies: OpenReplies, leases: Leases, clock: Clock
    ) -> None:
        self._outbox = outbox
        self._abilities = abilities
        self._open_replies = open_replies
        self._leases = leases
        self._clock = clock
        self._process = secrets.token_hex(6)
        self._given_up: dict[OpenReply, Ending] = {}
        self._finished = FinishedReplies(open_replies)
        self._heard = Span(clock, LIFE.total_seconds())  # for how long the store has heard this process without a gap

    # --- one message -------------------------------------------------------------------------------------------------

    async def intended(self, place: Place, only_for: str = "") -> OpenReply:
        """Somebody waits for something to stand there, which will have the mark `mark_of` this.

        Args:
            place: where.
            only_for: whoever alone knows of it so far.
        """
        reader = f"{READER}{only_for}" if only_for else ""
        reply = self._begun(place, f"{reader}{INTENDED}{secrets.token_hex(8)}")
        await self._open_replies.opened(reply)
        return reply

    def standing(self, place: Place, ts: str) -> OpenReply:
        """What stands there, unfinished, by this process."""
        return self._begun(place, ts)

    async def opened(self, reply: OpenReply, intended: OpenReply | None = None) -> None:
        """It stands there now: that which was intended, if it was.  Raises `StoreError`."""
        if intended is None:
            await self._open_replies.opened(reply)
        else:
            await self._open_replies.became(intended, reply)

    async def closed(self, reply: OpenReply) -> None:
        """It is finished.  Where the store is away it learns so later, since a start would take it for a leftover."""
        await self._finished.add(reply)
        self._given_up.pop(reply, None)

    def _begun(self, place: Place, reference: str) -> OpenReply:
        return OpenReply(place=place, message=f"{reference}/{self._process}", opened_at=self._clock.now())

    def given_up(self, reply: OpenReply, ending: Ending) -> None:
        """Slack did not take its end: the next rounds try again."""
        self._given_up[reply] = ending

    # --- all of them -------------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Give signs of life, and close what others or we have left, until cancelled."""
        while True:
            await self._clock.sleep(BEAT)
            try:
                await self.close_all()
            except BotError as error:
                log.warning("leftovers_not_seen", action="close_leftovers", kind=type(error).__name__)

    async def close_all(self) -> None:
        """Give a sign of life, then close what nobody is at work on.  Raises `StoreError`."""
        await self._leases.acquire(_lease(self._process), self._process, LIFE)
        self._heard.extend()
        await self._finished.settle()
        for reply in list(self._given_up):
            await self._close(reply)
        for process in {_process_of(reply) for reply in await self._left()} - {self._process}:
            if self._heard.is_long or await self._leases.is_abandoned(_lease(process)):
                await self._inherit(process)

    async def _left(self) -> list[OpenReply]:
        return await self._open_replies.left_open("slack", self._clock.now())

    async def leave(self) -> None:
        """This process ends; what it could not finish is anybody's."""
        await self._leases.release(_lease(self._process), self._process)

    async def _inherit(self, process: str) -> None:
        """Close what a process left, unless it lives, or another is closing it."""
        name = _lease(process)
        if await self._leases.acquire(name, self._process, LIFE) is None:
            return
        for reply in await self._left():
            if _process_of(reply) == process and reply in await self._left():  # it may have finished it meanwhile
                await self._close(reply)
        await self._leases.release(name, self._process)

    async def _close(self, reply: OpenReply) -> None:
        if is_worth_an_end(reply, self._clock.now()) and not await self._is_ended(reply):
            return  # the next round tries again
        await self._open_replies.closed(reply)
        self._given_up.pop(reply, None)

    async def _is_ended(self, reply: OpenReply) -> bool:
        """Say how it ends; False if Slack may take that later."""
        place = reply.place
        ending = self._given_up.get(reply) or Ending(sentence(INTERRUPTED), _reader_of(reply))
        team = place.workspace.removeprefix("slack:")
        to = Address(team=team, channel=place.channel, thread=place.thread, user=ending.only_for)
        try:
            await self._end(to, reply, ending)
        except Transient:
            return False
        except BotError as error:
            log.info("leftover_not_closed", action="close_leftover", kind=type(error).__name__)
        return True

    async def _end(self, to: Address, reply: OpenReply, ending: Ending) -> None:
        """Say how it ends: in its own place, or below, where nobody knows which message it is."""
        key = _key_of(reply)
        if key and await self._found(to, reply, FINISHED):
            return
        ts = await self._found(to, reply) if key else reply.message.partition("/")[0]
        if ts is not None:
            await self._abilities.end_stream(to, ts)
            await self._outbox.edit(to, ts, ending.message)
        elif to.user:
            await self._outbox.whisper(to, ending.message)
        else:
            await self._outbox.post(to, ending.message, to.thread)

    async def lost(self, to: Address, intended: OpenReply) -> str | None:
        """The `ts` of a message whose posting Slack did not confirm; None if it is not there, or cannot be seen."""
        try:
            return await self._found(to, intended)
        except BotError:
            return None

    async def _found(self, to: Address, reply: OpenReply, ending: str = "") -> str | None:
        key = _key_of(reply) + ending
        try:
            return await find(await self._outbox.client(to), to.channel, to.thread, key, reply.opened_at)
        except (Unauthorized, TooFar):
            return None


def mark_of(intended: OpenReply, *, is_whole: bool = False) -> Json:
    """What the message is sent with that was intended: the whole answer, or one that will be edited."""
    return mark(EVENT, _key_of(intended) + (FINISHED if is_whole else ""))


def _key_of(reply: OpenReply) -> str:
    """The key by which the message may be found; "" where its `ts` is known."""
    return reply.message.partition("/")[0].partition(INTENDED)[2]


def _reader_of(reply: OpenReply) -> str:
    reader = reply.message.partition(INTENDED)[0]
    return reader.removeprefix(READER) if reader.startswith(READER) else ""


def _process_of(reply: OpenReply) -> str:
    return reply.message.partition("/")[2]


def _lease(process: str) -> str:
    return f"slack-process:{process}"
