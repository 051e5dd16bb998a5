"""Sending messages: none is lost to a dropped connection, none pings anybody, and one that is held up shows a sign."""

from __future__ import annotations

import asyncio
import io
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
import structlog

from adapters.discord import limits
from adapters.discord.delivery import sentence
from adapters.discord.errors import FAULTS, NO_REPLY_WITHOUT_HISTORY, translated
from adapters.discord.persistence import persistently
from adapters.discord.render import Page, Picture, pages
from bot.documents.model import Document

log = structlog.get_logger(__name__)

SILENT_MENTIONS = discord.AllowedMentions.none()
ELSEWHERE = "Nothing can be written where you asked any more, so here is your answer."
UNDELIVERED = "Discord did not take my answer where you asked, so here it is."

_TYPING_SECONDS = 8.0  # "is typing" stands for ten

Writable = discord.abc.Messageable

_signs: set[asyncio.Task[None]] = set()  # as a task that nobody holds may vanish


def files(pictures: Sequence[Picture]) -> list[discord.File]:
    """Files as discord.py sends them; each can be sent once."""
    return [discord.File(io.BytesIO(each.data), each.name, description=each.alt) for each in pictures]


def nonce_of(question: int | str, part: int = 1) -> str:
    """The same for the same part of the same answer, so that Discord drops one that is sent twice."""
    return f"{question}.{part}"


async def send(
    channel: Writable, page: Page, *, reference: discord.Message | None = None, nonce: str = ""
) -> discord.Message:
    """Send one page as a message; a reply to `reference` where that is allowed.

    `nonce` is what Discord knows the message by for some minutes; without one, it is drawn by lot.
    """
    nonce = (nonce or secrets.token_hex())[: limits.NONCE]
    if reference is not None:
        try:
            return await _send(channel, page, nonce, reference=reference, mention_author=False)
        except discord.HTTPException as error:
            if error.code != NO_REPLY_WITHOUT_HISTORY and error.status != 400:
                raise
    return await _send(channel, page, nonce)


async def _send(channel: Writable, page: Page, nonce: str, **options: Any) -> discord.Message:
    return await persistently(
        lambda: channel.send(
            view=page.view(), files=files(page.pictures), allowed_mentions=SILENT_MENTIONS, nonce=nonce, **options
        )
    )


async def tell_directly(person: discord.User | discord.Member, document: Document, why: str = ELSEWHERE) -> None:
    """Send it as direct messages, with a sentence on why; where those are not wanted, nothing is said."""
    try:
        for page in (*pages(sentence(why)), *pages(document)):
            await send(person, page)
    except FAULTS as error:
        log.info("answer_unwanted", action="tell_directly", reason=translated(error).sentence)


@asynccontextmanager
async def typing_if_held_up(channel: Writable, seconds: float) -> AsyncIterator[None]:
    """Show that the bot is typing while something takes longer than so many seconds, as a message does that Discord
    does not take yet.
    """
    over = asyncio.Event()
    sign = asyncio.create_task(_keep_typing(channel, seconds, over))
    _signs.add(sign)
    sign.add_done_callback(_signs.discard)
    try:
        yield
    finally:
        over.set()  # not cancelled: discord.py would hold up every request after one that was cut off in a global limit


async def _keep_typing(channel: Writable, seconds: float, over: asyncio.Event) -> None:
    while True:
        try:
            async with asyncio.timeout(seconds):
                await over.wait()
            return
        except TimeoutError:
            seconds = _TYPING_SECONDS
        try:
            await channel.typing()
        except FAULTS as error:
            log.info("typing_not_shown", action="show_typing", reason=translated(error).sentence)
            return
