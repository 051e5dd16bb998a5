"""The answers that this process has not finished: written down, so that a crash does not leave one open for ever."""

from __future__ import annotations

import asyncio

from adapters.discord.errors import only_logged
from adapters.open_replies import FinishedReplies
from bot.chat.request import Place
from bot.ports import Clock, OpenReplies, OpenReply

_SETTLE_SECONDS = 5.0


class OpenAnswers:
    """All answers of this process, over the port `OpenReplies`; it outlives each connection to Discord."""

    def __init__(self, open_replies: OpenReplies, clock: Clock) -> None:
        self.store = open_replies
        self.clock = clock
        self.finished = FinishedReplies(open_replies)
        self._under_way: set[OpenAnswer] = set()

    def begin(self, place: Place) -> OpenAnswer:
        """An answer that is to appear there."""
        return OpenAnswer(place, self)

    def knows(self, reply: OpenReply) -> bool:
        """Whether this process is at work on it, or has finished it."""
        return reply in self.finished or any(answer.is_noted_as(reply) for answer in self._under_way)

    def under_way(self, answer: OpenAnswer) -> None:
        """Somebody may see that it is not finished."""
        self._under_way.add(answer)

    def ended(self, answer: OpenAnswer) -> None:
        """It is finished."""
        self._under_way.discard(answer)

    def abandon(self) -> None:
        """Nobody works on any of them any more."""
        self._under_way.clear()

    async def keep_settling(self) -> None:
        """Tell the store what it missed while it was away, until cancelled."""
        while True:
            await self.clock.sleep(_SETTLE_SECONDS)
            with only_logged("settle_answers"):
                await self.finished.settle()


class OpenAnswer:
    """Implements `surfaces.Book` for one answer.

    The reference kept is `CHANNEL/MESSAGE/TOKEN`, where MESSAGE is `@original` while only the interaction is known; the
    token of an interaction is worth nothing after 15 minutes.  A question that shows no answer yet is
    `CHANNEL/0/QUESTION`.  No answer fails where the store does.
    """

    def __init__(self, place: Place, answers: OpenAnswers) -> None:
        self._rows: set[OpenReply] = set()  # all that the store may hold of it, also where it did not confirm that
        self._place = place
        self._answers = answers
        self._reply: OpenReply | None = None
        self._written: OpenReply | None = None
        self._writing: asyncio.Task[None] | None = None

    def opened(self, channel: int, message: str, token: str = "") -> None:
        """A placeholder, half an answer, or a question alone stands there, or is about to."""
        reference = f"{channel}/{message}/{token}"
        self._reply = OpenReply(place=self._place, message=reference, opened_at=self._answers.clock.now())
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def noted(self, seconds: float) -> None:
        """Wait until it is written down, but no longer than so many seconds."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=seconds)

    async def closed(self) -> None:
        """It is finished."""
        self._reply = None
        if self._writing is not None:
            await self._writing
        for reply in self._rows:
            await self._answers.finished.add(reply)
        self._answers.ended(self)

    def is_noted_as(self, reply: OpenReply) -> bool:
        """Whether the store may hold it under this reference."""
        return reply in self._rows

    async def _write(self) -> None:
        with only_logged("note_open_answer"):
            while self._reply is not None and self._reply != self._written:
                await self._note(self._reply)

    async def _note(self, reply: OpenReply) -> None:
        before = self._written
        self._rows.add(reply)
        self._answers.under_way(self)
        await (self._answers.store.became(before, reply) if before else self._answers.store.opened(reply))
        self._written = reply
