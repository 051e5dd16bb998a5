"""Answers that swell, never end or lead astray, on a real socket."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.errors import SourceUnavailable
from bot.papers.http import HttpFetcher, Sources, Timeouts
from bot.testing.clock import FakeClock
from tests.servers.papers_source import Source


@pytest.fixture
async def fetcher(source: Source) -> AsyncIterator[HttpFetcher]:
    sources = Sources(hugging_face=source.base, arxiv=source.base)
    timeouts = Timeouts(connect=1, read=2, total=5)
    async with HttpFetcher(FakeClock(), sources=sources, timeouts=timeouts, arxiv_interval=0) as fetcher:
        yield fetcher


def _packed(body: bytes, encoding: str = "gzip") -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding})


async def test_a_gzip_bomb_is_given_up_at_the_cap(fetcher: HttpFetcher, source: Source) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    source.answers(lambda: _packed(bomb))
    with pytest.raises(SourceUnavailable, match="larger than the 1 MB"):
        await fetcher.get(f"{source.base}/html/2607.00001", max_bytes=1_000_000)


async def test_a_bomb_within_a_bomb_is_not_unpacked_twice(fetcher: HttpFetcher, source: Source) -> None:
    inner = gzip.compress(bytes(1_000_000))
    source.answers(lambda: _packed(gzip.compress(inner), "gzip, gzip"))
    with pytest.raises(SourceUnavailable, match="cannot be unpacked"):
        await fetcher.get(f"{source.base}/html/2607.00001")


async def test_a_packing_that_was_not_asked_for_is_refused(fetcher: HttpFetcher, source: Source) -> None:
    source.answers(lambda: _packed(b"whatever", "br"))
    with pytest.raises(SourceUnavailable, match="cannot be unpacked"):
        await fetcher.get(f"{source.base}/html/2607.00001")


async def test_only_gzip_is_asked_for(fetcher: HttpFetcher, source: Source) -> None:
    source.answers(lambda: web.Response(text="text"))
    await fetcher.get(f"{source.base}/html/2607.00001")
    assert source.requests[0].headers["Accept-Encoding"] == "gzip"


async def test_an_endless_body_is_given_up_at_the_cap(fetcher: HttpFetcher, source: Source) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(65_536))
        except ConnectionError:
            return response

    source.behave = endless
    with pytest.raises(SourceUnavailable, match="larger than the 1 MB"):
        await fetcher.get(f"{source.base}/html/2607.00001", max_bytes=1_000_000)


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "https://127.0.0.1/", "http://localhost:22/", "https://[::1]/x"],
)
async def test_a_redirect_into_the_house_is_not_followed(fetcher: HttpFetcher, source: Source, target: str) -> None:
    source.answers(lambda: web.Response(status=302, headers={"Location": target}))
    with pytest.raises(SourceUnavailable, match="not its own"):
        await fetcher.get(f"{source.base}/html/2607.00001")
