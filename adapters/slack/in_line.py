"""A sign for somebody whose request waits behind what was asked before."""

from __future__ import annotations

import asyncio

from adapters.slack.answer import Answer
from adapters.slack.pace import Silence

IN_LINE = "I am still working on what was asked here before; this comes next."


class InLine:
    """Says so once, after `patience` seconds in line."""

    def __init__(self, answer: Answer, patience: float) -> None:
        self._answer = answer
        self._patience = patience
        self._begun = asyncio.Event()
        self._saying = asyncio.Lock()

    async def tell(self) -> None:
        """Wait for the request's turn; say that it waits if that takes long."""
        try:
            async with asyncio.timeout(self._patience):
                await self._begun.wait()
        except TimeoutError:
            async with self._saying:
                if not self._begun.is_set():
                    await self._answer.show(Silence(IN_LINE))

    async def end(self) -> None:
        """Its turn has come: nothing is said any more, and what is being said has been."""
        self._begun.set()
        async with self._saying:
            pass
