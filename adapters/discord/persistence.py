"""Requests that are repeated where the connection breaks, so that one dropped connection loses no answer.

discord.py repeats what Discord answers with a fault of its own or with a rate limit, and on Linux no broken connection.
Whether a request arrived is then not known, so only what can be done twice is done again: edits; deletions; messages
with a nonce, by which Discord knows them for some minutes; threads, of which a message has at most one; and the first
response to an interaction, of which Discord takes one.  A follow-up is known by nothing: rather twice than not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import aiohttp
import discord
import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from adapters.discord.errors import ALREADY_ACKNOWLEDGED

log = structlog.get_logger(__name__)

Answered = TypeVar("Answered")

_BROKEN = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
_UNREAD = (AttributeError, LookupError, TypeError, ValueError)  # what discord.py makes of a success that says nothing
LOST = (*_BROKEN, *_UNREAD)
_REPEATS = 3
_PATIENT = wait_exponential(multiplier=0.3, exp_base=3)  # seconds: 0.3, 0.9 and 2.7
_HASTY = wait_exponential(multiplier=0.1)  # 0.1, 0.2 and 0.4, as Discord waits three seconds for a first response
_LIBRARYS_PAUSE = 1.0  # seconds that discord.py waits before it repeats a request which Discord failed to serve


async def persistently(request: Callable[[], Awaitable[Answered]]) -> Answered:
    """Make a request, and again, at most four times within four seconds, where the connection breaks.

    Raises:
        discord.InvalidData: Discord says that it succeeded, in an answer that cannot be read.
        Exception: otherwise as the last attempt.
    """

    with _readable():
        return await _repeated(request, _PATIENT)


async def respond(callback: Callable[[], Awaitable[Answered]]) -> Answered | None:
    """Give the first response to an interaction, again where the connection breaks.

    Returns None where an earlier attempt turns out to have arrived, though its answer was lost.

    Raises:
        discord.InvalidData: as `persistently`.
        discord.HTTPException: it came too late, or the interaction was responded to by somebody else, as one that is
            delivered twice is.
    """
    began, lost = asyncio.get_running_loop().time(), 0

    async def attempt() -> Answered | None:
        nonlocal lost
        try:
            return await callback()
        except LOST:
            lost += 1
            raise
        except discord.InteractionResponded:  # what the library remembers even where it could not read the answer
            if lost:
                return None
            raise
        except discord.HTTPException as error:
            repeated = lost or asyncio.get_running_loop().time() - began >= _LIBRARYS_PAUSE
            if error.code == ALREADY_ACKNOWLEDGED and repeated:
                return None
            raise

    with _readable():
        return await _repeated(attempt, _HASTY)


async def _repeated(attempt: Callable[[], Awaitable[Answered]], wait: wait_exponential) -> Answered:
    try:
        return await attempt()  # outside of tenacity: its bookkeeping shows in the time to acknowledge a command
    except LOST as error:
        lost = error
    tries = AsyncRetrying(
        retry=retry_if_exception_type(LOST), stop=stop_after_attempt(_REPEATS + 1), wait=wait, reraise=True
    )
    async for repetition in tries:
        with repetition:
            if repetition.retry_state.attempt_number == 1:
                raise lost
            return await attempt()
    raise lost


@contextmanager
def _readable() -> Iterator[None]:
    """An answer that cannot be read becomes one of discord.py's own errors."""
    try:
        yield
    except _UNREAD as error:
        log.warning("answer_unread", action="ask_discord", kind=type(error).__name__)
        raise discord.InvalidData("Discord's answer cannot be read.") from error
