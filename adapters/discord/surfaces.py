"""Where answers appear: the response of an interaction, or messages in a channel.

An interaction's response can be edited for 15 minutes; after that, or where its token does not work any more, the
answer goes to the channel.  What does not fit into one message continues in a thread, where there can be one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import discord
import structlog

from adapters.discord import limits
from adapters.discord.delivery import Pace, sentence
from adapters.discord.errors import FAULTS, TOKEN_LIFE_OVER, UNKNOWN_MESSAGE, translated
from adapters.discord.events import Interaction, in_own_guild
from adapters.discord.fading import Notes
from adapters.discord.persistence import persistently
from adapters.discord.render import Page, pages
from adapters.discord.sending import (
    SILENT_MENTIONS,
    UNDELIVERED,
    Writable,
    files,
    nonce_of,
    send,
    tell_directly,
    typing_if_held_up,
)
from adapters.discord.threads import continues_in_thread, in_open_thread, open_thread, thread_on
from bot.documents.model import Actions, Document, Footnote, Span, Tone, text
from bot.errors import TargetGone

log = structlog.get_logger(__name__)

ONLY_FOR_YOU = "That is for you alone, and I could not write to you directly. Please use `/papers` for it."
SENT_TO_YOU = "That is for you alone, so I sent it to you directly."

ORIGINAL = "@original"  # what Discord calls an interaction's first response
NOTHING_YET = "0"  # a question that shows no answer yet

OnThread = Callable[[discord.Thread, Document], Awaitable[None]]


class Book(Protocol):
    """Keeps track of an answer that is open, so that a crash does not leave it so (`leftovers.py`)."""

    def opened(self, channel: int, message: str, token: str = "") -> None:
        """A placeholder, half an answer, or a question alone stands there.

        `message` is its id, `ORIGINAL` or `NOTHING_YET`.
        """

    async def closed(self) -> None:
        """It is finished."""


class InteractionSurface:
    """The response of an interaction that has been deferred."""

    def __init__(
        self,
        interaction: Interaction,
        *,
        private: bool,
        book: Book,
        pace: Pace,
        on_thread: OnThread,
    ) -> None:
        self._interaction = interaction
        self._began = asyncio.get_running_loop().time()
        self._private = private
        self._book = book
        self._pace = pace
        self._on_thread = on_thread

    async def show(self, page: Page) -> None:
        """Edit the response."""
        if not self._is_over:
            message = await self._edit(page)
            self._book.opened(self._interaction.channel_id or 0, str(message.id), self._interaction.token)

    async def finish(self, document: Document) -> None:
        """Edit the response for the last time; pages after the first follow it."""
        own_guild = in_own_guild(self._interaction)
        made = pages(document, limits.MESSAGES if own_guild else limits.FOREIGN_FOLLOWUPS)
        try:
            await self._finish(document, made)
        except discord.HTTPException as error:
            if not (self._is_over or error.code in TOKEN_LIFE_OVER):
                raise
            await self._finish_in_channel(document, made)
        await self._book.closed()

    async def finish_elsewhere(self, document: Document) -> None:
        """Send it to the person directly."""
        await tell_directly(self._interaction.user, document)
        await self._book.closed()

    async def give_up(self) -> None:
        """Nobody sees it any more."""
        await self._book.closed()

    async def _finish(self, document: Document, made: list[Page]) -> None:
        if self._is_over:
            await self._finish_in_channel(document, made)
        elif document.private and not self._private:
            await self._answer_privately(document, made)
        else:
            message = await self._edit(made[0])
            await self._continue(message, document, made[1:])

    async def _answer_privately(self, document: Document, made: list[Page]) -> None:
        """A public response cannot become private: it is taken away, and followed by a private one.

        (In this order: while the response is "thinking", Discord takes the first follow-up for the response itself.)
        Where Discord has no place for the follow-up, the person is told directly.
        """
        try:
            await persistently(self._interaction.delete_original_response)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:  # gone already, perhaps by an attempt whose answer was lost
                raise
        try:
            await self._follow_up(made, private=True)
        except FAULTS as error:
            if getattr(error, "status", 0) == 400:
                raise
            log.warning("follow_up_failed", action="finish_answer", reason=translated(error).sentence)
            await tell_directly(self._interaction.user, document, UNDELIVERED)

    async def _continue(self, first: discord.InteractionMessage, document: Document, rest: list[Page]) -> None:
        channel = self._interaction.channel
        if rest and not self._private and continues_in_thread(document) and isinstance(channel, discord.TextChannel):
            thread = await open_thread(channel, first.id, document)
            if thread is not None:
                await self._on_thread(thread, document)
                for page in rest:
                    await send(thread, page)
                return
        await self._follow_up(rest, private=self._private)

    async def _follow_up(self, made: Sequence[Page], *, private: bool) -> None:
        for page in made:
            await persistently(partial(self._send_follow_up, page, private))

    async def _send_follow_up(self, page: Page, private: bool) -> None:
        await self._interaction.followup.send(
            view=page.view(), files=files(page.pictures), allowed_mentions=SILENT_MENTIONS, ephemeral=private
        )

    async def _edit(self, page: Page) -> discord.InteractionMessage:
        return await in_open_thread(
            self._interaction.channel,
            lambda: self._interaction.edit_original_response(
                view=page.view(), attachments=files(page.pictures), allowed_mentions=SILENT_MENTIONS
            ),
        )

    async def _finish_in_channel(self, document: Document, made: Sequence[Page]) -> None:
        """The token's life is over: what all may see goes to the channel, the rest to the person."""
        private = document.private or self._private
        channel = self._interaction.user if private else self._interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            raise TargetGone("The answer came too late for this command, and there is no channel to write it to.")
        for page in made:
            await send(channel, page)

    @property
    def _is_over(self) -> bool:
        return asyncio.get_running_loop().time() > self._began + self._pace.token


