"""A limit on trying secret addresses.

The tokens in them are authenticated by 128 bits, so a token that opens is never refused: whoever has it has not guessed
it.  The limit hides from everybody else, for a while, whether there is anything to find.
"""

from __future__ import annotations

import asyncio
from collections import deque

MOST_WRONG = 60  # wrong tokens in PERIOD, from everybody together: behind a proxy all come from one address
PERIOD = 60.0  # seconds


class GuessLimit:
    """Counts wrong tokens, by the loop's clock."""

    def __init__(self, most_wrong: int = MOST_WRONG) -> None:
        self._wrong: deque[float] = deque(maxlen=most_wrong)  # when they were tried

    def allows_wrong(self) -> bool:
        """Count a wrong token; False if there were too many of late, and then this one is not counted."""
        now = asyncio.get_running_loop().time()
        if len(self._wrong) == self._wrong.maxlen and now - self._wrong[0] < PERIOD:
            return False
        self._wrong.append(now)
        return True
