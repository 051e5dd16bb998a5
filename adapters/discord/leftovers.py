"""Answers that a crash left open are closed with a sentence at the next start."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import discord
import structlog

from adapters.discord.delivery import INTERRUPTED, sentence
from adapters.discord.errors import FAULTS, translated
from adapters.discord.render import pages
from adapters.discord.surfaces import SILENT_MENTIONS
from bot.chat.request import Place
from bot.ports import Clock, OpenReplies, OpenReply

_ORIGINAL: Any = "@original"  # what Discord calls an interaction's first response

log = structlog.get_logger(__name__)


class OpenAnswer:
    """Implements `surfaces.Book` for one answer over the port `OpenReplies`.

    The reference kept is `CHANNEL/MESSAGE/TOKEN`; the token of an interaction is worth nothing after 15 minutes.
    """

    def __init__(self, place: Place, open_replies: OpenReplies, clock: Clock) -> None:
        self._place = place
        self._open_replies = open_replies
        self._clock = clock
        self._reply: OpenReply | None = None
        self._noting: asyncio.Task[None] | None = None

    async def opened(self, channel: int, message: int, token: str = "") -> None:
        """A placeholder or half an answer stands there now; the answer need not wait until that is written down."""
        reference = f"{channel}/{message}/{token}"
        self._reply = OpenReply(place=self._place, message=reference, opened_at=self._clock.now())
        self._noting = asyncio.ensure_future(self._open_replies.opened(self._reply))

    async def closed(self) -> None:
        """It is finished."""
        if self._reply is not None and self._noting is not None:
            await self._noting
            await self._open_replies.closed(self._reply)
            self._reply = self._noting = None


async def close_leftovers(
    client: discord.AutoShardedClient,
    open_replies: OpenReplies,
    before: datetime,
    shard_ids: frozenset[int],
    shards: int,
) -> int:
    """Close what was opened before then in the servers of these shards; how many answers that were."""
    left = await open_replies.left_open("discord", before)
    own = [reply for reply in left if shard_of(reply.place.workspace, shards) in shard_ids]
    for reply in own:
        await _close(client, reply)
        await open_replies.closed(reply)
    return len(own)


def shard_of(workspace: str, shards: int) -> int:
    """The shard that a workspace's events come through; direct messages all come through the first."""
    guild = workspace.partition(":")[2]
    return (int(guild) >> 22) % shards if guild.isdecimal() else 0


async def _close(client: discord.AutoShardedClient, reply: OpenReply) -> None:
    channel, message, token = reply.message.split("/", 2)
    view = pages(sentence(INTERRUPTED))[0].view()
    try:
        if token and await _closed_by_token(client, token):
            return
        written = client.get_partial_messageable(int(channel)).get_partial_message(int(message))
        await written.edit(view=view, attachments=[], allowed_mentions=SILENT_MENTIONS)
    except FAULTS as error:
        log.info("leftover_not_closed", action="close_leftover", reason=translated(error).sentence)


async def _closed_by_token(client: discord.AutoShardedClient, token: str) -> bool:
    """Try the interaction's own token, which also ends a "thinking" and reaches private answers."""
    webhook = discord.Webhook.partial(int(client.application_id or 0), token, client=client)
    try:
        await webhook.edit_message(
            _ORIGINAL, view=pages(sentence(INTERRUPTED))[0].view(), allowed_mentions=SILENT_MENTIONS
        )
    except discord.HTTPException:
        return False
    return True
