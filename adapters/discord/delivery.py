"""An engine's replies, shown as they come: at most one edit a second, the last one always.

What the engine says goes to a *surface* (`surfaces.py`): one place where an answer appears and grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import discord
import structlog

from adapters.discord.errors import FAULTS, UNKNOWN_MESSAGE, is_place_gone, translated
from adapters.discord.render import Page, in_plain_words, plain_page, without_pictures
from bot.chat.request import Final, Partial, Progress, Reply, close
from bot.documents.model import Document, Paragraph, Tone, text
from bot.documents.words import with_code
from bot.errors import BotError

log = structlog.get_logger(__name__)

SILENT = "Still working on it: nothing has come back yet. The answer will appear here."
INTERRUPTED = "This answer was interrupted because the bot is restarting. Please ask again in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often and how long, in seconds."""

    edit: float = 1.0  # least time between two edits of one message
    silence: float = 15.0  # after so long without a word from the engine, people are told
    held_up: float = 3.0  # after so long that Discord does not take an answer's first message, "is typing" is shown
    farewell: float = 20.0  # how long a shutdown waits for answers under way
    heartbeat: float = 60.0  # a connection that acknowledges no heartbeat for so long is replaced
    watch: float = 300.0  # between two checks that a connection still hears something
    watch_patience: float = 30.0  # how long the answer to such a check may take
    identify: float = 5.0  # between two shards of one bucket that connect; Discord demands it
    noting: float = 0.5  # how long an acknowledgement waits until it is written down that an answer is open
    note: float = 60.0  # how long a note to one person stands in a channel
    token: float = 14 * 60.0  # an interaction can be answered for 15 minutes; a margin is kept


class Surface(Protocol):
    """Where one answer appears."""

    async def show(self, page: Page) -> None:
        """Show how far the answer is, in place of what was shown before."""

    async def finish(self, document: Document) -> None:
        """Show the finished answer, in place of what was shown before."""

    async def finish_elsewhere(self, document: Document) -> None:
        """Hand the finished answer to the person who asked, as nothing can be written where they asked."""

    async def give_up(self) -> None:
        """Nobody wants to see it any more."""


def sentence(words: str, tone: Tone = Tone.NOTICE, *, private: bool = True) -> Document:
    """A document of one sentence, in which backticks enclose code."""
    return Document(blocks=(Paragraph(with_code(words)),), tone=tone, private=private)


class Delivery:
    """One answer on its way to a surface."""

    def __init__(self, surface: Surface, pace: Pace) -> None:
        self._surface = surface
        self._pace = pace
        self._so_far = ""  # the words of an answer that grows, or of what is going on
        self._fresh = False  # whether `_so_far` has not been shown yet
        self._told_silence = False
        self._heard_at = self._shown_at = _now()  # the first second belongs to answers that need no progress
        self._edited = False
        self._place_is_gone = False

    async def run(self, replies: AsyncIterator[Reply]) -> Document:
        """Show every reply as far as the pace allows, then the final one; which it was.

        Cancelled, it closes the answer with a sentence and lets the cancellation go on.

        Raises:
            TargetGone: somebody deleted the answer while it grew, so it is given up.
        """
        upcoming = asyncio.ensure_future(_next(replies))
        try:
            while True:
                await asyncio.wait({upcoming}, timeout=self._until_due())
                if upcoming.done():
                    reply = upcoming.result()
                    if isinstance(reply, Final):
                        await self._wait_for_the_pace()
                        await self._finish(reply.document)
                        return reply.document
                    self._note(reply)
                    upcoming = asyncio.ensure_future(_next(replies))
                await self._show_if_due()
        except asyncio.CancelledError:
            words = Paragraph(text(_appended(self._so_far, INTERRUPTED)))
            await self._finish(Document(blocks=(words,), tone=Tone.NOTICE))
            raise
        finally:
            if not upcoming.done():
                upcoming.cancel()
                await asyncio.wait({upcoming})
            await close(replies)

    def _note(self, reply: Reply) -> None:
        self._heard_at = _now()
        self._told_silence = False
        self._so_far = (
            reply.sentence if isinstance(reply, Progress) else reply.text if isinstance(reply, Partial) else ""
        )
        self._fresh = True

    def _until_due(self) -> float:
        """Seconds until there is something to do besides waiting for the engine."""
        if self._fresh:
            return max(0.0, self._shown_at + self._pace.edit - _now())
        if self._told_silence:
            return self._pace.silence
        return max(0.0, self._heard_at + self._pace.silence - _now())

    async def _show_if_due(self) -> None:
        if self._place_is_gone:
            self._fresh, self._told_silence = False, True
        elif not self._fresh and not self._told_silence and _now() >= self._heard_at + self._pace.silence:
            self._told_silence = True
            await self._show(_appended(self._so_far, SILENT))
        elif self._fresh and _now() >= self._shown_at + self._pace.edit:
            self._fresh = False
            await self._show(self._so_far)

    async def _show(self, words: str) -> None:
        try:
            await self._surface.show(plain_page(words))
        except (*FAULTS, BotError) as error:
            meaning = translated(error)
            if getattr(error, "code", 0) == UNKNOWN_MESSAGE:
                raise meaning from error
            self._place_is_gone = is_place_gone(error)
            log.warning("progress_not_shown", action="show_progress", reason=meaning.sentence)
        self._shown_at = _now()
        self._edited = True

    async def _finish(self, document: Document) -> None:
        """Show the end: where that was asked for, or else to the person who asked."""
        if not self._place_is_gone:
            try:
                await self._finish_in_some_form(document)
            except FAULTS as error:
                if getattr(error, "code", 0) == UNKNOWN_MESSAGE:
                    raise translated(error) from error
                if not is_place_gone(error):
                    raise
            else:
                return
        log.info("answered_elsewhere", action="finish_answer")
        await self._surface.finish_elsewhere(document)

    async def _finish_in_some_form(self, document: Document) -> None:
        """Show it as it is; if Discord refuses its form, without pictures, then as plain words."""
        for form in (document, without_pictures(document)):
            try:
                await self._surface.finish(form)
            except discord.HTTPException as error:
                if error.status != 400:
                    raise
                log.warning("form_refused", action="finish_answer", code=error.code)
            else:
                return
        await self._surface.finish(in_plain_words(document))

    async def _wait_for_the_pace(self) -> None:
        if self._edited:
            await asyncio.sleep(max(0.0, self._shown_at + self._pace.edit - _now()))


def _appended(so_far: str, words: str) -> str:
    return f"{so_far}\n\n{words}" if so_far else words


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _next(replies: AsyncIterator[Reply]) -> Reply:
    return await anext(replies)
