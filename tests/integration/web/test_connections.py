"""What the listener takes from strangers: half-sent, garbled and endless requests over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from urllib.parse import urlsplit

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.web import app as web_app
from adapters.web.connections import Connections
from bot.presence import HttpRequest, HttpResponse, Presence
from tests.servers.web import web_server

HALF = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5_000 + b"\r\n",
    b"GET /livez HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
    b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


@asynccontextmanager
async def connected(url: str, sent: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection that has sent some bytes."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(sent)
    await writer.drain()
    try:
        yield reader
    finally:
        writer.transport.abort()


async def is_live(url: str) -> bool:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/livez") as answer:
        return answer.status == 200


async def hears() -> bool:
    return True


async def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=200, body=str(len(request.body)))


async def closed(reader: asyncio.StreamReader) -> bytes:
    """All that still comes until the other side closes."""
    try:
        return await asyncio.wait_for(reader.read(-1), 10)
    except ConnectionResetError:
        return b""


async def test_half_a_request_is_not_waited_for() -> None:
    connections = Connections(head_seconds=0.05)
    async with web_server(Presence(), connections=connections) as url, connected(url, HALF) as reader:
        assert await closed(reader) == b""


async def test_half_sent_requests_keep_nobody_out() -> None:
    connections = Connections(most=8)
    async with web_server(Presence(), connections=connections) as url, AsyncExitStack() as stack:
        for _ in range(40):
            await stack.enter_async_context(connected(url, HALF))
        assert await is_live(url)
        assert 0 < connections.count <= 8


async def test_a_request_under_way_is_not_closed_for_newcomers() -> None:
    asked, finish = asyncio.Event(), asyncio.Event()

    async def slow(_request: HttpRequest) -> HttpResponse:
        asked.set()
        await finish.wait()
        return HttpResponse(status=200, body="done")

    presence = Presence()
    with presence.of("slow", hears, slow):
        connections = Connections(most=4, head_seconds=0.2)
        request = b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        async with web_server(presence, connections=connections) as url, connected(url, request) as reader:
            await asked.wait()
            async with AsyncExitStack() as stack:
                for _ in range(10):
                    await stack.enter_async_context(connected(url, HALF))
                assert await is_live(url)
            finish.set()
            assert (await closed(reader)).endswith(b"done")


async def test_bodies_that_do_not_come_keep_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
    connections, presence = Connections(most=4), Presence()
    with presence.of("slack", hears, echo):
        async with web_server(presence, connections=connections) as url, AsyncExitStack() as stack:
            readers = [await stack.enter_async_context(connected(url, head)) for _ in range(10)]
            assert await is_live(url)
            assert await closed(readers[0]) == b"", "the oldest one makes room"
            assert 0 < connections.count <= 4
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_newcomer_without_a_place_is_refused_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    asked, finish = asyncio.Semaphore(0), asyncio.Event()

    async def slow(_request: HttpRequest) -> HttpResponse:
        asked.release()
        await finish.wait()
        return HttpResponse(status=200, body="done")

    presence, connections = Presence(), Connections(most=2)
    request = b"POST /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfull"
    with presence.of("slow", hears, slow):
        async with web_server(presence, connections=connections) as url, AsyncExitStack() as stack:
            readers = [await stack.enter_async_context(connected(url, request)) for _ in range(2)]
            for _ in readers:
                await asked.acquire()
            for _ in range(5):
                assert await closed(await stack.enter_async_context(connected(url, request))) == b""
            assert connections.count == 2
            finish.set()
            assert [(await closed(reader))[-4:] for reader in readers] == [b"done", b"done"]
            assert await is_live(url)
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("charset", ["utf-8", "punycode", "undefined", "idna", "utf-16", "hex", "no-such", ""])
@pytest.mark.parametrize(
    ("body", "status"), [(b"\xef\xbb\xbftext=\xc3\xa9", 200), (b"a" * 240_000, 200), (b"\xff", 400)]
)
async def test_bodies_are_utf_8_whatever_their_head_says(
    charset: str, body: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    presence, heard = Presence(), []

    async def hear(request: HttpRequest) -> HttpResponse:
        heard.append(request.body.encode())
        return HttpResponse(status=200)

    headers = {"Content-Type": f"text/plain; charset={charset}"}
    with presence.of("slack", hears, hear), capture_logs() as logged:
        async with (
            web_server(presence) as url,
            aiohttp.ClientSession() as session,
            session.post(f"{url}/slack/x", data=body, headers=headers) as answer,
        ):
            assert answer.status == status
    assert heard == ([body] if status == 200 else []), "the signature is of the very bytes"
    assert sum(entry["event"] == "body_refused" for entry in logged) == (status == 400)
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize(("asked", "status"), [("POST /slack/x", b"400"), ("GET /livez", b"200"), ("GET /no", b"404")])
async def test_a_body_that_is_not_packed_as_its_head_says_leaves_no_traceback(
    encoding: str, asked: str, status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    presence = Presence()
    head = f"{asked} HTTP/1.1\r\nHost: x\r\nContent-Encoding: {encoding}\r\nContent-Length: 8\r\n\r\nnot that"
    with presence.of("slack", hears, echo):
        async with web_server(presence) as url, connected(url, head.encode()) as reader:
            assert (await closed(reader)).split()[1] == status
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_body_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_app, "BODY_SECONDS", 0.05)
    presence = Presence()

    async def never(_request: HttpRequest) -> HttpResponse:
        raise AssertionError("half a body was passed on")

    with presence.of("slack", hears, never):
        async with web_server(presence) as url:
            head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhalf"
            async with connected(url, head) as reader:
                assert (await reader.readline()).split()[1] == b"408"


async def test_a_body_beyond_the_cap_is_refused() -> None:
    presence = Presence()

    with presence.of("slack", hears, echo):
        async with web_server(presence) as url, aiohttp.ClientSession() as session:
            async with session.post(f"{url}/slack/x", data=BytesIO(b"x" * (web_app.BODY_BYTES - 1))) as answer:
                assert answer.status == 200
            async with session.post(f"{url}/slack/x", data=BytesIO(b"x" * (web_app.BODY_BYTES + 1))) as answer:
                assert answer.status == 413


@pytest.mark.parametrize("sent", GARBAGE, ids=range(len(GARBAGE)))
async def test_what_is_no_http_gets_an_error_of_its_own_and_one_short_line(sent: bytes) -> None:
    with capture_logs() as logged:
        async with web_server(Presence()) as url:
            async with connected(url, sent) as reader:
                status = (await reader.readline()).split()
            assert await is_live(url)
    assert status[1] in (b"400", b"431")
    (line,) = (entry for entry in logged if entry["event"] == "request_refused")
    assert "exc_info" not in line
    assert len(str(line)) < 200


@pytest.mark.parametrize(
    "sent", [b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /no HTTP/1.1\r\nHost: x\r\n\r\n", b"?\r\n\r\n"]
)
async def test_the_server_does_not_say_what_it_is_made_of(sent: bytes) -> None:
    async with web_server(Presence()) as url, connected(url, sent) as reader:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert b"server:" not in head.lower()
    assert b"aiohttp" not in head.lower()
