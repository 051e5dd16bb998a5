"""Digests on Discord: a message and its thread, a post in a forum, plain replies where there can be no thread.

A message bears its key twice.  As a nonce: Discord answers a repetition within some minutes with the first message.
And as the number of its first component, which people do not see and which stays: by that the bot finds it again among
its own messages.  (https://discord.com/developers/docs/resources/message#create-message, and
https://discord.com/developers/docs/components/reference#anatomy-of-a-component)
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final, TypeVar

import discord

from adapters.discord.client import intents
from adapters.discord.errors import FAULTS, translated
from adapters.discord.events import guild_workspace
from adapters.discord.gateway import aim_rest
from adapters.discord.permissions import missing_to_post
from adapters.discord.render import pages
from adapters.discord.surfaces import SILENT_MENTIONS, files, named
from bot.digests.model import Target
from bot.digests.ports import MessageRef
from bot.documents.model import Document, Image
from bot.errors import Ambiguous, BotError, ContentRejected, TargetGone, Transient

LOOK_BACK = 50  # own and other messages
MOST_PLACES = 10_000  # channels that need not be looked at again
UNREAD = "Discord did not say what stands there."
UNKNOWN_CHANNEL = 10003
THREAD_EXISTS = 160004
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

    async def post_root(self, target: Target, title: str, document: Document, key: str) -> MessageRef:
        """Post a digest's first message and open its thread."""
        return await _or_in_words(document, lambda shown: self._post_root(target, title, shown, key))

    async def _post_root(self, target: Target, title: str, document: Document, key: str) -> MessageRef:
        async with self._speaking() as client:
            place = await self._place(client, target)
            options = _message_of(document, key)
            if isinstance(place, discord.ForumChannel):
                made = await place.create_thread(name=named(title), **options, auto_archive_duration=DAY)
                return MessageRef(str(made.message.id), str(made.thread.id))
            if not isinstance(place, discord.abc.Messageable):
                raise TargetGone("Nobody can write in that channel.")
            message = await place.send(**options, silent=True, nonce=key)
            await self._turn()
            try:
                return MessageRef(str(message.id), await _thread(place, message.id, title))
            except FAULTS as error:
                raise Ambiguous("The thread could not be opened yet.") from error

    async def post_reply(self, target: Target, root: MessageRef, document: Document, key: str) -> MessageRef:
        """Post into the root's thread, or as a reply to it.

        A thread that somebody deleted or locked takes no more of this digest, which says nothing about the channel.
        """
        async with self._speaking() as client:
            options = {**_message_of(document, key), "silent": True, "nonce": key}
            if root.thread:
                try:
                    message = await client.get_partial_messageable(int(root.thread)).send(**options)
                except (discord.NotFound, discord.Forbidden) as error:
                    if error.code in (UNKNOWN_CHANNEL, THREAD_LOCKED):
                        raise ContentRejected("The digest's thread was deleted or locked.") from error
                    raise
            else:
                channel = client.get_partial_messageable(int(target.channel))
                reference = channel.get_partial_message(int(root.message)).to_reference(fail_if_not_exists=False)
                message = await channel.send(**options, reference=reference, mention_author=False)
            return MessageRef(str(message.id))

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

    async def find(self, target: Target, root: MessageRef | None, title: str, key: str) -> MessageRef | None:
        """Look for a message among the last ones of the channel, the forum or the thread."""
        async with self._speaking(reading=True) as client:
            try:
                if root is not None:
                    channel = client.get_partial_messageable(int(root.thread or target.channel))
                    found = await _message(channel.history(limit=LOOK_BACK), key)
                    return MessageRef(str(found.id)) if found else None
                return await _root(await self._place(client, target), title, key)
            except discord.Forbidden as error:
                raise Ambiguous("The bot may not read what it has written there.") from error

    async def look_at(self, target: Target) -> None:
        """Ask for the channel: whether it is there, and the bot sees it and may do there what it needs."""
        async with self._speaking(reading=True) as client:
            place = await client.fetch_channel(int(target.channel))
            if not isinstance(place, discord.abc.GuildChannel):
                return
            guild = await client.fetch_guild(place.guild.id, with_counts=False)  # whose roles are not known without
            channel = await guild.fetch_channel(place.id)
            held = channel.permissions_for(await guild.fetch_member(client.user.id if client.user else 0))
            if lacking := missing_to_post(channel, held):
                raise TargetGone(f"The bot's role lacks {', '.join(lacking)} there.")

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A direct message."""
        async with self._speaking() as client:
            person = await client.fetch_user(int(user))
            await person.send(view=pages(document, 1)[0].view(), allowed_mentions=SILENT_MENTIONS)

    async def _place_of_root(self, client: discord.Client, target: Target, root: MessageRef) -> str:
        """Where a digest's first message stands: in a forum in its own thread, else in the channel."""
        place = await self._place(client, target)
        return root.thread if isinstance(place, discord.ForumChannel) else target.channel

    async def _place(self, client: discord.Client, target: Target) -> Place:
        """The channel, if it is of the server that subscribed it; it stays in that server, and what it is."""
        if target not in self._places:
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
        try:
            yield await self._logged_in()
        except BotError:
            raise
        except FAULTS as error:
            meaning = translated(error)
            raise Transient(UNREAD) if reading and isinstance(meaning, Ambiguous) else meaning from error

    async def _logged_in(self) -> discord.Client:
        async with self._opening:
            if self._client is None:
                aim_rest(self._api_url)
                client = discord.Client(intents=intents(), max_ratelimit_timeout=30.0)
                try:
                    await client.login(self._token)
                except FAULTS as error:
                    await client.close()
                    meaning = translated(error)
                    raise Transient(meaning.sentence) if isinstance(meaning, Ambiguous) else meaning from error
                self._client = client
            return self._client


