"""What is told to whom: where the database lies and what ails it is for whoever runs the bot, not for all who chat."""

from __future__ import annotations

import structlog

from bot.chat.request import Request
from bot.errors import BotError, StoreError

log = structlog.get_logger(__name__)

STORE_AWAY = "The bot's database cannot be used right now. Please try again later; the bot's log says why."


def meant_for(request: Request, error: BotError) -> BotError:
    """The error as the person who asked is told it; what is kept from them is logged."""
    if request.runs_bot or not isinstance(error, StoreError):
        return error
    log.warning("store_away", action="answer_request", reason=error.sentence)
    return StoreError(STORE_AWAY)
