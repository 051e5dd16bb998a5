"""Messages of digests that bear a key, by which the bot finds them again.

A message bears its key twice.  As a nonce: Discord answers a repetition within some minutes with the first message.
And as the number of its first component, which people do not see and which stays: by that the bot finds it again among
its own messages.  (https://discord.com/developers/docs/resources/message#create-message, and
https://discord.com/developers/docs/components/reference#anatomy-of-a-component)
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime

import discord
from discord.utils import snowflake_time

from bot.digests.looking import MOST, back_to
from bot.digests.ports import MessageRef

NEWEST_FIRST = MOST + 1  # messages of a history; a look that comes to their end has not seen all


def component_id(key: str) -> int:
    """The number that marks the message of a key; from 2^29 up, far from those that Discord gives out itself."""
    return (1 << 29) + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % (1 << 30)


async def find_post(forum: discord.ForumChannel, author: int, key: str, since: datetime) -> MessageRef | None:
    """A forum's post with that key, made by that author since then, among those that are open.  Raises `Ambiguous`."""
    threads = await forum.guild.active_threads()
    own = [thread for thread in threads if thread.parent_id == forum.id and thread.owner_id == author]
    newest_first = sorted(own, key=lambda thread: thread.id, reverse=True)
    async with aclosing(back_to(since, _each(newest_first), lambda thread: snowflake_time(thread.id))) as posts:
        async for thread in posts:
            async for message in thread.history(limit=1, oldest_first=True):
                if _bears(message, key):
                    return MessageRef(str(thread.id), str(thread.id))
    return None


async def find_message(place: discord.abc.Messageable, key: str, since: datetime) -> discord.Message | None:
    """The message with that key, posted there since then.  Raises `Ambiguous`."""
    history = place.history(limit=NEWEST_FIRST)
    async with aclosing(back_to(since, history, lambda message: message.created_at)) as messages:
        async for message in messages:
            if _bears(message, key):
                return message
    return None


def _bears(message: discord.Message, key: str) -> bool:
    return bool(message.components) and getattr(message.components[0], "id", None) == component_id(key)


async def _each(threads: Sequence[discord.Thread]) -> AsyncIterator[discord.Thread]:
    for thread in threads:
        yield thread
