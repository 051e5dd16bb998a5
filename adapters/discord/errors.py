"""discord.py's exceptions become the house's errors; and which errors no answer fails for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
import structlog

from bot.errors import (
    Ambiguous,
    BotError,
    ContentRejected,
    Permanent,
    RateLimited,
    StoreError,
    TargetGone,
    Transient,
    Unauthorized,
)

log = structlog.get_logger(__name__)

FAULTS = (discord.DiscordException, aiohttp.ClientError, asyncio.TimeoutError, OSError)

UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
THREAD_ARCHIVED = 50083
THREAD_EXISTS = 160004  # a message has one at most, which bears the id of the message
ALREADY_ACKNOWLEDGED = 40060
NO_REPLY_WITHOUT_HISTORY = 160002
TOKEN_LIFE_OVER = frozenset({10015, 50027})  # unknown webhook, invalid webhook token


def translated(error: BaseException) -> BotError:
    """The house's error for one that a call to Discord raised; never quotes what Discord said at length."""
    match error:
        case BotError():
            return error
        case discord.RateLimited():
            return RateLimited(
                "Discord asks for patience; please try again in a moment.", retry_after=error.retry_after
            )
        case discord.LoginFailure():
            return Unauthorized("Discord refuses the bot's token. Set DISCORD_TOKEN to the token of the bot's page.")
        case discord.PrivilegedIntentsRequired():
            return Unauthorized("Discord refuses the intents that the bot asks for.")
        case discord.Forbidden() | discord.NotFound():
            return TargetGone("The channel or message is gone, or the bot may not write there.")
        case discord.DiscordServerError():
            return Ambiguous("Discord had a fault of its own; it is not known whether the message arrived.")
        case discord.HTTPException(status=401):
            return Unauthorized("Discord refuses the bot's token.")
        case discord.HTTPException(status=429):
            return RateLimited("Discord asks for patience; please try again in a moment.")
        case discord.HTTPException():
            return ContentRejected(f"Discord refused the message (code {error.code}).")
        case discord.ConnectionClosed():
            return _closed(error.code)
        case asyncio.TimeoutError() | aiohttp.ClientError() | OSError():
            return Ambiguous("The connection to Discord broke; it is not known whether the message arrived.")
    return Transient("Discord cannot be reached right now.")


@contextmanager
def only_logged(action: str) -> Iterator[None]:
    """What the store cannot take or give just now stands in the log alone, where an answer can do without it."""
    try:
        yield
    except StoreError as error:
        log.warning("store_away", action=action, reason=error.sentence)


def is_place_gone(error: BaseException) -> bool:
    """Whether it means that nothing can be written there any more; a single message that was deleted does not."""
    return isinstance(translated(error), TargetGone) and getattr(error, "code", 0) not in (
        UNKNOWN_MESSAGE,
        *TOKEN_LIFE_OVER,
    )


def _closed(code: int) -> BotError:
    """What the gateway's close codes mean that no reconnecting can mend."""
    reasons = {
        4004: "Discord refuses the bot's token. Set DISCORD_TOKEN to the token of the bot's page.",
        4010: "Discord refuses the shard numbers. Check PAPERWIRE_DISCORD_SHARDS.",
        4011: "The bot is in too many servers for this many shards. Raise the total in PAPERWIRE_DISCORD_SHARDS.",
        4013: "Discord does not know the intents that the bot asks for.",
        4014: "Discord refuses the intents that the bot asks for.",
    }
    if code in reasons:
        return Unauthorized(reasons[code]) if code in (4004, 4013, 4014) else Permanent(reasons[code])
    return Transient(f"Discord closed the connection (code {code}).")