def component_id(key: str) -> int:
    """The number that marks the message of a key; from 2^29 up, far from those that Discord gives out itself."""
    return (1 << 29) + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % (1 << 30)


async def _or_in_words(document: Document, send: Callable[[Document], Awaitable[Result]]) -> Result:
    """Send a document; with its pictures in words where that is forbidden, as the bot may not be let attach files."""
    try:
        return await send(document)
    except TargetGone:
        if not any(isinstance(block, Image) and block.data for block in document.blocks):
            raise
        told = (replace(block, data=None) if isinstance(block, Image) else block for block in document.blocks)
        return await send(replace(document, blocks=tuple(told)))


def _message_of(document: Document, key: str) -> dict[str, Any]:
    """A document as the options of a send: one message, marked by its key, that mentions nobody."""
    page = pages(document, 1)[0]
    view = page.view()
    view.children[0].id = component_id(key)
    return {"view": view, "files": files(page.pictures), "allowed_mentions": SILENT_MENTIONS}


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
        raise


async def _root(place: Place, title: str, key: str) -> MessageRef | None:
    if isinstance(place, discord.ForumChannel):
        return await _post(place, key)
    if not isinstance(place, discord.abc.Messageable):
        return None
    found = await _message(place.history(limit=LOOK_BACK), key)
    return MessageRef(str(found.id), await _thread(place, found.id, title)) if found else None


async def _post(forum: discord.ForumChannel, key: str) -> MessageRef | None:
    """A forum's post with that key, among those that are open."""
    threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    for thread in sorted(threads, key=lambda thread: thread.id, reverse=True)[:LOOK_BACK]:
        if await _message(thread.history(limit=1, oldest_first=True), key):
            return MessageRef(str(thread.id), str(thread.id))
    return None


async def _message(history: AsyncIterator[discord.Message], key: str) -> discord.Message | None:
    marked = component_id(key)
    async for message in history:
        if message.components and getattr(message.components[0], "id", None) == marked:
            return message
    return None
