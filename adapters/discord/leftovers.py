"""What a start finds left over: answers that a crash left open, and servers and channels that went while it was off."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

import discord
import structlog

from adapters.discord.delivery import INTERRUPTED, sentence
from adapters.discord.errors import FAULTS, only_logged, translated
from adapters.discord.events import guild_workspace
from adapters.discord.persistence import persistently
from adapters.discord.render import pages
from adapters.discord.sending import SILENT_MENTIONS, nonce_of
from adapters.discord.surfaces import NOTHING_YET, ORIGINAL
from bot.chat.request import Place
from bot.digests.model import Target
from bot.digests.ports import WatchesChannels
from bot.ports import Clock, OpenReplies, OpenReply, Workspaces

_ORIGINAL_RESPONSE: Any = ORIGINAL

_GUILD = re.compile(r"discord:\d+")

log = structlog.get_logger(__name__)


class OpenAnswer:
    """Implements `surfaces.Book` for one answer over the port `OpenReplies`.

    The reference kept is `CHANNEL/MESSAGE/TOKEN`, where MESSAGE is `@original` while only the interaction is known; the
    token of an interaction is worth nothing after 15 minutes.  A question that shows no answer yet is
    `CHANNEL/0/QUESTION`.  No answer fails where the store does.
    """

    def __init__(self, place: Place, open_replies: OpenReplies, clock: Clock) -> None:
        self._place = place
        self._open_replies = open_replies
        self._clock = clock
        self._reply: OpenReply | None = None
        self._written: OpenReply | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def opened(self, channel: int, message: str, token: str = "", *, after: float = 0.0) -> None:
        """A placeholder, half an answer, or a question alone stands there, or is about to.

        It is written down now, or after so many seconds if it is still open then.
        """
        reference = f"{channel}/{message}/{token}"
        self._reply = OpenReply(place=self._place, message=reference, opened_at=self._clock.now())
        if after:
            self._timer = asyncio.get_running_loop().call_later(after, self._begin_writing)
        else:
            self._begin_writing()

    async def noted(self, seconds: float) -> None:
        """Wait until it is written down, but no longer than so many seconds."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=seconds)

    async def closed(self) -> None:
        """It is finished."""
        self._reply = None
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await self._writing
        if self._written is not None:
            with only_logged("note_closed_answer"):
                await self._open_replies.closed(self._written)
            self._written = None

    def _begin_writing(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        with only_logged("note_open_answer"):
            while self._reply is not None and self._reply != self._written:
                reply, before = self._reply, self._written
                await (self._open_replies.became(before, reply) if before else self._open_replies.opened(reply))
                self._written = reply


async def close_leftovers(
    client: discord.AutoShardedClient,
    open_replies: OpenReplies,
    before: datetime,
    shard_ids: frozenset[int],
    shards: int,
) -> int:
    """Close what was opened before then in the servers of these shards; how many answers that were.

    What cannot be closed as Discord is away is left to the next start.
    """
    left = await open_replies.left_open("discord", before)
    own = [reply for reply in left if shard_of(reply.place.workspace, shards) in shard_ids]
    closed = [reply for reply in own if await _is_closed(client, reply)]
    for reply in closed:
        await open_replies.closed(reply)
    return len(closed)


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
