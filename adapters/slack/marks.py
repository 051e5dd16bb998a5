"""Messages that bear a key, by which the bot finds them again where it may read.

A key is metadata: people do not see it.  (https://docs.slack.dev/messaging/message-metadata)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import required_objects
from adapters.slack.limits import Json
from adapters.slack.outbox import call

LOOK_BACK = 50  # messages of a channel
PAGE = 200  # messages of a thread at once; Slack gives some apps fewer


def mark(event: str, key: str) -> Json:
    """What a message with that key is sent with."""
    return {"metadata": {"event_type": event, "event_payload": {"key": key}}}


async def find(client: AsyncWebClient, channel: str, thread: str, key: str) -> str | None:
    """The `ts` of the message with that key in a thread, or among the last ones of the channel without one.

    A channel is told from its newest message back, a thread from its oldest one on, so it is read to its end.
    (https://docs.slack.dev/reference/methods/conversations.replies)

    Raises:
        Unauthorized: the app may not read there.
        BotError: otherwise as `adapters.slack.outbox.call`.
    """
    asked: dict[str, Any] = {"channel": channel, "include_all_metadata": True}
    if not thread:
        answer = await call(lambda: client.conversations_history(limit=LOOK_BACK, **asked), attempts=1)
        return _among(required_objects(answer, "messages"), key)
    asked |= {"ts": thread, "limit": PAGE}
    while True:
        answer = await call(partial(client.conversations_replies, **asked), attempts=1)
        found = _among(required_objects(answer, "messages"), key)
        asked["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if found or not asked["cursor"]:
            return found


def _among(messages: Iterable[Json], key: str) -> str | None:
    return next((str(message["ts"]) for message in messages if _key_of(message) == key), None)


def _key_of(message: Json) -> object:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload.get("key") if isinstance(payload, dict) else None
