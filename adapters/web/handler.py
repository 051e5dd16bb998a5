"""aiohttp's handler of one connection, strict with what is no HTTP.

Anybody can send such things, so each costs one short line in the log instead of a traceback, and the answer does not
say which version of which library reads it.
"""

from __future__ import annotations

import asyncio
import logging

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

log = structlog.get_logger(__name__)

MOST_HEADERS = 64  # of aiohttp's 8,190 bytes each at most


class GuardedHandler(RequestHandler):
    """Reads the requests of one connection and answers what is no HTTP itself."""

    __slots__ = ()

    def __init__(self, server: web.Server) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), access_log=_no_access_log(), max_headers=MOST_HEADERS)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer with the bare status and log it in one line, unless the fault is ours.  The connection is closed."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        log.info("request_refused", action="read_request", status=status, kind=type(exc).__name__)
        response = _BareResponse(status=status)
        response.force_close()
        return response

    def log_exception(self, message: str, *, exc_info: BaseException) -> None:
        """Log in one line a body that turns out wrong, or ends early, when what is left of it is passed over."""
        if isinstance(exc_info, (web.RequestPayloadError, ConnectionError)):
            log.info("body_refused", action="skip_body", kind=type(exc_info).__name__)
        else:
            super().log_exception(message, exc_info=exc_info)


def _no_access_log() -> logging.Logger:
    """Return a logger that writes nothing: an installation's address holds its code."""
    logger = logging.getLogger(f"{__name__}.access")
    logger.disabled = True
    return logger


class _BareResponse(web.Response):
    async def _prepare_headers(self) -> None:
        """Leave out `Server`, as the application does by its signal, which such a response does not pass."""
        await super()._prepare_headers()
        self.headers.pop("Server", None)
