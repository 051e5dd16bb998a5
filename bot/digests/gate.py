"""A gate that steps pass on their way to their recorder, so that it can be closed before the recorder goes.

A recorder that shuts down answers with errors, and an error that leaves a workflow ends it for good.  So whoever comes
to a closed gate, or comes back through it too late, waits there until the process ends; the next one takes the workflow
up where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

A_YEAR = 366 * 86_400.0  # seconds
Result = TypeVar("Result")


class Gate:
    """Open until it is closed, and then for good."""

    def __init__(self) -> None:
        self._is_closing = False
        self._is_closed = False
        self._inside = 0
        self._left = asyncio.Event()

    async def through(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """What a call comes to, or nothing ever again once the gate is closed."""
        await self.stay()
        self._inside += 1
        try:
            result = await call()
        except Exception:
            if self._is_closed:
                await _the_end()
            raise
        finally:
            self._inside -= 1
            self._left.set()
        if self._is_closed:
            await _the_end()
        return result

    async def stay(self) -> None:
        """Go on, unless the gate is being closed."""
        if self._is_closing:
            await _the_end()

    async def close(self, patience: float) -> None:
        """Let nobody in, and wait so many seconds for those who are inside."""
        self._is_closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._inside:
                    self._left.clear()
                    await self._left.wait()
        self._is_closed = True


async def _the_end() -> None:
    await asyncio.sleep(A_YEAR)  # the loop holds on to whoever sleeps; who waits for nothing is swept up as garbage
