"""Channels, as people and platforms name them."""

from __future__ import annotations

import re

from bot.chat.grammar import Invocation, Kind
from bot.errors import BadInput

MENTION_OR_ID = re.compile(r"<#(\w+)(?:\|[^>]*)?>|([A-Z][A-Z0-9]{6,}|\d{6,})")  # as Slack and Discord write them


def read_channel(words: str) -> str:
    """The id of the channel that is named by its mention or its id; "" if none is named.

    Raises:
        BadInput: those words name no channel.
    """
    if not words:
        return ""
    match = MENTION_OR_ID.fullmatch(words)
    if match is None:
        raise BadInput(
            "That is not a channel. Name it by its mention (type # and choose it), or say it in the channel."
        )
    return match[1] or match[2]


def channel_named(invocation: Invocation) -> str:
    """The id of the channel that a command names, "" if it names none.  Raises as `read_channel`."""
    named = [argument.name for argument in invocation.command.arguments if argument.kind is Kind.CHANNEL]
    return read_channel(invocation.get(named[0])) if named else ""
