"""Messages that bear a key, by which the bot finds them again where it may read.

A key is metadata: people do not see it.  (https://docs.slack.dev/messaging/message-metadata)
"""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.limits import Json
from adapters.slack.outbox import call

LOOK_BACK = 50


def mark(event: str, key: str) -> Json:
    """What a message with that key is sent with."""
    return {"metadata": {"event_type": event, "event_payload": {"key": key}}}


async def find(client: AsyncWebClient, channel: str, thread: str, key: str) -> str | None:
    """The `ts` of the message with that key among the last ones of a thread, or of the channel without one.

    Raises:
        Unauthorized: the app may not read there.
        BotError: otherwise as `adapters.slack.outbox.call`.
    """
    asked: dict[str, Any] = {"channel": channel, "limit": LOOK_BACK, "include_all_metadata": True}
    if thread:
        answer = await call(lambda: client.conversations_replies(ts=thread, **asked), attempts=1)
    else:
        answer = await call(lambda: client.conversations_history(**asked), attempts=1)
    return next((str(message["ts"]) for message in answer["messages"] if _key_of(message) == key), None)


def _key_of(message: Json) -> object:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload.get("key") if isinstance(payload, dict) else None
