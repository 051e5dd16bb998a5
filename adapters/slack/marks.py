"""Messages that bear a key, by which the bot finds them again where it may read.

A key is metadata: people do not see it.  (https://docs.slack.dev/messaging/message-metadata)
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import required_objects, told_object
from adapters.slack.limits import Json
from adapters.slack.outbox import call
from bot.digests.looking import back_to

_TS = re.compile(r"\d{1,12}\.\d{1,9}")
PAGE = 200  # messages at once; Slack gives some apps fewer


def mark(event: str, key: str) -> Json:
    """What a message with that key is sent with."""
    return {"metadata": {"event_type": event, "event_payload": {"key": key}}}


async def find(client: AsyncWebClient, channel: str, thread: str, key: str, since: datetime) -> str | None:
    """The `ts` of the message with that key, posted since then in a thread, or in the channel without one.

    A channel is told from its newest message back, a thread from its oldest one on, so it is read to its end.
    (https://docs.slack.dev/reference/methods/conversations.replies)

    Raises:
        Unauthorized: the app may not read there.
        Ambiguous: too much was written in the channel since.
        BotError: otherwise as `adapters.slack.outbox.call`.
    """
    asked: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": PAGE}
    if thread:
        messages = _pages(partial(client.conversations_replies, ts=thread, **asked))
    else:
        messages = back_to(since, _pages(partial(client.conversations_history, **asked)), _stamp)
    async with aclosing(messages):
        async for message in messages:
            if _key_of(message) == key:
                return str(message["ts"])
    return None


async def _pages(ask: Callable[..., Awaitable[AsyncSlackResponse]]) -> AsyncGenerator[Json]:
    """The messages of all pages, each asked for when those before it are used up."""
    cursor: str | None = None
    while cursor != "":
        answer = await call(partial(ask, cursor=cursor), attempts=1)
        for message in required_objects(answer, "messages"):
            if _TS.fullmatch(str(message.get("ts"))):
                yield message
        cursor = str(told_object(answer, "response_metadata").get("next_cursor") or "")


def _stamp(message: Json) -> datetime:
    """A message's `ts` is also when it was posted: seconds since 1970, with a number behind the point."""
    return datetime.fromtimestamp(float(str(message["ts"])), UTC)


def _key_of(message: Json) -> object:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload.get("key") if isinstance(payload, dict) else None