class MessageSurface:
    """Messages of the bot's in a channel, a thread or a direct conversation, in answer to somebody's message.

    With `in_thread`, a thread of that name is opened on the message for them; not for what only one person needs to
    read, such as that a command was mistyped: that is a note in the channel, which is taken away after a while.  What
    is for one person goes to them directly; with `settings`, that is all there is to say.
    """

    def __init__(
        self,
        question: discord.Message,
        *,
        in_thread: str | None = None,
        settings: bool = False,
        book: Book,
        pace: Pace,
        notes: Notes,
        on_thread: OnThread,
    ) -> None:
        self._question = question
        self._channel: Writable = question.channel
        self._in_thread = in_thread
        self._settings = settings
        self._book = book
        self._pace = pace
        self._notes = notes
        self._on_thread = on_thread
        self._message: discord.Message | None = None
        self._sent = 0

    async def show(self, page: Page) -> None:
        """Send or edit the answer's message."""
        opens = self._message is None
        await self._open_thread()
        self._message = await self._put(page)
        if opens:
            self._book.opened(self._message.channel.id, str(self._message.id))

    async def finish(self, document: Document) -> None:
        """Send or edit it for the last time; pages after the first follow it."""
        is_secret = document.private or self._settings
        if is_secret and document.tone is Tone.NORMAL and self._question.guild is not None:
            document = await self._told_directly(document)
        if not document.private:
            await self._open_thread()
        is_note = document.private and isinstance(self._channel, discord.abc.GuildChannel)
        first, *rest = pages(self._notes.marked(document) if is_note else document)
        self._message = await self._put(first)
        if is_note:
            self._notes.take_away(self._message)
        channel = await self._place_for_rest(document) if rest else self._channel
        for page in rest:
            await self._send(channel, page)
        await self._book.closed()

    async def finish_elsewhere(self, document: Document) -> None:
        """Send it to the person directly."""
        await tell_directly(self._question.author, document)
        await self._book.closed()

    async def give_up(self) -> None:
        """Nobody sees it any more."""
        await self._book.closed()

    async def _put(self, page: Page) -> discord.Message:
        if (message := self._message) is not None:
            return await in_open_thread(
                message.channel,
                lambda: message.edit(
                    view=page.view(), attachments=files(page.pictures), allowed_mentions=SILENT_MENTIONS
                ),
            )
        async with typing_if_held_up(self._channel, self._pace.held_up):
            same_channel = self._channel == self._question.channel
            return await self._send(self._channel, page, self._question if same_channel else None)

    async def _open_thread(self) -> None:
        """Once, before the first message."""
        name, self._in_thread = self._in_thread, None
        if self._message is None and name is not None and isinstance(self._channel, discord.TextChannel):
            self._channel = await thread_on(self._channel, self._question.id, name) or self._channel

    async def _place_for_rest(self, document: Document) -> Writable:
        if (
            self._message is not None
            and continues_in_thread(document)
            and isinstance(self._channel, discord.TextChannel)
        ):
            thread = await open_thread(self._channel, self._message.id, document)
            if thread is not None:
                await self._on_thread(thread, document)
                return thread
        return self._channel

    async def _told_directly(self, document: Document) -> Document:
        """Only an interaction's answer can be private in a channel, so this one goes to the person directly.

        There it says of what channel it speaks, and has no buttons, as they would speak of another one.
        """
        where = Span(str(self._question.channel.id), refers="channel")
        kept = tuple(block for block in document.blocks if not isinstance(block, Actions))
        told = replace(document, blocks=(Footnote(text("You asked in ", where, ".")), *kept))
        try:
            for page in pages(told):
                await send(self._question.author, page)
        except FAULTS:
            return sentence(ONLY_FOR_YOU)
        return sentence(SENT_TO_YOU)

    async def _send(self, channel: Writable, page: Page, reference: discord.Message | None = None) -> discord.Message:
        sent = await send(channel, page, reference=reference, nonce=nonce_of(self._question.id, self._sent + 1))
        self._sent += 1
        return sent
