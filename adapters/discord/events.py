"""Discord's events become requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from adapters.discord.permissions import NEEDED, lacking_to_post
from bot.chat.grammar import shorten
from bot.chat.request import Origin, Place, Request
from bot.chatkit.mentioned_papers import first_paper_in
from bot.digests.model import Target

Interaction = discord.Interaction[Any]

NO_DIGESTS_THERE = (
    "Digests go to text, announcement and forum channels; `#{}` is none. Name another one: `subscribe` has an option "
    "`channel`."
)

_SHOWN_PAPER = re.compile(r"huggingface\.co/papers/([\w.-]+(?:/\d+)?)")


def guild_workspace(guild_id: int) -> str:
    """The workspace of a server."""
    return f"discord:{guild_id}"


def target_of(channel: discord.abc.GuildChannel) -> Target:
    """A server's channel, as digests know it."""
    return Target(guild_workspace(channel.guild.id), str(channel.id))


def place_of_interaction(interaction: Interaction) -> Place:
    """Where it happened.  Outside servers that the bot was added to, the workspace is the person's own."""
    guild = interaction.guild_id if in_own_guild(interaction) else None
    workspace = guild_workspace(guild) if guild is not None else f"discord:u{interaction.user.id}"
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return Place(workspace, str(channel.parent_id), str(channel.id))
    return Place(workspace, str(interaction.channel_id or ""))


def in_own_guild(interaction: Interaction) -> bool:
    """Whether it comes from a server that the bot itself was added to, not only a person's own installation."""
    if interaction.guild_id is None:
        return False
    return interaction.is_guild_integration() or interaction.client.get_guild(interaction.guild_id) is not None


def request_of_interaction(interaction: Interaction, line: str, fields: Mapping[str, str] | None = None) -> Request:
    """A command, a button or a form; what may be done where is still to be told (`with_rights`)."""
    return Request(
        place=place_of_interaction(interaction),
        user=str(interaction.user.id),
        text=line,
        locale=str(interaction.locale),
        direct=interaction.guild_id is None and not interaction.context.private_channel,
        fields=fields or {},
    )


def with_rights(request: Request, interaction: Interaction, channel: str, *, named: bool = False) -> Request:
    """The request with what this person, and what the bot, may do in the channel that it speaks of.

    `named`: the server's admins have named this person to manage channels.
    """
    if request.direct:
        return replace(request, may_manage=channel == request.place.channel)
    guild = interaction.guild if in_own_guild(interaction) else None
    found = _channel_of(guild, channel)
    is_admin = interaction.permissions.manage_guild
    may_manage = (is_admin or named) and (found is not None or channel == request.place.channel)
    unseen = tuple(NEEDED.values()) if found is None else ()
    known = replace(request, is_admin=is_admin, may_manage=may_manage, lacking=unseen)
    return _with_hindrances(known, found)


def with_rights_of_author(request: Request, message: discord.Message, channel: str, *, named: bool = False) -> Request:
    """The same for a message."""
    if request.direct:
        return replace(request, may_manage=channel == request.place.channel)
    author = message.author
    is_admin = isinstance(author, discord.Member) and author.guild_permissions.manage_guild
    found = _channel_of(message.guild, channel)
    is_there = channel == request.place.channel or found is not None
    return _with_hindrances(replace(request, is_admin=is_admin, may_manage=(is_admin or named) and is_there), found)


def _with_hindrances(request: Request, channel: discord.abc.GuildChannel | discord.Thread | None) -> Request:
    """The request with what keeps the bot from posting digests in a channel, where that is known."""
    if channel is None:
        return request
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel | discord.CategoryChannel):
        return replace(request, hindrance=NO_DIGESTS_THERE.format(shorten(channel.name)))
    return replace(request, lacking=lacking_to_post(channel))


def _channel_of(guild: discord.Guild | None, channel: str) -> discord.abc.GuildChannel | discord.Thread | None:
    return guild.get_channel_or_thread(int(channel)) if guild is not None and channel.isdecimal() else None


def place_of_message(message: discord.Message) -> Place:
    """Where it was written."""
    workspace = guild_workspace(message.guild.id) if message.guild else f"discord:u{message.author.id}"
    if isinstance(message.channel, discord.Thread):
        return Place(workspace, str(message.channel.parent_id), str(message.channel.id))
    return Place(workspace, str(message.channel.id))


def request_of_message(message: discord.Message, me: discord.abc.User, place: Place) -> Request:
    """A mention, a reply to the bot, or a direct message, to be answered in `place`; rights are still to be told."""
    author = message.author
    replied = message.reference.resolved if message.reference else None
    return Request(
        place=place,
        user=str(author.id),
        text=words_for(message, me),
        origin=Origin.MESSAGE,
        direct=message.guild is None,
        replied_papers=papers_in(replied) if isinstance(replied, discord.Message) else (),
    )


def is_for(message: discord.Message, me: discord.abc.User) -> bool:
    """Whether a message asks the bot for something: written by a person, to it."""
    if message.author.bot or message.is_system() or message.webhook_id is not None:
        return False
    return message.guild is None or any(user.id == me.id for user in message.mentions)


def words_for(message: discord.Message, me: discord.abc.User) -> str:
    """What is said, without the mention of the bot and without a leading `/papers`."""
    words = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
    return re.sub(r"^/?papers\b\s*", "", words, flags=re.IGNORECASE)


def paper_in_message(message: discord.Message) -> str:
    """The first paper that a message names in its words, previews or components; "" if it names none."""
    previews = (f"{embed.url or ''} {embed.title or ''} {embed.description or ''}" for embed in message.embeds)
    return first_paper_in(" ".join([message.content, *previews, *texts_in(message.components)]))


def papers_in(message: discord.Message) -> tuple[str, ...]:
    """The ids of the papers that one of the bot's own messages shows."""
    shown = " ".join([message.content, *texts_in(message.components)])
    return tuple(dict.fromkeys(_SHOWN_PAPER.findall(shown)))


def texts_in(components: Any) -> list[str]:
    """Every text that stands in a message's components."""
    texts: list[str] = []
    for component in components:
        if isinstance(component, discord.TextDisplay):
            texts.append(component.content)
        texts += texts_in(getattr(component, "children", ()))
    return texts
