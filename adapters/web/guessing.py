"""A limit on trying secret addresses.

The tokens in them cannot be guessed in practice; the limit keeps those who try from costing processor time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

MOST_WRONG = 60  # wrong tokens in PERIOD, from everybody together: behind a proxy all come from one address
PERIOD = 60.0  # seconds
REMEMBERED = 10_000  # right tokens; a feed's readers come back every few minutes


class GuessLimit:
    """Counts wrong tokens.  Beyond the limit only tokens that were right before are looked at."""

    def __init__(self, most_wrong: int = MOST_WRONG) -> None:
        self._wrong: deque[float] = deque(maxlen=most_wrong)  # when they were tried, by the loop's clock
        self._right: OrderedDict[str, None] = OrderedDict()  # the one seen last at the end

    def refuses(self, token: str) -> bool:
        """Return whether the token must not be looked at now."""
        return token not in self._right and self._is_full()

    def count_wrong(self) -> None:
        """A token was wrong."""
        self._wrong.append(asyncio.get_running_loop().time())

    def remember_right(self, token: str) -> None:
        """A token was right."""
        self._right[token] = None
        self._right.move_to_end(token)
        if len(self._right) > REMEMBERED:
            self._right.popitem(last=False)

    def _is_full(self) -> bool:
        oldest = self._wrong[0] if len(self._wrong) == self._wrong.maxlen else None
        return oldest is not None and asyncio.get_running_loop().time() - oldest < PERIOD
