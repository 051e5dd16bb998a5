"""Whether this process can serve: the database answers, and a platform hears.

Reasons are plain sentences for everybody, since anybody may ask; the log says more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.errors import BotError
from bot.presence import Presence

log = structlog.get_logger(__name__)

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
            log.warning("not_ready", action="ask_database", why=error.sentence)
            return error.public_sentence
        return ""

    async def _hearing(self) -> str:
        if not self.platforms:
            return ""
        for name in self.platforms:
            if await self.presence.hears(name):
                return ""
        return f"No platform is connected: {', '.join(self.platforms)}."
