"""Turns: in one conversation questions are answered one after the other, in the order they came."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from bot.errors import RateLimited

WAITING = 10


class Turns:
    """A queue for each conversation, of bounded length; conversations do not wait for each other."""

    def __init__(self, most: int = WAITING) -> None:
        self._most = most
        self._locks: defaultdict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._present: defaultdict[Hashable, int] = defaultdict(int)

    @asynccontextmanager
    async def of(self, conversation: Hashable) -> AsyncIterator[None]:
        """Wait for one's turn and hold it.  Raises `RateLimited` if too many wait already."""
        if self._present[conversation] > self._most:
            raise RateLimited("There are too many questions waiting here already; please try again in a moment.")
        self._present[conversation] += 1
        try:
            async with self._locks[conversation]:
                yield
        finally:
            self._present[conversation] -= 1
            if not self._present[conversation]:
                del self._present[conversation], self._locks[conversation]
