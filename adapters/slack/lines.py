"""One line for each channel: whoever posts there waits behind those before, also while Slack asks for patience.

Slack lets an app post one message a second in a channel, and short bursts.
(https://docs.slack.dev/apis/web-api/rate-limits)
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import RateLimited

SPACING = 1.0  # seconds between two messages of a channel, once Slack has refused one
SPACED = 30.0  # for so many seconds
PATIENCE = 3  # how often one message may be refused
MOST = 10_000  # channels remembered at once

Result = TypeVar("Result")


class ChannelLine:
    """The line of one channel."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._next = 0.0  # on the loop's clock: when the next message may be tried
        self._spaced_until = 0.0

    async def take(self, post: Callable[[], Awaitable[Result]], *, hasty: bool = False) -> Result:
        """Post when it is this message's turn.

        Args:
            post: asks Slack once, without waiting out a 429.
            hasty: at once, or not at all.

        Raises:
            RateLimited: Slack refused it too often; or it is hasty and has to wait.
        """
        if hasty and (left := self._wait()) > 0:
            raise RateLimited("Slack asks for patience.", retry_after=left)
        async with self._lock:
            for left in reversed(range(1 if hasty else PATIENCE)):
                await asyncio.sleep(self._wait())
                try:
                    return await self._try(post)
                except RateLimited:
                    if not left:
                        raise
            raise AssertionError("the last try returns or raises")

    async def _try(self, post: Callable[[], Awaitable[Result]]) -> Result:
        clock = asyncio.get_running_loop().time
        try:
            result = await post()
        except RateLimited as error:
            self._spaced_until = clock() + SPACED
            self._next = clock() + (error.retry_after or SPACING)
            raise
        self._next = clock() + (SPACING if clock() < self._spaced_until else 0.0)
        return result

    def _wait(self) -> float:
        return max(0.0, self._next - asyncio.get_running_loop().time())


class ChannelLines:
    """The lines of the channels posted to last."""

    def __init__(self) -> None:
        self._lines: OrderedDict[tuple[str, str], ChannelLine] = OrderedDict()

    def of(self, team: str, channel: str) -> ChannelLine:
        """The line of a channel."""
        line = self._lines.setdefault((team, channel), ChannelLine())
        self._lines.move_to_end((team, channel))
        if len(self._lines) > MOST:
            self._lines.popitem(last=False)
        return line
