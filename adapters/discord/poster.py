"""Digests on Discord: a message and its thread, a post in a forum, plain replies where there can be no thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import discord

from adapters.discord.buckets import LONGEST, Buckets
from adapters.discord.client import intents
from adapters.discord.errors import FAULTS, THREAD_EXISTS, UNKNOWN_MESSAGE, translated
from adapters.discord.events import guild_workspace
from adapters.discord.gateway import aim_rest
from adapters.discord.marks import component_id, find_message, find_post
from adapters.discord.permissions import held_in, missing_to_post
from adapters.discord.render import pages
from adapters.discord.sending import SILENT_MENTIONS, files
from adapters.discord.threads import named
from adapters.leaving import leaving_trace
from bot.digests import unforeseen
from bot.digests.claims import leaving
from bot.digests.model import Target
from bot.digests.ports import Leave, MessageRef, unhindered
from bot.documents.model import Document, Image
from bot.errors import Ambiguous, BotError, ContentRejected, TargetGone, Transient

MOST_PLACES = 10_000  # channels that need not be looked at again
UNREAD = "Discord did not say what stands there."
MAY_NOT_READ = "The bot may not read what it has written there."
UNKNOWN_CHANNEL = 10003
THREAD_LOCKED = 160005
NO_THREADS = frozenset({160006, 160007})  # too many are open
DAY: Final = 1440  # minutes until a quiet thread is put away

Turn = Callable[[], Awaitable[None]]
Result = TypeVar("Result")
Place = discord.abc.GuildChannel | discord.Thread | discord.abc.PrivateChannel


async def at_once() -> None:
    """Where nobody counts."""


class DiscordPoster:
    """Implements `bot.digests.ports.Poster` by Discord's REST API alone; no gateway is needed.

    Args:
        token: the bot's.
        api_url: Discord's base address.
        turn: waits until one more request may leave, of all that the bot makes.
    """

    platform = "discord"
    seconds_between = 1.1  # a channel takes five messages in five seconds
    per_second = 46.0  # of the 50 requests that a bot may make; some are longer on their way than others
    burst = 1
    can_edit = True

    def __init__(self, token: str, api_url: str, turn: Turn = at_once) -> None:
        self._token = token
        self._api_url = api_url
        self._turn = turn
        self._client: discord.Client | None = None
        self._opening = asyncio.Lock()
        self._places: OrderedDict[Target, Place] = OrderedDict()

    def counted_with(self, target: Target) -> str:
        """All requests of the bot."""
        return self.platform

    async def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            await self._client.close()

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post a digest's first message; in a forum its thread comes with it."""
        try:
            return await _or_in_words(document, lambda shown: self._post_root(target, title, shown, key, leave))
        except TargetGone as gone:
            raise TargetGone(await self._why(target, gone)) from gone

    async def _post_root(self, target: Target, title: str, document: Document, key: str, leave: Leave) -> MessageRef:
        async with self._speaking() as client:
            place = await self._place(client, target)
            options = _message_of(document, key)
            if isinstance(place, discord.ForumChannel):
                with leaving(leave, may_repeat=False):  # posts have no nonce
                    made = await place.create_thread(name=named(title), **options, auto_archive_duration=DAY)
                return MessageRef(str(made.message.id), str(made.thread.id))
            if not isinstance(place, discord.abc.Messageable):
                raise TargetGone("Nobody can write in that channel.")
            with leaving(leave):
                message = await place.send(**options, silent=True, nonce=key)
            return MessageRef(str(message.id), _thread_to_be(place))

    async def open_thread(self, target: Target, root: MessageRef, title: str) -> MessageRef:
        """Open the thread on a message; where the bot may not open any, replies are plain."""
        if root.thread is not None:
            return root
        async with self._speaking(reading=True) as client:
            place = await self._place(client, target)
            await self._turn()
            return replace(root, thread=await _thread(place, int(root.message), title))

    async def post_reply(
        self, target: Target, root: MessageRef, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post into the root's thread, or as a reply to it.

        A thread that somebody deleted or locked takes no more of this digest, which says nothing about the channel.
        """
        async with self._speaking() as client:
            with leaving(leave):
                return MessageRef(str((await self._reply(client, target, root, document, key)).id))

    async def _reply(
        self, client: discord.Client, target: Target, root: MessageRef, document: Document, key: str
    ) -> discord.Message:
        options = {**_message_of(document, key), "silent": True, "nonce": key}
        if not root.thread:
            channel = client.get_partial_messageable(int(target.channel))
            reference = channel.get_partial_message(int(root.message)).to_reference(fail_if_not_exists=False)
            return await channel.send(**options, reference=reference, mention_author=False)
        try:
            return await client.get_partial_messageable(int(root.thread)).send(**options)
        except (discord.NotFound, discord.Forbidden) as error:
            if error.code in (UNKNOWN_CHANNEL, THREAD_LOCKED):
                raise ContentRejected("The digest's thread was deleted or locked.") from error
            raise

    async def edit(
        self, target: Target, root: MessageRef | None, ref: MessageRef, document: Document, key: str
    ) -> None:
        """Change a message that was posted, its pictures too."""
        await _or_in_words(document, lambda shown: self._edit(target, root, ref, shown, key))

    async def _edit(
        self, target: Target, root: MessageRef | None, ref: MessageRef, document: Document, key: str
    ) -> None:
        async with self._speaking() as client:
            options = _message_of(document, key)
            options["attachments"] = options.pop("files")
            place = root.thread if root else await self._place_of_root(client, target, ref)
            channel = client.get_partial_messageable(int(place or target.channel))
            await channel.get_partial_message(int(ref.message)).edit(**options)

    async def find(
        self, target: Target, root: MessageRef | None, title: str, key: str, since: datetime
    ) -> MessageRef | None:
        """Look for a message among the last ones of the channel, the forum or the thread."""
        async with self._speaking(reading=True) as client:
            try:
                found = await self._found(client, target, root, key, since)
            except discord.Forbidden as error:
                raise Ambiguous(MAY_NOT_READ) from error
            if found is None and not await self._may_read(client, target):
                raise Ambiguous(MAY_NOT_READ)
            return found

    async def _found(
        self, client: discord.Client, target: Target, root: MessageRef | None, key: str, since: datetime
    ) -> MessageRef | None:
        if root is not None:
            channel = client.get_partial_messageable(int(root.thread or target.channel))
            message = await find_message(channel, key, since)
            return MessageRef(str(message.id)) if message else None
        place = await self._place(client, target)
        if isinstance(place, discord.ForumChannel):
            return await find_post(place, client.user.id if client.user else 0, key, since)
        if not isinstance(place, discord.abc.Messageable):
            return None
        message = await find_message(place, key, since)
        return MessageRef(str(message.id), _thread_to_be(place)) if message else None

    async def _may_read(self, client: discord.Client, target: Target) -> bool:
        """Whether an empty history is one: to whoever may not read it, Discord shows no messages, and no error.

        (https://discord.com/developers/docs/resources/message#get-channel-messages)
        """
        place = await self._place(client, target)
        if not isinstance(place, discord.abc.GuildChannel | discord.Thread):
            return True
        _, held = await held_in(client, place, self._turn)
        return held.view_channel and held.read_message_history

    async def look_at(self, target: Target) -> None:
        """Ask for the channel: whether it is there, and the bot sees it and may do there what it needs."""
        async with self._speaking(reading=True) as client:
            place = await client.fetch_channel(int(target.channel))
            if not isinstance(place, discord.abc.GuildChannel):
                return
            channel, held = await held_in(client, place, self._turn)
            if lacking := missing_to_post(channel, held):
                raise TargetGone(_lacks(channel.name, lacking))

    async def _why(self, target: Target, gone: TargetGone) -> str:
        """What keeps the bot from posting, with the channel and the missing rights where they can be known."""
        place = self._places.get(target)
        if not isinstance(place, discord.abc.GuildChannel):
            return gone.sentence
        try:
            async with self._speaking(reading=True) as client:
                lacking = missing_to_post(*await held_in(client, place, self._turn))
        except BotError:
            lacking = ()
        return _lacks(place.name, lacking) if lacking else f"#{place.name}: {gone.sentence}"

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A direct message."""
        async with self._speaking() as client:
            person = await client.fetch_user(int(user))
            await person.send(view=pages(document, 1)[0].view(), allowed_mentions=SILENT_MENTIONS)

    async def _place_of_root(self, client: discord.Client, target: Target, root: MessageRef) -> str:
        """Where a digest's first message stands: in a forum in its own thread, else in the channel."""
        place = await self._place(client, target)
        return root.thread or target.channel if isinstance(place, discord.ForumChannel) else target.channel

    async def _place(self, client: discord.Client, target: Target) -> Place:
        """The channel, if it is of the server that subscribed it; it stays in that server, and what it is."""
        if target not in self._places:
            async with self._speaking(reading=True):
                channel: Place = await client.fetch_channel(int(target.channel))
            guild = getattr(channel, "guild", None)
            if guild is not None and guild_workspace(guild.id) != target.workspace:
                raise TargetGone("That channel belongs to another server.")
            await self._turn()  # for what is to be asked next
            self._places[target] = channel
            if len(self._places) > MOST_PLACES:
                self._places.popitem(last=False)
        return self._places[target]

    @asynccontextmanager
    async def _speaking(self, *, reading: bool = False) -> AsyncIterator[discord.Client]:
        """A client that is logged in; what Discord or the network raises becomes an error of the house.

        `reading`: whatever is lost can be asked for again.
        """
        with unforeseen.becomes(Transient if reading else Ambiguous, "ask_discord"):
            try:
                yield await self._logged_in()
            except FAULTS as error:
                meaning = translated(error)
                raise Transient(UNREAD) if reading and isinstance(meaning, Ambiguous) else meaning from error

    async def _logged_in(self) -> discord.Client:
        async with self._opening:
            if self._client is None:
                aim_rest(self._api_url)
                client = discord.Client(intents=intents(), max_ratelimit_timeout=LONGEST, http_trace=leaving_trace())
                client.http._buckets = Buckets()
                try:
                    await self._log_in(client)
                    self._client = client
                finally:
                    if self._client is None:
                        await client.close()
            return self._client

    async def _log_in(self, client: discord.Client) -> None:
        with unforeseen.becomes(Transient, "log_in"):
            try:
                await client.login(self._token)
            except FAULTS as error:
                meaning = translated(error)
                raise Transient(meaning.sentence) if isinstance(meaning, Ambiguous) else meaning from error


async def _or_in_words(document: Document, send: Callable[[Document], Awaitable[Result]]) -> Result:
    """Send a document; with its pictures in words where that is forbidden, as the bot may not be let attach files."""
    try:
        return await send(document)
    except TargetGone:
        if not any(isinstance(block, Image) and block.data for block in document.blocks):
            raise
        told = (replace(block, data=None) if isinstance(block, Image) else block for block in document.blocks)
        return await send(replace(document, blocks=tuple(told)))


def _lacks(channel: str, permissions: Sequence[str]) -> str:
    return f"In #{channel}, the bot's role lacks {', '.join(permissions)}."


def _message_of(document: Document, key: str) -> dict[str, Any]:
    """A document as the options of a send: one message, marked by its key, that mentions nobody."""
    page = pages(document, 1)[0]
    view = page.view()
    view.children[0].id = component_id(key)
    return {"view": view, "files": files(page.pictures), "allowed_mentions": SILENT_MENTIONS}


def _thread_to_be(place: Place) -> str | None:
    """The thread of a message that was posted there: none yet, or "" where there can be none."""
    return None if isinstance(place, discord.TextChannel) else ""


async def _thread(place: Any, message: int, title: str) -> str:
    """The id of the thread on a message, opened if it is not; "" where the bot may not open any."""
    if not isinstance(place, discord.TextChannel):
        return ""
    try:
        on = discord.Object(message)
        return str((await place.create_thread(name=named(title), message=on, auto_archive_duration=DAY)).id)
    except discord.Forbidden:
        return ""
    except discord.HTTPException as error:
        if error.code == THREAD_EXISTS:
            return str(message)  # a thread bears the id of the message that it hangs on
        if error.code in NO_THREADS:
            return ""
        if error.code == UNKNOWN_MESSAGE:
            raise ContentRejected("Somebody has deleted the digest's first message.") from error
        raise
