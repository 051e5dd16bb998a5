"""The one listener: health, metrics, and the addresses that platforms bring along."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict

from adapters.web.connections import Connections
from adapters.web.handler import GuardedHandler
from adapters.web.metrics import CONTENT_TYPE, Metrics
from adapters.web.readiness import Readiness
from bot.errors import SettingsError
from bot.presence import HttpRequest, HttpResponse, Presence

log = structlog.get_logger(__name__)

GRACE = 5.0  # seconds for requests under way when the server stops
BODY_SECONDS = 15.0  # for a body to come, once its head has
BODY_BYTES = 1024 * 1024  # Slack's largest payloads have some 100 KB
_UNREADABLE = (UnicodeDecodeError, web.RequestPayloadError, ConnectionError)  # the last: closed before its end


class WebServer:
    """Serves at `host` and `port` (0: any free one)."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        readiness: Readiness,
        presence: Presence,
        metrics: Metrics,
        connections: Connections | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._readiness = readiness
        self._presence = presence
        self._metrics = metrics
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._connections = connections or Connections()

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            SettingsError: the address cannot be listened at.
        """
        self._runner = web.AppRunner(self._routes(), shutdown_timeout=GRACE)
        await self._runner.setup()
        if self._runner.server is None:
            raise RuntimeError("the runner has no server, though it is set up")
        handler = partial(GuardedHandler, self._runner.server)
        try:
            self._listener = await asyncio.get_running_loop().create_server(
                self._connections.guard(handler), self._host, self._port
            )
        except (OSError, OverflowError) as error:
            await self.stop()
            raise SettingsError(
                f"PAPERWIRE_HTTP asks to listen at {self._host}:{self._port}, which is taken or not to be had. "
                "Choose another port, or end the program that has it."
            ) from error
        log.info("web_started", action="start", port=self.port)

    async def stop(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            self._listener.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def run(self) -> None:
        """Serve until cancelled.  Raises as `start`."""
        try:
            await self.start()
            await asyncio.Event().wait()
        finally:
            await self.stop()

    @property
    def port(self) -> int:
        """The port that it listens at."""
        if self._listener is None or not self._listener.sockets:
            raise RuntimeError("nothing listens")
        return int(self._listener.sockets[0].getsockname()[1])

    def _routes(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[self._count])
        app.on_response_prepare.append(_leave_out_the_server)
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._show_metrics)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        return app

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell how far a connection's request has come."""
        self._connections.begin_request(request.transport)
        if not request.can_read_body:
            self._connections.begin_answer(request.transport)
        try:
            return await handler(request)
        finally:
            self._connections.end_request(request.transport)

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        reasons = await self._readiness.obstacles()
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _pass_on(self, request: web.Request) -> web.Response:
        """Let the platform answer whose address this is."""
        handler = self._presence.handler(request.path)
        if handler is None:
            raise web.HTTPNotFound
        asked = HttpRequest(
            method=request.method,
            path=request.path,
            query=request.query_string,
            headers=dict(request.headers),
            body=await _body(request),
        )
        self._connections.begin_answer(request.transport)
        return _for_aiohttp(await handler(asked))


async def _body(request: web.Request) -> str:
    """Read the body as UTF-8, whatever its head says: every caller sends that, and some codecs of Python are slow."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return (await request.read()).decode("utf-8")
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The body took too long.") from None
    except _UNREADABLE as error:
        log.info("body_refused", action="read_body", status=400, kind=type(error).__name__)
        raise web.HTTPBadRequest(text="The body is not text in UTF-8.") from None


async def _leave_out_the_server(_request: web.Request, response: web.StreamResponse) -> None:
    """Strangers need not know which version of which library answers."""
    response.headers.pop("Server", None)


def _for_aiohttp(response: HttpResponse) -> web.Response:
    headers = CIMultiDict((name, value) for name, values in response.headers.items() for value in values)
    headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    return web.Response(status=response.status, body=response.body.encode(), headers=headers)
