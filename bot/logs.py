"""Logging: one JSON object a line, on stderr for a service, in a file of the data folder while somebody chats.

Libraries that use the standard library's logging end up in the same stream.  Tracebacks are written without the
values of variables, long texts are cut and mail addresses shortened, so that neither a secret nor a whole paper nor who
reads it lands in a log.
"""

from __future__ import annotations

import logging
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.private import make_private_file, make_private_folder

FILE = "paperwire.log"
MAX_BYTES = 1_000_000  # of the file before it is rotated once
MAX_VALUE = 4_000  # characters of one value
MAIL_ADDRESS = re.compile(r"(\w)[^\s@/<>\"']{0,64}@(?=[\w-]+\.)")


def log_to_stderr(level: int = logging.INFO) -> None:
    """For services: stderr, for people to read if it is a terminal, as JSON otherwise."""
    readable = sys.stderr.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer()
    )
    _configure(logging.StreamHandler(sys.stderr), level, renderer)


def log_to_file(folder: Path | None, level: int = logging.WARNING) -> None:
    """For the chat and for one-shot commands, whose terminal is for answers.  Without a usable folder, no log."""
    handler = (_file_handler(folder) if folder else None) or logging.NullHandler()
    _configure(handler, level, structlog.processors.JSONRenderer())


def _file_handler(folder: Path) -> logging.Handler | None:
    try:
        make_private_folder(folder)
        make_private_file(folder / FILE)
        return _PatientFile(folder / FILE, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return None


class _PatientFile(RotatingFileHandler):
    """A log file that gives up in silence: a full disk is no reason to disturb an answer."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name is logging's)
        """Lose the line."""


def cut_long_values(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Cut what is longer than `MAX_VALUE`, at its front for tracebacks, whose end tells most."""
    for name, value in event.items():
        if isinstance(value, str) and len(value) > MAX_VALUE:
            event[name] = "…" + value[-MAX_VALUE:] if name == "exception" else value[:MAX_VALUE] + "…"
    return event


def shorten_mail_addresses(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Leave of each mail address its first letter and its domain."""
    for name, value in event.items():
        if isinstance(value, str) and "@" in value:
            event[name] = MAIL_ADDRESS.sub(r"\1…@", value)
    return event


def _configure(handler: logging.Handler, level: int, renderer: Processor) -> None:
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if isinstance(renderer, structlog.processors.JSONRenderer):
        last.append(structlog.processors.format_exc_info)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common, processors=[*last, cut_long_values, shorten_mail_addresses, renderer]
        )
    )
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address at INFO
