"""An engine's replies at the pace of a chat: not more often than once a second, never silent for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.chat.request import Final, Progress, Reply


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: at least `gap` between two replies on the way, at most `silence` without a word, `patience` in line."""

    gap: float = 1.0
    silence: float = 15.0
    patience: float = 5.0


@dataclass(frozen=True, slots=True)
class Silence(Progress):
    """Said by the adapter where the engine has said nothing for long."""


async def paced(replies: AsyncIterator[Reply], pace: Pace, *, eager: bool = True) -> AsyncIterator[Reply]:
    """Pass replies on.  Of several within a `gap` only the newest is; the `Final` is, at once, and ends it.

    Unless `eager`, the first one waits for a `gap`, too, so that what is quick comes without a word before it.
    """
    clock = asyncio.get_running_loop().time
    started = heard = clock()
    spoken = started - pace.gap if eager else started
    held: Reply | None = None
    upcoming = asyncio.ensure_future(anext(replies))
    try:
        while True:
            until = spoken + pace.gap if held is not None else heard + pace.silence
            await asyncio.wait({upcoming}, timeout=max(0.0, until - clock()))
            if upcoming.done():
                reply = upcoming.result()
                if isinstance(reply, Final):
                    yield reply
                    return
                held, heard = reply, clock()
                upcoming = asyncio.ensure_future(anext(replies))
                if clock() < spoken + pace.gap:
                    continue
            if held is None:
                heard = clock()
                held = Silence(f"Still waiting for an answer, after {heard - started:.0f} seconds …")
            yield held
            held, spoken = None, clock()
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)
