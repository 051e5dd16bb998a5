"""Messages of digests that bear a key, by which the bot finds them again.

A message bears its key twice.  As a nonce: Discord answers a repetition within some minutes with the first message.
And as the number of its first component, which people do not see and which stays: by that the bot finds it again among
its own messages.  (https://discord.com/developers/docs/resources/message#create-message, and
https://discord.com/developers/docs/components/reference#anatomy-of-a-component)
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import discord

from bot.digests.ports import MessageRef

LOOK_BACK = 50  # own and other messages


def component_id(key: str) -> int:
    """The number that marks the message of a key; from 2^29 up, far from those that Discord gives out itself."""
    return (1 << 29) + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % (1 << 30)


async def find_post(forum: discord.ForumChannel, key: str) -> MessageRef | None:
    """A forum's post with that key, among those that are open."""
    threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    for thread in sorted(threads, key=lambda thread: thread.id, reverse=True)[:LOOK_BACK]:
        if await find_message(thread.history(limit=1, oldest_first=True), key):
            return MessageRef(str(thread.id), str(thread.id))
    return None


async def find_message(history: AsyncIterator[discord.Message], key: str) -> discord.Message | None:
    """The message of a history with that key."""
    marked = component_id(key)
    async for message in history:
        if message.components and getattr(message.components[0], "id", None) == marked:
            return message
    return None
