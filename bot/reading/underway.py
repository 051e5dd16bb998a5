"""Work under way by its key: who comes second waits for what the first one gets, instead of paying for it again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Result = TypeVar("Result")


class UnderWay(Generic[Result]):
    """What is being worked on."""

    def __init__(self) -> None:
        self._works: dict[str, asyncio.Future[Result]] = {}

    async def join(self, key: str) -> Result | None:
        """What the work under this key gives; None if nobody works on it, once all who did have given up."""
        while work := self._works.get(key):
            await asyncio.wait([work])
            if not work.cancelled():
                return work.result()
        return None

    @contextmanager
    def lead(self, key: str) -> Iterator[asyncio.Future[Result]]:
        """Work on something within the block; whoever leaves it without a result set has given up.

        To be entered right after `join` has given None, without waiting for anything between.
        """
        work: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._works[key] = work
        try:
            yield work
        finally:
            del self._works[key]
            work.cancel()  # which does nothing to one that has its result
