"""A chat-completions server on loopback that behaves as well or as badly as a test wants.

A test gives it behaviours, one for each request; the last one is repeated.

    async with openai_server(says("Hello.")) as server:
        ... OpenAIModel("m", api_key="k", base_url=server.url, ...)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Asked = Mapping[str, Any]  # the body of a request
Behaviour = Callable[[web.Request, Asked], Awaitable[web.StreamResponse]]

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
HTML = "<!doctype html><title>502</title><h1>Bad gateway</h1>"


@dataclass
class OpenAIServer:
    """What was asked of it, and where it listens."""

    behaviours: tuple[Behaviour, ...]
    url: str = ""  # ends in /v1
    asked: list[Asked] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # the Authorization headers
    shutdown_date: str | None = None  # of every model

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Write down and behave."""
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        behave = self.behaviours[min(len(self.asked), len(self.behaviours)) - 1]
        return await behave(request, body)

    async def describe(self, request: web.Request) -> web.StreamResponse:
        """Tell of a model: `GET /v1/models/{model}`."""
        facts = {"id": request.match_info["model"], "object": "model", "created": 1, "owned_by": "tests"}
        return web.json_response(facts | {"shutdown_date": self.shutdown_date})


@asynccontextmanager
async def openai_server(*behaviours: Behaviour) -> AsyncIterator[OpenAIServer]:
    """A server for the length of a test."""
    served = OpenAIServer(behaviours)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", served.handle)
    app.router.add_get("/v1/models/{model}", served.describe)
    async with TestServer(app, host="127.0.0.1", shutdown_timeout=0) as server:
        served.url = str(server.make_url("/v1"))
        yield served


def says(
    text: str, *, finish: str | None = "stop", refusal: str | None = None, usage: Mapping[str, Any] | None = USAGE
) -> Behaviour:
    """An answer, whole or streamed word by word, as was asked for."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        if asked.get("stream"):
            wants_usage = asked.get("stream_options", {}).get("include_usage")
            return await _stream(request, _chunks(text, finish, refusal, usage if wants_usage else None))
        message = {"role": "assistant", "content": text, "refusal": refusal}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return web.json_response(_envelope("chat.completion") | {"choices": [choice], "usage": usage})

    return behave


def says_json(value: object) -> Behaviour:
    """An answer in JSON."""
    return says(json.dumps(value))


def answers(answer: Callable[[Asked], str]) -> Behaviour:
    """An answer made from the request."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        return await says(answer(asked))(request, asked)

    return behave


def fails(status: int, message: str = "no", *, headers: Mapping[str, str] | None = None, **error: Any) -> Behaviour:
    """An error in the form of OpenAI's; `error` holds its `code`, `param` and `type`."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        return web.json_response({"error": {"message": message, **error}}, status=status, headers=headers)

    return behave


def refuses(parameter: str, otherwise: Behaviour, *, status: int = 400, message: str | None = None) -> Behaviour:
    """A server that does not know a parameter, and behaves otherwise without it."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        if parameter not in asked:
            return await otherwise(request, asked)
        complaint = message or f"Unsupported parameter: '{parameter}' is not supported with this model."
        return await fails(status, complaint, param=parameter, code="unsupported_parameter")(request, asked)

    return behave


def html(status: int = 200) -> Behaviour:
    """A page where JSON should be."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        return web.Response(text=HTML, content_type="text/html", status=status)

    return behave


def sends(body: str, content_type: str = "application/json") -> Behaviour:
    """Any body, as it stands."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        return web.Response(text=body, content_type=content_type)

    return behave


def hangs() -> Behaviour:
    """No answer at all."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    return behave


def waits(gate: asyncio.Event, otherwise: Behaviour) -> Behaviour:
    """A slow server: it behaves otherwise once the gate is open."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        await gate.wait()
        return await otherwise(request, asked)

    return behave


def stalls_after(text: str) -> Behaviour:
    """A stream that falls silent, though its connection stays."""
    return _unfinished(text, lambda response: asyncio.Event().wait())


def breaks_off_after(text: str) -> Behaviour:
    """A stream whose connection is cut."""

    async def cut(response: web.StreamResponse) -> None:
        assert response._req is not None
        assert response._req.transport is not None
        response._req.transport.abort()

    return _unfinished(text, cut)


def ends_after(text: str) -> Behaviour:
    """A stream whose body ends in order, but with no finish reason and no [DONE]: somebody between cut it."""

    async def nothing(response: web.StreamResponse) -> None:
        """Leave the end out."""

    return _unfinished(text, nothing)


def streams(
    *deltas: Mapping[str, Any], finish: str | None = "stop", ends: bool = True, lingers: bool = False
) -> Behaviour:
    """A stream of these deltas; a number of seconds among them, under `wait`, is waited.

    `ends`: by [DONE].  `lingers`: the connection stays open after the last word.
    """

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        response = await _begin(request)
        for delta in deltas:
            if "wait" in delta:
                await asyncio.sleep(delta["wait"])
            else:
                await _send(response, _chunk([{"index": 0, "delta": delta, "finish_reason": None}]))
        if finish:
            await _send(response, _chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
        if lingers:
            await asyncio.Event().wait()
        if ends:
            await response.write(b"data: [DONE]\n\n")
        return response

    return behave


def writes(message: Mapping[str, Any], *, finish: str = "stop", usage: Mapping[str, Any] | None = USAGE) -> Behaviour:
    """A whole answer with this message, whether a stream was asked for or not."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
        return web.json_response(_envelope("chat.completion") | {"choices": [choice], "usage": usage})

    return behave


def _unfinished(text: str, then: Callable[[web.StreamResponse], Awaitable[object]]) -> Behaviour:
    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        return await _stream(request, _chunks(text, None, None, None), then)

    return behave


def _chunks(text: str, finish: str | None, refusal: str | None, usage: Mapping[str, Any] | None) -> list[Any]:
    words = text.replace(" ", " \0").split("\0") if text else []
    deltas: list[Any] = [{"role": "assistant"}, *({"content": word} for word in words)]
    if refusal:
        deltas.append({"refusal": refusal})
    chunks = [_chunk([{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas]
    chunks.append(_chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
    return [*chunks, _chunk([]) | {"usage": usage}] if usage else chunks


def _chunk(choices: list[Any]) -> dict[str, Any]:
    return _envelope("chat.completion.chunk") | {"choices": choices}


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "m"}


async def _stream(
    request: web.Request,
    chunks: list[Any],
    then: Callable[[web.StreamResponse], Awaitable[object]] | None = None,
) -> web.StreamResponse:
    response = await _begin(request)
    for chunk in chunks:
        await _send(response, chunk)
    if then is not None:
        await then(response)
        return response
    await response.write(b"data: [DONE]\n\n")
    return response


async def _begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def _send(response: web.StreamResponse, chunk: object) -> None:
    await response.write(f"data: {json.dumps(chunk)}\n\n".encode())
