"""The fetcher against a server on a real socket that misbehaves in every way it can."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import RateLimited, SourceUnavailable
from bot.papers.http import HttpFetcher, Sources, Timeouts
from bot.papers.http.cache import FILE
from bot.testing.clock import FakeClock
from tests.servers.papers_source import Source

PATIENT = Timeouts(connect=10, read=10, total=20)  # so that a busy machine is no slow server
SHORT = Timeouts(connect=1, read=0.1, total=0.3)


def data(body: str = "[]", status: int = 200, kind: str = "application/json", **headers: str) -> web.Response:
    return web.Response(
        text=body,
        status=status,
        content_type=kind,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@asynccontextmanager
async def fetching(source: Source, clock: FakeClock, folder: Path, timeouts: Timeouts) -> AsyncIterator[HttpFetcher]:
    sources = Sources(hugging_face=source.base, arxiv=source.base, hugging_face_token="hf_secret")
    async with HttpFetcher(clock, sources=sources, cache=folder / "cache", timeouts=timeouts) as fetcher:
        yield fetcher


@pytest.fixture
async def fetcher(source: Source, clock: FakeClock, tmp_path: Path) -> AsyncIterator[HttpFetcher]:
    async with fetching(source, clock, tmp_path, PATIENT) as fetcher:
        yield fetcher


@pytest.fixture
async def hurried(source: Source, clock: FakeClock, tmp_path: Path) -> AsyncIterator[HttpFetcher]:
    """Gives a slow server up soon."""
    async with fetching(source, clock, tmp_path, SHORT) as fetcher:
        yield fetcher


@pytest.fixture
def url(source: Source) -> str:
    return f"{source.base}/api/daily_papers"


async def test_an_answer_is_read_whole(fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock) -> None:
    source.answers(lambda: data('["é"]'))
    fetched = await fetcher.get(url, params={"date": "2026-07-10"})
    assert (fetched.status, fetched.body.decode(), fetched.content_type) == (
        200,
        '["é"]',
        "application/json; charset=utf-8",
    )
    assert (fetched.fetched_at, fetched.stale) == (clock.now(), False)
    assert source.requests[0].query == {"date": "2026-07-10"}
    assert source.requests[0].headers["User-Agent"].startswith("Paperwire/")


async def test_what_is_not_there_is_an_answer_too(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(lambda: data("no", status=404))
    assert (await fetcher.get(url)).status == 404


async def test_the_token_goes_to_hugging_face_alone(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(data)
    await fetcher.get(url)
    await fetcher.get(f"{source.base}/pdf/2607.00001")
    assert [request.headers.get("Authorization") for request in source.requests] == ["Bearer hf_secret", None]


async def test_the_token_is_nowhere_on_disk(fetcher: HttpFetcher, source: Source, url: str, tmp_path: Path) -> None:
    source.answers(lambda: data(ETag='"1"'))
    await fetcher.get(url)
    await fetcher.aclose()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").iterdir())
    assert b"daily_papers" in kept
    assert b"hf_secret" not in kept


async def test_an_unchanged_answer_is_not_sent_again(
    fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock
) -> None:
    source.answers(lambda: data("[1]", ETag='"1"'), lambda: web.Response(status=304, headers={"ETag": '"1"'}))
    await fetcher.get(url)
    clock.advance(3600)
    fetched = await fetcher.get(url)
    assert source.requests[1].headers["If-None-Match"] == '"1"'
    assert (fetched.body, fetched.stale, fetched.fetched_at) == (b"[1]", False, clock.now())


async def test_a_fresh_answer_is_not_asked_for_again(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(lambda: data(Cache_Control="max-age=600"))
    await fetcher.get(url)
    await fetcher.get(url)
    assert len(source.requests) == 1


async def test_requests_in_flight_are_shared(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(data)
    answers = await asyncio.gather(*(fetcher.get(url) for _ in range(50)))
    assert len(answers) == 50
    assert len(source.requests) == 1


async def test_whoever_gives_up_does_not_take_the_answer_from_others(
    fetcher: HttpFetcher, source: Source, url: str
) -> None:
    source.answers(data)
    first, second = asyncio.create_task(fetcher.get(url)), asyncio.create_task(fetcher.get(url))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).body == b"[]"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_a_passing_failure_is_asked_again(fetcher: HttpFetcher, source: Source, url: str, status: int) -> None:
    source.answers(lambda: data(status=status), lambda: data(status=status), lambda: data("[3]"))
    assert (await fetcher.get(url)).body == b"[3]"


async def test_after_three_tries_it_says_so(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(lambda: data(status=503))
    with pytest.raises(SourceUnavailable, match=r"Hugging Face answers with an error \(503\)"):
        await fetcher.get(url)
    assert len(source.requests) == 3


@pytest.mark.parametrize(("status", "words"), [(400, "error"), (401, "check HF_TOKEN"), (403, "refuses")])
async def test_a_lasting_failure_is_not_asked_again(
    fetcher: HttpFetcher, source: Source, url: str, status: int, words: str
) -> None:
    source.answers(lambda: data(status=status))
    with pytest.raises(SourceUnavailable, match=words):
        await fetcher.get(url)
    assert len(source.requests) == 1


async def test_a_short_wait_is_waited(fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock) -> None:
    before = clock.now()
    source.answers(lambda: data(status=429, Retry_After="7"), data)
    await fetcher.get(url)
    assert clock.now() - before == timedelta(seconds=7)


async def test_a_long_wait_is_told_and_kept(fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock) -> None:
    source.answers(lambda: data(status=429, Retry_After="240"), data)
    for _ in range(2):
        with pytest.raises(RateLimited, match="in 4 minutes"):
            await fetcher.get(url)
    assert len(source.requests) == 1
    clock.advance(240)
    assert (await fetcher.get(url)).body == b"[]"


async def test_an_empty_allowance_is_respected(
    fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock
) -> None:
    source.answers(lambda: data(RateLimit='"api";r=0;t=120'), data)
    await fetcher.get(url)
    with pytest.raises(RateLimited):
        await fetcher.get(url, params={"p": "1"})
    clock.advance(120)
    await fetcher.get(url, params={"p": "1"})


async def hang(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"[")
    assert request.transport is not None
    request.transport.close()
    return response


@pytest.mark.parametrize("behave", [hang, drip])
async def test_a_server_that_hangs_is_given_up_once(
    hurried: HttpFetcher, source: Source, url: str, behave: Callable[[web.Request], object]
) -> None:
    source.behave = behave  # type: ignore[assignment]
    with pytest.raises(SourceUnavailable, match="takes too long"):
        await hurried.get(url)
    assert len(source.requests) == 1


async def test_an_answer_that_breaks_off_is_a_failure(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.behave = cut
    with pytest.raises(SourceUnavailable, match="does not answer"):
        await fetcher.get(url)


async def test_garbage_instead_of_gzip_is_a_failure(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(lambda: web.Response(body=b"\x00garbage", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceUnavailable, match="unpacked"):
        await fetcher.get(url)


async def test_a_packed_answer_is_unpacked_also_from_the_cache(fetcher: HttpFetcher, source: Source, url: str) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "Cache-Control": "max-age=600"}
    source.answers(lambda: web.Response(body=gzip.compress(b"[1, 2]"), headers=headers))
    assert [(await fetcher.get(url)).body for _ in range(2)] == [b"[1, 2]"] * 2
    assert len(source.requests) == 1


async def test_a_small_packet_does_not_unpack_to_a_flood(fetcher: HttpFetcher, source: Source, url: str) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    source.answers(lambda: web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceUnavailable, match="larger than the 1 MB"):
        await fetcher.get(url, max_bytes=1_000_000)


async def test_a_web_page_from_an_api_is_no_answer(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(lambda: data("<html>Automated access</html>", kind="text/html"))
    with pytest.raises(SourceUnavailable, match="web page instead of data"):
        await fetcher.get(url)


@pytest.mark.parametrize("broken", [lambda: data(status=503), lambda: data("<p>", kind="text/html")])
async def test_an_older_answer_is_better_than_none(
    fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock, broken: Callable[[], web.Response]
) -> None:
    source.answers(lambda: data("[1]", ETag='"1"'), broken)
    first = await fetcher.get(url)
    clock.advance(3600)
    older = await fetcher.get(url)
    assert (older.body, older.stale, older.fetched_at) == (b"[1]", True, first.fetched_at)


async def test_of_older_answers_the_newest_is_served(
    fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock
) -> None:
    source.answers(lambda: data("[1]", ETag='"1"'), lambda: data("[2]", ETag='"2"'), lambda: data(status=500))
    bodies = []
    for _ in range(3):
        bodies.append((await fetcher.get(url)).body)
        clock.advance(60)
    assert bodies == [b"[1]", b"[2]", b"[2]"]


async def test_the_cache_outlives_the_program(source: Source, url: str, clock: FakeClock, tmp_path: Path) -> None:
    source.answers(lambda: data("[1]", ETag='"1"'), lambda: data(status=500))
    sources = Sources(hugging_face=source.base)
    for stale in (False, True):
        async with HttpFetcher(clock, sources=sources, cache=tmp_path) as fetcher:
            assert (await fetcher.get(url)).stale is stale


async def test_a_corrupt_cache_is_not_noticed(source: Source, url: str, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 1000)
    source.answers(lambda: data(ETag='"1"'))
    async with HttpFetcher(clock, sources=Sources(hugging_face=source.base), cache=tmp_path) as fetcher:
        assert [(await fetcher.get(url)).body for _ in range(2)] == [b"[]"] * 2
    assert source.requests[1].headers["If-None-Match"] == '"1"'


async def test_a_cache_that_breaks_while_it_is_used_is_not_noticed(
    fetcher: HttpFetcher, source: Source, url: str, tmp_path: Path
) -> None:
    source.answers(lambda: data("[1]", Cache_Control="max-age=600"))
    await fetcher.get(url)
    for path in (tmp_path / "cache").glob(FILE + "*"):
        path.write_bytes(b"\xff" * 100_000)
    assert (await fetcher.get(url)).body == b"[1]"


async def test_without_a_writable_folder_there_is_no_cache(
    source: Source, url: str, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    source.answers(data)
    async with HttpFetcher(clock, sources=Sources(hugging_face=source.base), cache=tmp_path / "file") as fetcher:
        assert (await fetcher.get(url)).body == b"[]"


async def test_arxiv_is_asked_every_three_seconds_and_hugging_face_at_once(
    fetcher: HttpFetcher, source: Source, url: str, clock: FakeClock
) -> None:
    source.answers(data)
    start = clock.now()
    await asyncio.gather(*(fetcher.get(url, params={"p": str(page)}) for page in range(5)))
    assert clock.now() == start
    await asyncio.gather(*(fetcher.get(f"{source.base}/html/2607.{number:05}") for number in range(3)))
    assert clock.now() - start == timedelta(seconds=6)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/api",
        "http://arxiv.org/abs/2607.00001",
        "https://arxiv.org.example.org/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
async def test_other_hosts_are_not_asked(fetcher: HttpFetcher, address: str) -> None:
    with pytest.raises(SourceUnavailable, match="not its own"):
        await fetcher.get(address)


async def test_a_redirect_leads_to_allowed_hosts_alone(fetcher: HttpFetcher, source: Source, url: str) -> None:
    def moved(target: str) -> Callable[[], web.Response]:
        return lambda: web.Response(status=302, headers={"Location": target})

    source.answers(moved("/api/elsewhere"), lambda: data("[2]"), moved("http://169.254.169.254/latest"))
    fetched = await fetcher.get(url)
    assert (fetched.body, fetched.url) == (b"[2]", f"{source.base}/api/elsewhere")
    with pytest.raises(SourceUnavailable, match="not its own"):
        await fetcher.get(url, params={"p": "1"})


async def test_a_lasting_redirect_is_kept_apart_from_where_it_leads(
    fetcher: HttpFetcher, source: Source, url: str
) -> None:
    moved = web.Response(status=301, headers={"Location": "/api/elsewhere", "Cache-Control": "max-age=600"})
    source.answers(lambda: moved, lambda: data("[2]", ETag='"2"'), lambda: data("[3]", ETag='"3"'))
    assert [(await fetcher.get(url)).body for _ in range(2)] == [b"[2]", b"[3]"]
    assert [request.path for request in source.requests] == ["/api/daily_papers", "/api/elsewhere", "/api/elsewhere"]


async def test_a_redirect_in_circles_ends(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.answers(lambda: web.Response(status=302, headers={"Location": url}))
    with pytest.raises(SourceUnavailable, match="does not lead us"):
        await fetcher.get(url)


async def test_nobody_listening_is_a_plain_sentence(clock: FakeClock) -> None:
    async with HttpFetcher(clock, sources=Sources(hugging_face="http://127.0.0.1:9")) as fetcher:
        with pytest.raises(SourceUnavailable, match="Hugging Face does not answer"):
            await fetcher.get("http://127.0.0.1:9/api/daily_papers")


async def test_closing_gives_up_what_is_in_flight(fetcher: HttpFetcher, source: Source, url: str) -> None:
    source.behave = hang
    waiting = asyncio.create_task(fetcher.get(url))
    await asyncio.sleep(0)
    await fetcher.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
