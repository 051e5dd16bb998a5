"""Whether this process can serve: the database answers, and a platform hears.  Reasons are plain sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.errors import BotError
from bot.presence import Presence

PATIENCE = 3.0  # seconds for the database


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is looked at.

    Args:
        ask_database: anything small; raises `StoreError` where it fails.
        presence: the platforms that run.
        platforms: the names of those that this process answers on; with none, only the database counts.
    """

    ask_database: Callable[[], Awaitable[object]]
    presence: Presence
    platforms: Sequence[str]
    patience: float = PATIENCE

    async def obstacles(self) -> list[str]:
        """Why not; empty if it is ready."""
        return [sentence for sentence in (await self._database(), await self._hearing()) if sentence]

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(self.patience):
                await self.ask_database()
        except TimeoutError:
            return f"The database has not answered for {self.patience:g} seconds."
        except BotError as error:
            return error.sentence
        return ""

    async def _hearing(self) -> str:
        if not self.platforms:
            return ""
        for name in self.platforms:
            if await self.presence.hears(name):
                return ""
        return f"No platform is connected: {', '.join(self.platforms)}."
