"""What both chat platforms need to know of replies that are not finished."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.errors import StoreError
from bot.ports import OpenReplies, OpenReply

log = structlog.get_logger(__name__)

WORTH_AN_END = timedelta(days=1)  # after that nobody waits for an answer, and an end would only astonish


class FinishedReplies:
    """Closes finished replies in the store; those that a store which was away did not take are closed later.

    Until then they look like leftovers of a crash to whoever reads the store, so a process must ask here first.
    """

    def __init__(self, open_replies: OpenReplies) -> None:
        self._open_replies = open_replies
        self._untold: set[OpenReply] = set()

    def __contains__(self, reply: OpenReply) -> bool:
        """Whether it is finished, though the store does not know it yet."""
        return reply in self._untold

    async def add(self, reply: OpenReply) -> None:
        """It is finished: tell the store, now or later."""
        self._untold.add(reply)
        try:
            await self._tell(reply)
        except StoreError as error:
            log.warning("reply_not_closed", action="close_reply", reason=error.sentence)

    async def settle(self) -> None:
        """Tell the store of all that it did not take.  Raises `StoreError`."""
        for reply in tuple(self._untold):
            await self._tell(reply)

    async def _tell(self, reply: OpenReply) -> None:
        await self._open_replies.closed(reply)
        self._untold.discard(reply)


def is_worth_an_end(reply: OpenReply, now: datetime) -> bool:
    """Whether somebody may still wait for it."""
    return now - reply.opened_at < WORTH_AN_END
