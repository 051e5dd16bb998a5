"""How far back a message is looked for whose posting nobody confirmed.

A platform stamps its messages by its own clock, and the bot's may have been wrong when the message was claimed.  So a
look goes back to the claim and a good deal farther, and always over the last messages, whatever their stamps say.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.errors import Ambiguous

LEAST = 50  # messages that are looked at in any case
MARGIN = timedelta(hours=4)  # by which the bot's clock may have been ahead
MOST = 2_000  # messages; how far a look goes at all


class TooFar(Ambiguous):
    """So much was written since a message was claimed that a look ends before it is over."""


Message = TypeVar("Message")


async def back_to(
    since: datetime, messages: AsyncIterator[Message], stamp: Callable[[Message], datetime]
) -> AsyncGenerator[Message]:
    """The messages that can be the one that was claimed then, newest first.

    Args:
        since: when it was claimed, aware.
        messages: those of the channel, newest first.
        stamp: when the platform says that a message was posted, aware.

    Raises:
        TooFar: there are more than `MOST`.
    """
    seen = 0
    async for message in messages:
        if seen >= LEAST and stamp(message) < since - MARGIN:
            return
        if seen == MOST:
            raise TooFar("Too much was written since for the message to be looked for.")
        seen += 1
        yield message
