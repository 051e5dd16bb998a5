"""Which permissions the bot needs, by the names that Discord's own settings show, and where one is missing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

import discord

from bot.errors import SettingsError

NEEDED: dict[str, str] = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",  # to find a digest's message whose arrival is not known
}
IN_THREADS = ("create_public_threads", "send_messages_in_threads")
WELCOME = ("attach_files",)  # for a week's chart, which is told in words without it
SCOPES = ("bot", "applications.commands")
_AUTHORIZE = "https://discord.com/oauth2/authorize"


@dataclass(frozen=True, slots=True)
class Gap:
    """A channel in which something is missing."""

    guild: str
    channel: str
    missing: tuple[str, ...]


def least() -> discord.Permissions:
    """The permissions that the bot asks for when it is invited, and no more."""
    return discord.Permissions(**dict.fromkeys((*NEEDED, *WELCOME), True))


def missing(held: discord.Permissions) -> tuple[str, ...]:
    """The names of those that are not held."""
    return _missing(held, NEEDED)


def missing_to_post(channel: object, held: discord.Permissions) -> tuple[str, ...]:
    """Those without which a digest cannot be posted: where the bot may open no threads, its replies are plain ones."""
    has_plain_replies = isinstance(channel, discord.TextChannel) and not held.create_public_threads
    return _missing(held, (flag for flag in NEEDED if not (has_plain_replies and flag in IN_THREADS)))


def lacking(channel: discord.abc.GuildChannel | discord.Thread, needed: Iterable[str]) -> tuple[str, ...]:
    """The names of the permissions, of those needed, that the bot does not hold in a channel."""
    return _missing(channel.permissions_for(channel.guild.me), needed)


def lacking_to_post(channel: discord.abc.GuildChannel | discord.Thread) -> tuple[str, ...]:
    """The names of the permissions that the bot lacks to post a digest in a channel."""
    return missing_to_post(channel, channel.permissions_for(channel.guild.me))


def lacking_to_answer(channel: discord.abc.MessageableChannel) -> tuple[str, ...]:
    """What keeps the bot from answering in a server's channel or thread."""
    if isinstance(channel, discord.Thread):
        return lacking(channel, ("view_channel", "send_messages_in_threads"))
    return lacking(channel, ("view_channel", "send_messages")) if isinstance(channel, discord.abc.GuildChannel) else ()


def may_have_thread(message: discord.Message) -> bool:
    """Whether the bot's answer to a message gets a thread of its own: in a text channel, and to no reply."""
    channel = message.channel
    return isinstance(channel, discord.TextChannel) and message.reference is None and not lacking(channel, IN_THREADS)


def application_id(token: str) -> int:
    """The application that a bot token belongs to, which is written in it.  Raises `SettingsError`."""
    head = token.strip().partition(".")[0]
    try:
        return int(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error):
        raise SettingsError(
            "DISCORD_TOKEN does not look like a bot token; copy it again from the bot's page."
        ) from None


def invite_link(application: int) -> str:
    """The address at which a server's owner adds the bot, with the least permissions."""
    query = {"client_id": application, "scope": " ".join(SCOPES), "permissions": least().value}
    return f"{_AUTHORIZE}?{urlencode(query)}"


def personal_link(application: int) -> str:
    """The address at which somebody adds the commands to their own account (`integration_type` 1, a user install)."""
    query = {"client_id": application, "integration_type": 1, "scope": "applications.commands"}
    return f"{_AUTHORIZE}?{urlencode(query)}"


async def held_in(
    client: discord.Client, place: discord.abc.GuildChannel | discord.Thread, turn: Callable[[], Awaitable[None]]
) -> tuple[discord.abc.GuildChannel, discord.Permissions]:
    """A channel (of a thread, the one that it hangs in) as it is now, and what the bot may do there.

    Each of the three requests waits for its `turn`.  Raises as discord.py does.
    """
    number = place.parent_id if isinstance(place, discord.Thread) else place.id
    await turn()
    guild = await client.fetch_guild(place.guild.id, with_counts=False)  # whose roles are not known without
    await turn()
    channel = await guild.fetch_channel(number)
    if isinstance(channel, discord.Thread):
        raise discord.ClientException("no thread hangs in a thread")
    await turn()
    return channel, channel.permissions_for(await guild.fetch_member(client.user.id if client.user else 0))


async def gaps(client: discord.Client) -> AsyncIterator[Gap]:
    """Every text channel that the bot can see but not fully use, server by server.  The client must be logged in."""
    async for known in client.fetch_guilds(limit=None):
        guild = await client.fetch_guild(known.id, with_counts=False)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        for channel in await guild.fetch_channels():
            if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
                continue
            held = channel.permissions_for(me)
            if held.view_channel and (lacking := missing(held)):
                yield Gap(guild.name, channel.name, lacking)


def _missing(held: discord.Permissions, needed: Iterable[str]) -> tuple[str, ...]:
    return tuple(NEEDED[flag] for flag in needed if not getattr(held, flag))
