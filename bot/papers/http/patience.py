"""How long to wait before asking a source again: what it advises, what is polite, and what chance adds.

- `Retry-After` is seconds or a date (RFC 9110, section 10.2.3).
- `RateLimit: "api";r=0;t=240` says that nothing is left for 240 seconds (draft-ietf-httpapi-ratelimit-headers, which
  Hugging Face follows); older servers write `RateLimit: limit=500, remaining=0, reset=240`.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, wait_random_exponential

from bot.errors import SourceUnavailable, Transient
from bot.ports import Clock

ATTEMPTS = 3
LONGEST_WAIT = 10.0  # seconds; whoever is asked to wait longer is told so instead


class Refused(SourceUnavailable):
    """A failure that the next second will not mend."""


_backoff = wait_random_exponential(multiplier=0.5, max=4.0)  # full jitter: anything from 0 to the exponential bound
_REMAINING = re.compile(r"(?:\br|\bremaining)\s*=\s*(\d+)")
_RESET = re.compile(r"(?:\bt|\breset)\s*=\s*(\d+)")


def advised_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an answer asks to wait by its `Retry-After` header; None if it says nothing that can be read."""
    advice = headers.get("retry-after", "").strip()
    if advice.isascii() and advice.isdigit():
        return float(advice[:9])
    try:
        until = parsedate_to_datetime(advice)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def exhausted_for(headers: Mapping[str, str]) -> float | None:
    """Seconds until a source takes requests again, if its `RateLimit` header says that none are left."""
    header = headers.get("ratelimit", "")
    remaining, reset = _REMAINING.search(header), _RESET.search(header)
    if remaining and reset and int(remaining[1][:9]) == 0:
        return float(reset[1][:9])
    return None


def wait_before_retry(state: RetryCallState) -> float:
    """For tenacity: the wait that the failure advises, else a random one that grows."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Transient) and error.retry_after is not None:
        return error.retry_after
    return _backoff(state)


def is_worth_a_retry(error: BaseException) -> bool:
    """For tenacity: whether the failure may pass within a wait that is worth waiting."""
    return (
        isinstance(error, Transient) and not isinstance(error, Refused) and (error.retry_after or 0.0) <= LONGEST_WAIT
    )


class Line:
    """Lets requests to one source pass one at a time, at least `interval` seconds between their starts."""

    def __init__(self, clock: Clock, interval: float) -> None:
        self._clock = clock
        self._interval = interval
        self._turn = asyncio.Lock()
        self._next_start = -math.inf

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; the next in line may start when this block is left and the interval is over."""
        async with self._turn:
            if (left := self._next_start - self._clock.monotonic()) > 0:
                await self._clock.sleep(left)
            self._next_start = self._clock.monotonic() + self._interval
            yield
