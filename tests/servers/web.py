"""The real web server on a free port, over a store in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from adapters.web.app import WebServer
from adapters.web.connections import Connections
from adapters.web.metrics import Metrics
from adapters.web.readiness import Readiness
from bot.presence import Presence
from bot.testing.store import FakeStore


@asynccontextmanager
async def web_server(
    presence: Presence,
    *,
    platforms: Sequence[str] = (),
    ask_database: Callable[[], Awaitable[object]] | None = None,
    metrics: Metrics | None = None,
    patience: float = 3.0,
    connections: Connections | None = None,
) -> AsyncIterator[str]:
    """A running server; its address."""
    ask = ask_database or (lambda: FakeStore().papers.get(""))
    readiness = Readiness(ask, presence, platforms, patience)
    server = WebServer(
        "127.0.0.1",
        0,
        readiness=readiness,
        presence=presence,
        metrics=metrics or Metrics(()),
        connections=connections,
    )
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop()
