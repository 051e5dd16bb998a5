"""A source of papers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.servers.papers_source import Source


@pytest.fixture
async def source() -> AsyncIterator[Source]:
    """A source on a free port; it must be told how to behave."""
    source = Source()
    app = web.Application()
    app.router.add_get("/{path:.*}", source.handle)
    source.server = TestServer(app, shutdown_timeout=0)
    async with source.server:
        yield source
