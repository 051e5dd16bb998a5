"""From an HTTP response to the pieces of an answer, whole or streamed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

import httpx2

from bot.llm import failures
from bot.llm.events import DONE, events
from bot.llm.pieces import ErrorInside, NotAMessage, Piece, read_chunk, read_message


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer that has begun: what came first, and where the rest comes from."""

    first: list[Piece]
    rest: AsyncGenerator[Piece, None] | None = None


async def opened(response: httpx2.Response, *, asked_to_stream: bool) -> Opened:
    """The answer that a response holds; some servers do not stream, or always do, whatever they are asked.

    Raises:
        openai.APIStatusError: the body holds an error, as the status that it should have had.
        ValueError: the body is something else.
        httpx2.HTTPError: the connection broke.
    """
    is_stream = _is_events(response) or (asked_to_stream and "json" not in _kind(response))
    return await (_begin(response) if is_stream else _read(response))


async def _begin(response: httpx2.Response) -> Opened:
    """The beginning of a stream, up to its first piece of the answer; so that an error instead can be retried."""
    pieces = _streamed(response)
    first: list[Piece] = []
    try:
        async for piece in pieces:
            first.append(piece)
            if not piece.is_blank:
                break
    except BaseException:
        await pieces.aclose()
        raise
    if not first and not _is_events(response):
        raise NotAMessage
    return Opened(first, pieces)


async def _read(response: httpx2.Response) -> Opened:
    """A whole answer."""
    try:
        await response.aread()
    finally:
        await response.aclose()
    return Opened([_checked(response, read_message, response.json())])


async def _streamed(response: httpx2.Response) -> AsyncGenerator[Piece, None]:
    try:
        async for data in events(response):
            if data.startswith(DONE):
                yield Piece(last=True)
                return
            yield _checked(response, read_chunk, json.loads(data))
    finally:
        await response.aclose()


def _checked(response: httpx2.Response, read: Callable[[object], Piece], body: object) -> Piece:
    try:
        return read(body)
    except ErrorInside as inside:
        raise failures.error_inside(inside.error, response.request) from None


def _is_events(response: httpx2.Response) -> bool:
    return "event-stream" in _kind(response)


def _kind(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "").lower()
