"""Threads: how they are called, what goes on in one, and opening them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord
import structlog

from adapters.discord import limits
from adapters.discord.errors import FAULTS, THREAD_ARCHIVED, THREAD_EXISTS, translated
from adapters.discord.escape import in_one_line, shortened
from adapters.discord.persistence import persistently
from bot.documents.model import Card, Document, Heading, Paragraph, Span

log = structlog.get_logger(__name__)

PATIENCE = 10.0  # seconds: Discord may take minutes to open one thread more in a channel

Written = TypeVar("Written")

_openings: set[asyncio.Task[discord.Thread | None]] = set()  # as a task that nobody holds may vanish


def continues_in_thread(document: Document) -> bool:
    """Whether a long document goes on in a thread; a list of papers stays where it was asked for."""
    return not any(isinstance(block, Card) for block in document.blocks)


async def open_thread(channel: discord.TextChannel, message: int, document: Document) -> discord.Thread | None:
    """A thread on a message of the channel; None as for `thread_on`."""
    return await thread_on(channel, message, thread_name(document))


async def thread_on(channel: discord.TextChannel, message: int, name: str) -> discord.Thread | None:
    """A thread of that name on a message; None where the bot may not open one, or it cannot be had soon."""
    opening = asyncio.create_task(_opened(channel, message, name))
    _openings.add(opening)
    opening.add_done_callback(_openings.discard)
    # Not cancelled: discord.py would hold up every request after one that was cut off while it waits for all of them.
    done, _ = await asyncio.wait({opening}, timeout=PATIENCE)
    if done:
        return opening.result()
    log.info("thread_not_opened", action="open_thread", channel=channel.id, reason="it takes too long")
    return None


async def in_open_thread(channel: object, write: Callable[[], Awaitable[Written]]) -> Written:
    """Write, persistently; if the channel is a thread that was put away meanwhile, open it again first."""
    try:
        return await persistently(write)
    except discord.HTTPException as error:
        if error.code != THREAD_ARCHIVED or not isinstance(channel, discord.Thread):
            raise
        await persistently(lambda: channel.edit(archived=False))
        return await persistently(write)


async def _opened(channel: discord.TextChannel, message: int, name: str) -> discord.Thread | None:
    try:
        return await _created(channel, message, name)
    except FAULTS as error:
        log.info("thread_not_opened", action="open_thread", channel=channel.id, reason=translated(error).sentence)
        return None


async def _created(channel: discord.TextChannel, message: int, name: str) -> discord.Thread | None:
    try:
        return await persistently(
            lambda: channel.create_thread(name=name, message=discord.Object(message), auto_archive_duration=1440)
        )
    except discord.HTTPException as error:
        if error.code != THREAD_EXISTS:
            raise
    if known := channel.get_thread(message):
        return known
    found = await persistently(lambda: channel.guild.fetch_channel(message))
    return found if isinstance(found, discord.Thread) else None


def thread_name(document: Document) -> str:
    """A thread's name: the document's title, or its first words."""
    return named(document.title or next((_words(block) for block in document.blocks if _words(block)), ""))


def named(words: str) -> str:
    """Somebody's words as a thread's name."""
    return shortened(in_one_line(words), limits.THREAD_NAME) or "Paperwire"


def _words(block: object) -> str:
    match block:
        case Heading(text=value):
            return value
        case Paragraph(text=value):
            return "".join(span.text for span in value if isinstance(span, Span))
    return ""
