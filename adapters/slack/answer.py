"""One answer, from its first sign to its end.

On the way it is a status (where Slack has one), a stream (in threads, where Slack has them), or a message that is
edited.  At its end it is a finished message, more of them in the thread if it is long; or, if it turns out private,
words that one person sees.  Whatever stands on the way is remembered until it is finished, so that a start after a
crash can close it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from adapters.slack.events import Address
from adapters.slack.leftovers import INTERRUPTED, Leftovers, mark_of
from adapters.slack.limits import BLOCKS_TOTAL
from adapters.slack.outbox import Outbox, direct
from adapters.slack.pace import Silence
from adapters.slack.pictures import Pictures
from adapters.slack.render import Message, document_without_pictures, plain, render, sentence
from adapters.slack.streams import Abilities, Stream
from bot.chat.request import Final, Partial, Progress, Reply
from bot.documents.model import Document, Paragraph, text
from bot.errors import BotError, ContentRejected, RateLimited, TargetGone, Transient, Unauthorized
from bot.ports import OpenReply

log = structlog.get_logger(__name__)

ELSEWHERE = "(The answer went to the person who asked.)"
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
        self._intended: OpenReply | None = None  # what may be to be seen
        self._standing: OpenReply | None = None  # what is to be seen and not finished
        self._home = to  # with the channel's own id, once something stands there
        self._ts = ""
        self._stream: Stream | None = None
        self._has_status = False
        self._mute = False  # nothing more is to be said on the way

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
            self._mute = self._mute or isinstance(error, TargetGone)
            log.info("reply_not_shown", action="show_reply", kind=type(error).__name__)
        return ""

    async def interrupt(self) -> None:
        """End it with a sentence, because the bot is stopping."""
        await self._finish(said(INTERRUPTED))

    # --- on the way --------------------------------------------------------------------------------------------------

    async def _on_the_way(self, reply: Progress | Partial) -> None:
        if isinstance(reply, Partial):
            await self._grow(reply.text)
        elif self._private:
            self._mute = True  # one sentence is enough, and every one uses up a way to answer
            await self._outbox.whisper(self._to, sentence(reply.sentence))
        elif self._stream is not None:
            await self._stream.note(reply.sentence)
        elif self._standing is not None or not await self._set_status(reply.sentence):
            await self._write(sentence(reply.sentence), hasty=True)

    async def _grow(self, words: str) -> None:
        if self._stream is None and self._standing is None:
            await self._intend()
            self._stream = await self._abilities.stream(self._to, words)
            if self._stream is not None:
                await self._remember(self._to.channel, self._stream.ts)
        if self._stream is None or not await self._stream.grow(words):
            await self._write(render(said(f"{words} …"))[0], hasty=True)

    async def _set_status(self, words: str) -> bool:
        self._has_status = await self._abilities.status(self._to, words) or self._has_status
        return self._has_status

    async def _write(self, message: Message, *, hasty: bool = False) -> None:
        """Post, or edit what stands; `hasty`, where it can be done without waiting for Slack's patience."""
        if self._standing is None:
            if hasty:
                await self._intend()
            marked = mark_of(self._intended) if self._intended else None
            channel, ts = await self._outbox.post(self._to, message, self._to.thread, hasty=hasty, marked=marked)
            await self._remember(channel, ts)
        else:
            await self._outbox.edit(self._home, self._ts, message, hasty=hasty)

    async def _remember(self, channel: str, ts: str) -> None:
        self._home, self._ts = replace(self._to, channel=channel), ts
        self._standing = await self._leftovers.opened(self._home.place, ts, self._intended)
        self._intended = None

    async def _intend(self) -> None:
        """Note that something unfinished will stand there: a crash may come before Slack has said where."""
        self._intended = self._intended or await self._leftovers.intended(self._to.place)

    # --- the end -----------------------------------------------------------------------------------------------------

    async def _finish(self, document: Document) -> str:
        """Deliver the end.  Where Slack has trouble for long, what stands is closed with a sentence afterwards."""
        try:
            ts = await self._deliver(document)
        except Transient:
            if unfinished := self._standing or self._intended:
                self._leftovers.given_up(unfinished)
            raise
        except BotError:
            await self._close()
            raise
        await self._close()
        return ts

    async def _deliver(self, document: Document) -> str:
        if not self._private and not document.private:
            return await self._in_form(document, self._publish)
        await self._withdraw()
        return await self._in_form(document, self._whisper)

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
        for message in messages:
            await self._outbox.whisper(self._to, message)
        return ""

    async def _publish(self, messages: Sequence[Message]) -> str:
        try:
            ts = await self._first(messages[0])
        except (TargetGone, Unauthorized) as gone:
            await self._otherwise(messages, gone)
            return ""
        try:
            for message in messages[1:]:
                await self._outbox.post(self._home, message, self._to.thread or ts)
        except Transient as error:  # what stands is whole in itself and is not to be taken for half an answer
            log.warning("answer_cut", action="send_document", kind=type(error).__name__)
            with suppress(BotError):
                await self._outbox.whisper(self._to, sentence(CUT))
        return ts

    async def _first(self, message: Message) -> str:
        """The first message takes the place of what stands already; where that cannot be, it comes anew."""
        if self._stream is not None:
            await self._stream.stop()
        if self._standing is not None:
            try:
                await self._outbox.edit(self._home, self._ts, message)
            except TargetGone:
                await self._close()
            else:
                return self._ts
        await self._write(message)
        return self._ts

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
