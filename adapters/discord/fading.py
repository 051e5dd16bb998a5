"""Notes that are for one person, in a channel where all can read: they are taken away after a while.

Only an interaction's answer can be private on Discord.  Who mistypes a mention is told so where they look, in a reply;
what everybody has to scroll past for good would be worse than what they meant to ask.  A direct message would be missed
by many and refused by some.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import discord
import structlog

from adapters.discord.errors import FAULTS, translated
from adapters.discord.persistence import persistently
from bot.documents.model import Document, Footnote, Moment, text
from bot.ports import Clock

log = structlog.get_logger(__name__)


class Notes:
    """Takes notes away after so many `seconds`, and all that are left when the bot stops."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._fading: dict[asyncio.Task[None], discord.Message] = {}

    def marked(self, document: Document) -> Document:
        """The document, which says when it will be taken away."""
        at = self._clock.now() + timedelta(seconds=self._seconds)
        return document.with_blocks(Footnote(text("This note goes away ", Moment(at, "relative"), ".")))

    def take_away(self, message: discord.Message) -> None:
        """Begin to wait."""
        task = asyncio.ensure_future(self._after_a_while(message))
        self._fading[task] = message
        task.add_done_callback(lambda done: self._fading.pop(done, None))

    async def close(self) -> None:
        """Take away what is left, at once."""
        left = dict(self._fading)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, *map(_delete, left.values()), return_exceptions=True)

    async def _after_a_while(self, message: discord.Message) -> None:
        await asyncio.sleep(self._seconds)
        await _delete(message)


async def _delete(message: discord.Message) -> None:
    try:
        await persistently(message.delete)
    except FAULTS as error:
        log.info("note_not_taken_away", action="take_note_away", reason=translated(error).sentence)
