"""What a start finds left over: answers that a crash left open, and servers and channels that went while it was off."""

from __future__ import annotations

import re
from typing import Any

import discord
import structlog

from adapters.discord.delivery import INTERRUPTED, sentence
from adapters.discord.errors import FAULTS, translated
from adapters.discord.events import guild_workspace
from adapters.discord.open_answers import OpenAnswers
from adapters.discord.persistence import persistently
from adapters.discord.render import pages
from adapters.discord.sending import SILENT_MENTIONS, nonce_of
from adapters.discord.surfaces import NOTHING_YET, ORIGINAL
from adapters.open_replies import is_worth_an_end
from bot.digests.model import Target
from bot.digests.ports import WatchesChannels
from bot.ports import OpenReply, Workspaces

_ORIGINAL_RESPONSE: Any = ORIGINAL

_GUILD = re.compile(r"discord:\d+")

log = structlog.get_logger(__name__)


async def close_leftovers(client: discord.AutoShardedClient, answers: OpenAnswers) -> int:
    """Close what other processes left open in the servers of this client's shards; how many answers that were.

    What cannot be closed as Discord is away is left to the next start.  Raises `StoreError`.
    """
    await answers.finished.settle()
    closed = 0
    for reply in await _left_open(client, answers):
        if reply not in await _left_open(client, answers):
            continue  # whoever wrote it has finished it meanwhile
        if not is_worth_an_end(reply, answers.clock.now()) or await _is_closed(client, reply):
            await answers.store.closed(reply)
            closed += 1
    return closed


async def _left_open(client: discord.AutoShardedClient, answers: OpenAnswers) -> list[OpenReply]:
    shards, own = client.shard_count or 1, client.shard_ids or ()
    left = await answers.store.left_open("discord", answers.clock.now())
    return [reply for reply in left if shard_of(reply.place.workspace, shards) in own and not answers.knows(reply)]


async def forget_left_guilds(client: discord.AutoShardedClient, workspaces: Workspaces) -> int:
    """Forget the servers that removed the bot while it was off, of this process's shards; how many those were.

    Where the bot is only in servers that the database has never heard of, that database is likely another bot's, and
    nothing is forgotten.
    """
    await client.wait_until_ready()
    present = {guild_workspace(guild.id) for guild in client.guilds}
    known = [each for each in await workspaces.known("discord") if _GUILD.fullmatch(each)]
    if present and not present.intersection(known):
        return 0
    shards, own = client.shard_count or 1, client.shard_ids or ()
    left = [each for each in known if each not in present and shard_of(each, shards) in own]
    for workspace in left:
        await workspaces.forget(workspace)
    return len(left)


async def pause_lost_channels(client: discord.AutoShardedClient, channels: WatchesChannels) -> int:
    """Tell of the channels of this process's servers that were deleted while it was off; how many those were.

    A channel that the connection does not name is asked about, as it may only be hidden from the bot.
    """
    await client.wait_until_ready()
    lost = [target for target in await channels.subscribed("discord") if _is_unknown(client, target)]
    deleted = [target for target in lost if await _is_deleted(client, int(target.channel))]
    for target in deleted:
        await channels.deleted(target)
    return len(deleted)


def _is_unknown(client: discord.AutoShardedClient, target: Target) -> bool:
    """Whether a server that is known does not name that channel."""
    if not (_GUILD.fullmatch(target.workspace) and target.channel.isdecimal()):
        return False
    guild = client.get_guild(int(target.workspace.partition(":")[2]))
    return guild is not None and not guild.unavailable and guild.get_channel(int(target.channel)) is None


async def _is_deleted(client: discord.AutoShardedClient, channel: int) -> bool:
    try:
        await client.fetch_channel(channel)
    except discord.NotFound:
        return True
    except (discord.Forbidden, discord.InvalidData):
        return False
    return False


def shard_of(workspace: str, shards: int) -> int:
    """The shard that a workspace's events come through; direct messages all come through the first."""
    guild = workspace.partition(":")[2]
    return (int(guild) >> 22) % shards if guild.isdecimal() else 0


async def _is_closed(client: discord.AutoShardedClient, reply: OpenReply) -> bool:
    """Close it; whether there is nothing more to be done about it."""
    try:
        await _close(client, reply)
    except FAULTS as error:
        log.info("leftover_not_closed", action="close_leftover", reason=translated(error).sentence)
        return isinstance(error, discord.HTTPException)
    return True


async def _close(client: discord.AutoShardedClient, reply: OpenReply) -> None:
    channel, message, token = reply.message.split("/", 2)
    view = pages(sentence(INTERRUPTED))[0].view()
    if token and message != NOTHING_YET and (await _closed_by_token(client, token) or message == ORIGINAL):
        return
    place = client.get_partial_messageable(int(channel))
    written: Any = place.get_partial_message(int(message))
    if message == NOTHING_YET:  # where something is there all the same, its nonce makes Discord answer with that
        asked = place.get_partial_message(int(token)).to_reference(fail_if_not_exists=False)
        written = await persistently(
            lambda: place.send(
                view=view,
                reference=asked,
                nonce=nonce_of(token),
                mention_author=False,
                allowed_mentions=SILENT_MENTIONS,
            )
        )
    await persistently(lambda: written.edit(view=view, attachments=[], allowed_mentions=SILENT_MENTIONS))


async def _closed_by_token(client: discord.AutoShardedClient, token: str) -> bool:
    """Try the interaction's own token, which also ends a "thinking" and reaches private answers."""
    webhook = discord.Webhook.partial(int(client.application_id or 0), token, client=client)
    view = pages(sentence(INTERRUPTED))[0].view()
    try:
        await persistently(
            lambda: webhook.edit_message(_ORIGINAL_RESPONSE, view=view, allowed_mentions=SILENT_MENTIONS)
        )
    except discord.HTTPException:
        return False
    return True
