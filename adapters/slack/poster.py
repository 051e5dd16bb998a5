"""Digests on Slack: a message, and its thread.

Slack drops no repetitions.  A message bears its key as metadata, and can be found by it where somebody has given the
app the scope to read the channel (`channels:history`); without it nobody knows whether a lost message arrived.
(https://docs.slack.dev/messaging/message-metadata)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from adapters.slack.errors import required, told_object
from adapters.slack.events import Address
from adapters.slack.limits import Json
from adapters.slack.marks import find, mark
from adapters.slack.outbox import NO_UNFURLING, Outbox, call
from adapters.slack.pictures import Pictures
from adapters.slack.render import document_without_pictures, render
from bot.digests import unforeseen
from bot.digests.claims import leaving
from bot.digests.looking import TooFar
from bot.digests.model import Target
from bot.digests.ports import Leave, MessageRef, unhindered
from bot.documents.model import Document
from bot.errors import Ambiguous, BotError, ContentRejected, TargetGone, Transient, Unauthorized

EVENT = "paperwire_digest"


class SlackPoster:
    """Implements `bot.digests.ports.Poster` by Slack's Web API.  What Slack puts off is not waited out here."""

    platform = "slack"
    seconds_between = 1.0  # https://docs.slack.dev/apis/web-api/rate-limits: one message a second in a channel
    per_second = 4.8  # and in a workspace several hundred a minute, taken for 300, bursts included
    burst = 10
    can_edit = True

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._pictures = Pictures(outbox, hasty=True)

    def counted_with(self, target: Target) -> str:
        """All messages of a workspace."""
        return target.workspace

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post a digest's first message; its thread begins with the first reply."""
        try:
            ts = await self._post(target, document, key, leave)
        except TargetGone as gone:
            raise TargetGone(await self._with_name(target, gone)) from gone
        return MessageRef(ts, ts)

    async def open_thread(self, target: Target, root: MessageRef, title: str) -> MessageRef:
        """A thread bears the id of its first message."""
        return replace(root, thread=root.message)

    async def post_reply(
        self, target: Target, root: MessageRef, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post into the thread, for those who look there."""
        return MessageRef(await self._post(target, document, key, leave, thread_ts=root.thread))

    async def edit(
        self, target: Target, root: MessageRef | None, ref: MessageRef, document: Document, key: str
    ) -> None:
        """Change a message that was posted."""
        await self._send("chat.update", target, document, key, unhindered, ts=ref.message, blocks=[])

    async def find(
        self, target: Target, root: MessageRef | None, title: str, key: str, since: datetime
    ) -> MessageRef | None:
        """Look for a message by its metadata."""
        client = await self._outbox.client(_address(target))
        try:
            with unforeseen.becomes(Ambiguous, "ask_slack"):
                ts = await find(client, target.channel, (root.thread or root.message) if root else "", key, since)
        except Unauthorized as error:
            raise Ambiguous("The app may not read what it has written there.") from error
        except TooFar:
            raise
        except Ambiguous as error:
            raise Transient("Slack did not say what stands there.") from error
        return MessageRef(ts, ts) if ts else None

    async def look_at(self, target: Target) -> None:
        """Ask for the channel: whether it is there, open, and has the app in it."""
        channel = await self._channel(target)
        if channel.get("is_archived"):
            raise TargetGone(f"{_name(channel)} is archived.")
        if not (channel.get("is_member") or channel.get("is_im")):
            raise TargetGone(f"The app is not in {_name(channel)}; invite it there.")

    async def _channel(self, target: Target) -> Json:
        client = await self._outbox.client(_address(target))
        with unforeseen.becomes(Transient, "ask_slack"):
            answer = await call(lambda: client.conversations_info(channel=target.channel), attempts=1)
        channel = told_object(answer, "channel")
        if not channel:
            raise Transient("Slack did not say what that channel is.")
        return channel

    async def _with_name(self, target: Target, gone: TargetGone) -> str:
        """What keeps the app from posting in a channel, with the channel's name where Slack tells it."""
        try:
            return f"{_name(await self._channel(target))}: {gone.sentence}"
        except BotError:
            return gone.sentence

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A direct message."""
        to = Address(team=_team(workspace), channel=user, user=user)
        await self._outbox.post(to, render(document)[0])

    async def _post(self, target: Target, document: Document, key: str, leave: Leave, **thread: str | None) -> str:
        return await self._send("chat.postMessage", target, document, key, leave, **NO_UNFURLING, **thread)

    async def _send(
        self, method: str, target: Target, document: Document, key: str, leave: Leave, **options: object
    ) -> str:
        """Send a document as one message that bears its key; its `ts`.  Without pictures, where Slack refuses them."""
        to = _address(target)
        client = await self._outbox.client(to, hasty=True)
        bearing = {"channel": target.channel, **mark(EVENT, key)}

        async def send(shown: Document) -> str:
            message = render(shown)[0]
            with leaving(leave), unforeseen.becomes(Ambiguous, "ask_slack"):
                answer = await call(
                    lambda: client.api_call(method, json=bearing | options | message.payload),
                    again_if_unsure=False,
                    attempts=1,
                    shows_files=message.shows_files,
                )
                return required(answer, "ts")

        try:
            return await send(await self._pictures.uploaded(document, to))
        except ContentRejected:
            return await send(document_without_pictures(document))


def _name(channel: Json) -> str:
    return f"#{channel['name']}" if channel.get("name") else "The channel"


def _address(target: Target) -> Address:
    return Address(team=_team(target.workspace), channel=target.channel, user="")


def _team(workspace: str) -> str:
    return workspace.partition(":")[2]
