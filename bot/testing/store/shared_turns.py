"""Lines of turns in memory."""

from __future__ import annotations

import time
from collections.abc import Callable


class FakeSharedTurns:
    """Implements `bot.digests.ports.SharedTurns` for the workers of one process.

    Args:
        now: seconds by any clock; the machine's, unless told otherwise.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._free_from: dict[str, float] = {}

    async def take(self, name: str, seconds: float) -> float:
        """Move the line on."""
        now = self._now()
        begins = max(now, self._free_from.get(name, now))
        self._free_from[name] = begins + seconds
        return begins - now
