"""Errors that nobody foresaw: what they mean for a digest, and each in the log in full once, however often it comes."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.errors import BotError, StoreError, Transient

log = structlog.get_logger(__name__)

MOST = 1000  # errors remembered
SENTENCE = "Something went wrong that nobody foresaw; the bot's log says what."

_known: set[tuple[str, str, int]] = set()


@contextmanager
def becomes(meaning: type[Transient], action: str, **about: object) -> Iterator[None]:
    """Raise an error of this kind in place of whatever is no `BotError`."""
    try:
        yield
    except BotError:
        raise
    except Exception as error:
        report(error, action, **about)
        raise meaning(SENTENCE) from error


@contextmanager
def survived(event: str, action: str) -> Iterator[None]:
    """For loops that must not end: a store that fails is warned of, and any other error is reported."""
    try:
        yield
    except StoreError as error:
        log.warning(event, action=action, why=error.sentence)
    except Exception as error:
        report(error, action)


def report(error: Exception, action: str, **about: object) -> None:
    """Log an error with its traceback; where it has come from the same line before, without."""
    frames = traceback.extract_tb(error.__traceback__)
    place = (type(error).__name__, frames[-1].filename if frames else "", (frames[-1].lineno or 0) if frames else 0)
    if place in _known or len(_known) >= MOST:
        log.info("unforeseen_error_again", action=action, kind=place[0], **about)
        return
    _known.add(place)
    log.error("unforeseen_error", action=action, kind=place[0], exc_info=error, **about)
