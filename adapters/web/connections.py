"""Open connections of the listener: how many there may be, and how long each may take to send a request.

aiohttp waits for a request without limit, so a few hundred half-sent ones would use up the process's file descriptors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

MOST = 256  # open at once; a process usually has 1,024 file descriptors
HEAD_SECONDS = 10.0  # from connecting until the request's head has come
IDLE_SECONDS = 75.0  # from an answer until the next head has come; longer than proxies keep a connection by default


class Connections:
    """The open connections of one listener.

    A connection that sends no whole head in time is closed.  When all places are taken, the oldest one that has not
    sent a whole request makes room, so that neither idle connections nor endless bodies keep anybody out.
    """

    def __init__(self, *, most: int = MOST, head_seconds: float = HEAD_SECONDS) -> None:
        self._most = most
        self._head_seconds = head_seconds
        self._open: dict[asyncio.BaseTransport, _Guarded] = {}  # in the order of connecting

    def guard(self, inner: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """Wrap a protocol factory, for `loop.create_server`."""
        return lambda: _Guarded(inner(), self, self._head_seconds)

    @property
    def count(self) -> int:
        """The number of open connections."""
        return len(self._open)

    def begin_request(self, transport: asyncio.BaseTransport | None) -> None:
        """A request's head has come; whoever reads its body limits the time for that."""
        if transport in self._open:
            self._open[transport].stop_waiting()

    def begin_answer(self, transport: asyncio.BaseTransport | None) -> None:
        """The whole request has come; the connection keeps its place until `end_request`."""
        if transport in self._open:
            self._open[transport].is_answered = True

    def end_request(self, transport: asyncio.BaseTransport | None) -> None:
        """The answer is made; the next request is awaited."""
        if transport in self._open:
            self._open[transport].wait_for_head(IDLE_SECONDS)

    def add(self, transport: asyncio.BaseTransport, connection: _Guarded) -> bool:
        """Count a new connection, which may cost another one its place; False if there is none for it."""
        if len(self._open) >= self._most:
            unsent = next((one for one in self._open.values() if not one.is_answered), None)
            if unsent is None:
                return False
            unsent.drop()
        self._open[transport] = connection
        return True

    def remove(self, transport: asyncio.BaseTransport) -> None:
        """Count it no more."""
        self._open.pop(transport, None)


class _Guarded(asyncio.Protocol):
    """One connection: everything goes on to the inner protocol, under a time limit while a head is awaited."""

    def __init__(self, inner: asyncio.Protocol, connections: Connections, head_seconds: float) -> None:
        self._inner = inner
        self._connections = connections
        self._head_seconds = head_seconds
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_refused = False
        self.is_answered = False  # whether a whole request has come that has no answer yet

    def wait_for_head(self, seconds: float) -> None:
        """Give the next head its time."""
        self.stop_waiting()
        self.is_answered = False
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.drop)

    def stop_waiting(self) -> None:
        """The head has come."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def drop(self) -> None:
        """Close the connection at once; its place is free from now on."""
        if self._transport is not None:
            self._connections.remove(self._transport)
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it and await the first head; the inner protocol never hears of a connection that is refused."""
        self._transport = cast(asyncio.Transport, transport)  # a stream's, as the inner protocol expects too
        if not self._connections.add(transport, self):
            self._is_refused = True
            self._transport.abort()
            return
        self._inner.connection_made(transport)
        self.wait_for_head(self._head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        self.stop_waiting()
        if self._transport is not None:
            self._connections.remove(self._transport)
        if not self._is_refused:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Pass it on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._inner.resume_writing()
