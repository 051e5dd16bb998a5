"""What Slack's errors mean for us: each becomes one of the tree in `bot.errors`, with a sentence that helps.

Slack answers most errors with status 200 and `ok: false`.  The codes are those of the Web API reference.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.limits import Json
from bot.errors import Ambiguous, BotError, ContentRejected, Permanent, RateLimited, TargetGone, Transient, Unauthorized

GONE = {
    "cannot_dm_bot": "I cannot write to that person.",
    "cant_update_message": "That message cannot be changed any more.",
    "channel_not_found": "I cannot see that channel. Invite me with `/invite @Paperwire`, then ask again.",
    "is_archived": "That channel is archived, so I cannot write there.",
    "message_not_found": "That message is not there any more.",
    "not_in_channel": "I am not in that channel. Invite me with `/invite @Paperwire`, then ask again.",
    "restricted_action": "This workspace does not let me write there; an admin can change that.",
    "restricted_action_read_only_channel": "That channel is read-only.",
    "restricted_action_thread_only_channel": "That channel takes replies in threads only.",
    "thread_not_found": "That thread is not there any more.",
    "user_not_found": "I cannot find that person.",
    "user_not_in_channel": "That person is not in this channel.",
}
_REFUSED = {
    "account_inactive": "Slack says the app's account is inactive; install Paperwire again.",
    "invalid_auth": "Slack refuses the token; check that it is whole and belongs to this app.",
    "not_allowed_token_type": "That is the wrong kind of token: bot tokens begin with xoxb-, app tokens with xapp-.",
    "not_authed": "Slack was given no token.",
    "team_access_not_granted": "The app may not enter this workspace; an org admin must grant it.",
    "token_expired": "The token has expired; install Paperwire again.",
    "token_revoked": "The token was revoked; install Paperwire again.",
}
_REJECTED = {
    "block_mismatch",
    "invalid_arguments",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "markdown_text_conflict",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "view_too_large",
}
_PASSING = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
RATE_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}


def code(error: BaseException) -> str:
    """Slack's own word for an error; "" for any other."""
    answer = getattr(error.response, "data", error.response) if isinstance(error, SlackApiError) else None
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""


def translate(error: Exception) -> BotError:
    """The error of ours that stands for one of slack_sdk or of the network."""
    if isinstance(error, BotError):
        return error
    if isinstance(error, SlackApiError):
        return _api_error(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Transient("Slack cannot be reached; please try again in a moment.")
    return _unread()


def _api_error(error: SlackApiError) -> BotError:
    word, status = code(error), getattr(error.response, "status_code", 200)
    if not word and status < 400:  # a page of something in between, or half of an answer
        return _unread()
    if word in RATE_LIMITED or status == 429:
        waited = str(error.response.headers.get("Retry-After", "1"))
        return RateLimited("Slack asks for patience.", retry_after=float(waited) if waited.isdecimal() else 1.0)
    if word in GONE:
        return TargetGone(GONE[word])
    if word in _REFUSED:
        return Unauthorized(_REFUSED[word])
    if word == "missing_scope":
        return Unauthorized(f"The token lacks the scope {_needed(error)}; add it to the app and install it again.")
    if word in _REJECTED:
        return ContentRejected(f"Slack refused the form of a message ({word}).")
    if word in _PASSING or status >= 500:
        return Transient("Slack has trouble of its own; please try again in a moment.")
    return Permanent(f"Slack answered {word or 'nothing that makes sense'}.")


def required(answer: AsyncSlackResponse, *path: str | int) -> str:
    """The text that an answer of Slack's must hold at that path, such as `("view", "id")`.

    Raises:
        Ambiguous: it does not, so the answer is not one that Slack gives.
    """
    told: Any = answer.data
    for step in path:
        is_there = step in told if isinstance(told, dict) else isinstance(told, list) and step in range(len(told))
        told = told[step] if is_there else None
    if not isinstance(told, str) or not told:
        raise _unread()
    return told


def required_objects(answer: AsyncSlackResponse, field: str) -> list[Json]:
    """The list of objects that an answer of Slack's must hold, such as `messages`.  Raises as `required`."""
    told = answer.data.get(field) if isinstance(answer.data, dict) else None
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise _unread()
    return told


def told_object(answer: AsyncSlackResponse, field: str) -> Json:
    """The object that an answer of Slack's holds, such as `channel`; empty where it holds none."""
    told = answer.data.get(field) if isinstance(answer.data, dict) else None
    return told if isinstance(told, dict) else {}


def _unread() -> Ambiguous:
    return Ambiguous("Slack's answer was lost, so it is not known whether the message arrived.")


def _needed(error: SlackApiError) -> str:
    return str(error.response.get("needed") or "it needs")
