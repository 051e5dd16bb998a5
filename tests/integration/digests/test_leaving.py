"""A request of a claim is checked in the step in which its bytes leave: nothing can come between the two."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import aiohttp
import pytest

from adapters.leaving import leaving_trace
from bot.digests.claims import leaving
from bot.errors import Ambiguous, Transient

MUCH = 1_000_000  # bytes; more than a socket takes at once
TOO_LATE = "Too late."


@pytest.fixture
def platform() -> Iterator[socket.socket]:
    """A server that accepts, and reads only when it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    patient = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=patient, trace_configs=[leaving_trace()]) as session:
        yield session


def address(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/"


def received(server: socket.socket) -> bytes:
    """What has come by now."""
    connection, _ = server.accept()
    with connection:
        connection.setblocking(False)
        try:
            return connection.recv(MUCH)
        except BlockingIOError:
            return b""


def after_this_step(do: Callable[[], object]) -> Callable[[], None]:
    """For a claim: it lets its request leave, and `do` is done before anything else of the loop."""

    def leave() -> None:
        asyncio.get_running_loop().call_soon(do)

    return leave


async def test_when_a_claim_has_let_a_request_leave_its_bytes_have_left(
    platform: socket.socket, session: aiohttp.ClientSession
) -> None:
    seen: list[bytes] = []
    with pytest.raises(aiohttp.ClientError), leaving(after_this_step(lambda: seen.append(received(platform)))):
        await session.post(address(platform), json={"text": "Two papers."})
    assert seen[0].endswith(b'{"text": "Two papers."}')


async def test_request_that_was_held_up_between_its_pieces_is_never_whole(
    platform: socket.socket, session: aiohttp.ClientSession
) -> None:
    asked: list[None] = []

    def let_one_piece_leave() -> None:
        asked.append(None)
        if len(asked) > 1:
            raise Transient(TOO_LATE)

    form = aiohttp.FormData({"payload_json": "{}"})
    form.add_field("files[0]", b"picture", filename="week.png")
    with pytest.raises(Transient, match=TOO_LATE), leaving(let_one_piece_leave):
        await session.post(address(platform), data=form)
    assert b"--\r\n\r\n" not in received(platform)


async def test_what_held_a_request_back_is_told_whatever_the_library_makes_of_it(
    platform: socket.socket, session: aiohttp.ClientSession
) -> None:
    def too_late() -> None:
        raise Transient(TOO_LATE)

    with pytest.raises(Transient, match=TOO_LATE) as raised, leaving(too_late):
        await session.post(address(platform), json={})
    assert not isinstance(raised.value, Ambiguous)
    assert received(platform) == b""
