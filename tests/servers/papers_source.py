"""A small server on loopback that behaves as badly as a test wants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Source:
    """A source of papers: every path answers as `behave` says, and every request is written down."""

    server: TestServer | None = None
    requests: list[web.Request] = field(default_factory=list)
    behave: Behaviour | None = None

    @property
    def base(self) -> str:
        """Its address, without a slash at the end."""
        assert self.server is not None
        return str(self.server.make_url("")).rstrip("/")

    def answers(self, *responses: Callable[[], web.StreamResponse]) -> None:
        """Answer with these, one after the other; the last one again and again."""

        async def behave(request: web.Request) -> web.StreamResponse:
            return responses[min(len(self.requests), len(responses)) - 1]()

        self.behave = behave

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Write down and answer."""
        self.requests.append(request)
        assert self.behave is not None
        return await self.behave(request)
