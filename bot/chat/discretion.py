"""What is told to whom: settings and the database's troubles are for whoever runs the bot, not for all who chat."""

from __future__ import annotations

import structlog

from bot.chat.request import Request
from bot.errors import BotError

log = structlog.get_logger(__name__)


def meant_for(request: Request, error: BotError) -> BotError:
    """Return the error as the person who asked is told it; what is kept from them is logged."""
    if request.runs_bot or error.public_sentence == error.sentence:
        return error
    log.warning("reason_withheld", action="answer_request", kind=type(error).__name__, reason=error.sentence)
    return type(error)(error.public_sentence)
