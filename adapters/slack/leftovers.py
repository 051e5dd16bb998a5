"""What stands at Slack unfinished, and who is at work on it.

Every process keeps a lease of its own while it lives, and its name stands behind each message that it has open.  So one
that starts closes what a dead one left, never what another is still writing.  Of its own messages a process closes only
those that it gave up, as soon as Slack lets it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

import structlog

from adapters.slack.events import Address
from adapters.slack.limits import Json
from adapters.slack.marks import find, mark
from adapters.slack.outbox import Outbox
from adapters.slack.render import sentence
from adapters.slack.streams import Abilities
from bot.chat.request import Place
from bot.errors import BotError, StoreError, Transient, Unauthorized
from bot.ports import Clock, Leases, OpenReplies, OpenReply

log = structlog.get_logger(__name__)

EVENT = "paperwire_answer"
INTENDED = "?"  # before the key of a message that may be there or not
INTERRUPTED = "I was interrupted before this was finished. Please ask again."
LIFE = timedelta(seconds=15)  # for how long a process that says nothing is taken for alive
BEAT = 5.0  # seconds between two signs of life


class Leftovers:
    """Messages that are not finished, over the port `OpenReplies`.

    The reference kept is `TS/PROCESS`; before Slack has said what the `ts` is, `?KEY/PROCESS`.
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
        self._given_up: set[OpenReply] = set()
        self._finished: set[OpenReply] = set()  # though the store does not know it yet

    # --- one message -------------------------------------------------------------------------------------------------

    async def intended(self, place: Place) -> OpenReply:
        """Something unfinished may stand there from now on, with the mark `mark_of` this."""
        reply = self._begun(place, f"{INTENDED}{secrets.token_hex(8)}")
        await self._open_replies.opened(reply)
        return reply

    async def opened(self, place: Place, ts: str, intended: OpenReply | None = None) -> OpenReply:
        """Something unfinished stands there now: that which was intended, if it was."""
        reply = self._begun(place, ts)
        if intended is None:
            await self._open_replies.opened(reply)
        else:
            await self._open_replies.became(intended, reply)
        return reply

    async def closed(self, reply: OpenReply) -> None:
        """It is finished.  Where the store is away it learns so later, since a start would take it for a leftover."""
        try:
            await self._open_replies.closed(reply)
        except StoreError as error:
            log.warning("reply_not_closed", action="close_reply", reason=error.sentence)
            self._finished.add(reply)
        self._given_up.discard(reply)

    def _begun(self, place: Place, reference: str) -> OpenReply:
        return OpenReply(place=place, message=f"{reference}/{self._process}", opened_at=self._clock.now())

    def given_up(self, reply: OpenReply) -> None:
        """Nobody will finish it: the next round closes it with a sentence."""
        self._given_up.add(reply)

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
        for reply in list(self._finished):
            await self._open_replies.closed(reply)
            self._finished.discard(reply)
        left = await self._left()
        for reply in left:
            if reply in self._given_up:
                await self._close(reply)
        for process in {_process_of(reply) for reply in left} - {self._process}:
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
        for reply in await self._left():  # looked at again: it may have finished some before its lease ended
            if _process_of(reply) == process:
                await self._close(reply)
        await self._leases.release(name, self._process)

    async def _close(self, reply: OpenReply) -> None:
        place = reply.place
        to = Address(team=place.workspace.removeprefix("slack:"), channel=place.channel, thread=place.thread, user="")
        try:
            await self._end(to, reply)
        except Transient:
            return  # the next round tries again
        except BotError as error:
            log.info("leftover_not_closed", action="close_leftover", kind=type(error).__name__)
        await self._open_replies.closed(reply)
        self._given_up.discard(reply)

    async def _end(self, to: Address, reply: OpenReply) -> None:
        """Say that it ends here: in its own place, or below, where nobody knows which message it is."""
        ts = reply.message.partition("/")[0]
        found = await self._found(to, _key_of(reply)) if ts.startswith(INTENDED) else ts
        if found is None:
            await self._outbox.post(to, sentence(INTERRUPTED), to.thread)
        else:
            await self._abilities.end_stream(to, found)
            await self._outbox.edit(to, found, sentence(INTERRUPTED))

    async def _found(self, to: Address, key: str) -> str | None:
        try:
            return await find(await self._outbox.client(to), to.channel, to.thread, key)
        except Unauthorized:
            return None


def mark_of(intended: OpenReply) -> Json:
    """What the message is sent with that was intended."""
    return mark(EVENT, _key_of(intended))


def _key_of(intended: OpenReply) -> str:
    return intended.message.partition("/")[0].removeprefix(INTENDED)


def _process_of(reply: OpenReply) -> str:
    return reply.message.partition("/")[2]


def _lease(process: str) -> str:
    return f"slack-process:{process}"
