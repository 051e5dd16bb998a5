"""One answer, from its first sign to its end.

A sign of work is a status (where Slack has one), a sentence to the person who asked, or, in a direct conversation, a
message that is edited: nothing stands before all people that an error would have to take back.  Words of the answer are
a stream (in threads, where Slack has them) or a message that is edited.  At its end it is a finished message, more of
them in the thread if it is long; or, if it turns out private, words that one person sees.  Whoever has seen a sign is
remembered until the end, so that a start after a crash can tell them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from adapters.slack.events import Address
from adapters.slack.leftovers import INTERRUPTED, UNSURE, Ending, Leftovers, mark_of
from adapters.slack.limits import BLOCKS_TOTAL
from adapters.slack.outbox import Outbox, direct
from adapters.slack.pace import Silence
from adapters.slack.pictures import Pictures
from adapters.slack.render import Message, document_without_pictures, plain, render, sentence
from adapters.slack.streams import Abilities, Stream
from bot.chat.request import Final, Partial, Progress, Reply
from bot.documents.model import Document, Paragraph, text
from bot.errors import (
    Ambiguous,
    BotError,
    ContentRejected,
    RateLimited,
    StoreError,
    TargetGone,
    Transient,
    Unauthorized,
)
from bot.ports import OpenReply

log = structlog.get_logger(__name__)

ELSEWHERE = "(The answer went to the person who asked.)"
SIGNS = 2  # sentences to the person alone while they wait, as each uses up a way to answer
CUT = "The rest of this answer could not be sent. Please ask again."


class Answer:
    """Shows replies at an address.  `private`: all of them to one person alone."""

    def __init__(
        self,
        to: Address,
        *,
        private: bool,
        outbox: Outbox,
        abilities: Abilities,
        leftovers: Leftovers,
    ) -> None:
        self._to = to
        self._private = private
        self._outbox = outbox
        self._pictures = Pictures(outbox)
        self._abilities = abilities
        self._leftovers = leftovers
        self._intended: OpenReply | None = None  # what somebody waits for, and may be to be seen
        self._standing: OpenReply | None = None  # what is to be seen and not finished
        self._home = to  # with the channel's own id, once something stands there
        self._ts = ""
        self._stream: Stream | None = None
        self._has_status = False
        self._signs = 0
        self._ending: Ending | None = None
        self._is_unsure = False  # whether something stands there that Slack did not confirm
        self._mute = False  # nothing more is to be said on the way

    @property
    def is_eager(self) -> bool:
        """Whether signs of work cost nobody anything; else they are for what takes a while."""
        return self._is_direct or (not self._private and self._abilities.may("status", self._to))

    @property
    def _is_direct(self) -> bool:
        return self._to.channel.startswith(("D", "U", "W"))

    async def show(self, reply: Reply) -> str:
        """Show one reply; of a `Final`, the `ts` of the public message that it became, else ""."""
        if isinstance(reply, Final):
            return await self._finish(reply.document)
        if self._mute or (self._private and not isinstance(reply, Silence)) or self._abilities.resting(self._to):
            return ""
        try:
            await self._on_the_way(reply)
        except RateLimited as error:
            self._abilities.rest(self._to, error.retry_after or 1.0)
        except BotError as error:
            self._mute = self._mute or isinstance(error, (TargetGone, Ambiguous))
            log.info("reply_not_shown", action="show_reply", kind=type(error).__name__)
        return ""

    async def interrupt(self) -> None:
        """End it with a sentence, because the bot is stopping."""
        is_seen = self._standing is not None or self._to.thread != ""
        await self._finish(replace(said(INTERRUPTED), private=not is_seen))

    def abandon(self) -> None:
        """Something broke that nobody foresaw: whoever has seen a sign of it is told."""
        if unfinished := self._standing or self._intended:
            only_for = "" if self._standing else self._to.user
            self._leftovers.given_up(unfinished, Ending(sentence(INTERRUPTED), only_for))

    # --- on the way --------------------------------------------------------------------------------------------------

    async def _on_the_way(self, reply: Progress | Partial) -> None:
        if isinstance(reply, Partial):
            await self._grow(reply.text)
        elif self._stream is not None:
            await self._stream.note(reply.sentence)
        elif self._standing is not None or self._is_direct:
            await self._write(sentence(reply.sentence))
        elif self._private or not await self._set_status(reply.sentence):
            await self._give_sign(reply)

    async def _grow(self, words: str) -> None:
        if self._stream is None and self._standing is None:
            await self._intend()
            self._stream = await self._abilities.stream(self._to, words)
            if self._stream is not None:
                await self._remember(self._to.channel, self._stream.ts)
        if self._stream is None or not await self._stream.grow(words):
            await self._write(render(said(f"{words} …"))[0])

    async def _set_status(self, words: str) -> bool:
        if not self._abilities.may("status", self._to):
            return False
        with suppress(StoreError):  # a status needs no remembering to be shown
            await self._intend()
        self._has_status = await self._abilities.status(self._to, words) or self._has_status
        return self._has_status

    async def _give_sign(self, reply: Progress) -> None:
        """Say that work goes on to the person alone: once, and again when it takes long."""
        if self._signs >= (1 if self._private else SIGNS) or (self._signs and not isinstance(reply, Silence)):
            return
        with suppress(StoreError):
            await self._intend(only_for=self._to.user)
        self._signs += 1
        await self._outbox.whisper(self._to, sentence(reply.sentence))

    async def _write(self, message: Message) -> None:
        """Post, or edit what stands, if it can be done without waiting for Slack's patience."""
        if self._standing is not None:
            await self._outbox.edit(self._home, self._ts, message, hasty=True)
            return
        marked = mark_of(await self._intend())
        try:
            channel, ts = await self._outbox.post(self._to, message, self._to.thread, hasty=True, marked=marked)
        except Ambiguous:
            self._is_unsure = True
            raise
        await self._remember(channel, ts)

    async def _remember(self, channel: str, ts: str) -> None:
        self._home, self._ts = replace(self._to, channel=channel), ts
        self._standing = self._leftovers.standing(self._home.place, ts)
        await self._leftovers.opened(self._standing, self._intended)
        self._intended = None

    async def _intend(self, only_for: str = "") -> OpenReply:
        """Note that somebody waits: a crash may come before Slack has said where the answer stands."""
        self._intended = self._intended or await self._leftovers.intended(self._to.place, only_for)
        return self._intended

    # --- the end -----------------------------------------------------------------------------------------------------

    async def _finish(self, document: Document) -> str:
        """Deliver the end.  Where Slack has trouble for long, it comes afterwards."""
        try:
            ts = await self._deliver(document)
        except Transient as error:
            await self._give_up(error)
            raise
        except BotError:
            await self._close()
            raise
        await self._close()
        return ts

    async def _deliver(self, document: Document) -> str:
        is_public = not self._private and not document.private
        if is_public or (self._is_direct and self._standing is not None):
            return await self._in_form(document, self._publish)
        await self._withdraw()
        return await self._in_form(document, self._whisper)

    async def _give_up(self, error: Transient) -> None:
        """Leave the end to later.  What was posted and not confirmed may be there, and is not posted again."""
        unfinished = self._standing or self._intended
        if unfinished is None:
            with suppress(StoreError):
                unfinished = await self._intend(only_for=self._to.user)
        if unfinished is None:
            return
        if self._ending is None or (self._standing is None and isinstance(error, Ambiguous)):
            self._ending = Ending(sentence(UNSURE), self._to.user)
        self._leftovers.given_up(unfinished, self._ending)

    async def _in_form(self, document: Document, send: Callable[[Sequence[Message]], Awaitable[str]]) -> str:
        """Send a document, in a plainer form each time Slack refuses one."""
        bare = document_without_pictures(document)
        try:
            return await send(render(await self._with_pictures(document)))
        except ContentRejected:
            log.warning("form_refused", action="send_document")
        try:
            return await send(render(bare, budget=BLOCKS_TOTAL // 2))
        except ContentRejected:
            return await send(plain(document))

    async def _with_pictures(self, document: Document) -> Document:
        try:
            return await self._pictures.uploaded(document, self._to)
        except Transient:
            return document

    async def _whisper(self, messages: Sequence[Message]) -> str:
        self._ending = Ending(messages[0], self._to.user)
        for message in messages:
            await self._outbox.whisper(self._to, message)
        return ""

    async def _publish(self, messages: Sequence[Message]) -> str:
        self._ending = Ending(messages[0])
        try:
            ts = await self._first(messages[0])
        except (TargetGone, Unauthorized) as gone:
            await self._otherwise(messages, gone)
            return ""
        await self._close()
        try:
            for message in messages[1:]:
                await self._outbox.post(self._home, message, self._to.thread or ts)
        except Transient as error:  # what stands is whole in itself and is not to be taken for half an answer
            log.warning("answer_cut", action="send_document", kind=type(error).__name__)
            with suppress(BotError):
                await self._outbox.whisper(replace(self._to, has_replies=True), sentence(CUT))
        return ts

    async def _first(self, message: Message) -> str:
        """The first message takes the place of what stands already; where that cannot be, it comes anew."""
        if self._is_unsure and self._intended and (ts := await self._leftovers.lost(self._to, self._intended)):
            await self._remember(self._to.channel, ts)
        if self._stream is not None:
            await self._stream.stop()
        if self._standing is not None:
            try:
                await self._outbox.edit(self._home, self._ts, message)
            except TargetGone:
                await self._close()
            else:
                return self._ts
        marked = mark_of(self._intended, is_whole=True) if self._intended else None
        channel, ts = await self._outbox.post(self._to, message, self._to.thread, marked=marked)
        self._home = replace(self._to, channel=channel)
        return ts

    async def _otherwise(self, messages: Sequence[Message], gone: BotError) -> None:
        """The channel does not let us write: answer by the way that the command came, or tell the person."""
        sent = [await self._outbox.announce(self._to, message) for message in messages]
        if not all(sent):
            await self._outbox.whisper(direct(self._to), sentence(gone.sentence))

    async def _withdraw(self) -> None:
        """Take back what the public has seen so far."""
        if self._has_status:
            await self._abilities.status(self._to, "")
        if self._standing is None:
            return
        if self._stream is not None:
            await self._stream.stop()
        try:
            await self._outbox.delete(self._home, self._ts)
        except BotError:
            await self._outbox.edit(self._home, self._ts, sentence(ELSEWHERE))

    async def _close(self) -> None:
        if self._standing is not None:
            await self._leftovers.closed(self._standing)
            self._standing, self._stream = None, None
        if self._intended is not None:
            await self._leftovers.closed(self._intended)
            self._intended = None


def said(words: str) -> Document:
    """A document of one paragraph."""
    return Document(blocks=(Paragraph(text(words)),))
