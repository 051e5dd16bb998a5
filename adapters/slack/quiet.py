"""slack_sdk's log, told once: while a connection is down it would repeat itself every few seconds, with a traceback."""

from __future__ import annotations

import logging
import time

PAUSE = 300.0  # seconds in which the same is not said again


class SaidOnce(logging.Filter):
    """Drops tracebacks, and what was said a short while ago; numbers do not make a message another one."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write a record."""
        record.exc_info = None
        gist = "".join(char for char in record.getMessage()[:80] if not char.isdigit())
        now = time.monotonic()
        if now - self._said.get(gist, -PAUSE) < PAUSE:
            return False
        self._said = {known: at for known, at in self._said.items() if now - at < PAUSE} | {gist: now}
        return True


def silent_logger(name: str) -> logging.Logger:
    """A logger for bolt, whose warnings are about ways to use it; what goes wrong is ours to log."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger


def quiet_logger(name: str) -> logging.Logger:
    """A logger that says a thing once in a while, and only warnings."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.WARNING)
    if not any(isinstance(known, SaidOnce) for known in logger.filters):
        logger.addFilter(SaidOnce())
    return logger
