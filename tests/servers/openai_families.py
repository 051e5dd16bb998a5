"""Behaviours of families of servers and models: reasoning ones, chat templates, schema dialects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.servers.openai import Asked, Behaviour, fails, sends, streams, writes

THOUGHT = "We must count the kettles first."


def thinks(
    tokens: int, answer: Behaviour, *, into: str = "reasoning", finish: str = "length", mark: str = ""
) -> Behaviour:
    """A model that thinks so many tokens before each answer; they count against the cap.

    The thoughts of a cut answer stand in the field `into` (Ollama, vLLM, LM Studio), or in the content after `mark`.
    """

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        if cap_of(asked) > tokens:
            return await answer(request, asked)
        said: dict[str, Any] = {"content": mark + THOUGHT} if mark else {"content": "", into: THOUGHT}
        usage = {"prompt_tokens": 11, "completion_tokens": cap_of(asked)}
        cut = streams(said, finish=finish) if asked.get("stream") else writes(said, finish=finish, usage=usage)
        return await cut(request, asked)

    return behave


def cap_of(asked: Asked) -> int:
    """The most tokens that the model may write, thoughts included."""
    return int(asked.get("max_tokens") or asked.get("max_completion_tokens") or 1_000_000)


def takes_only(roles: str, otherwise: Behaviour, *, complaint: str, status: int = 400) -> Behaviour:
    """A chat template that takes these turns alone: a pattern of u (user) and a (assistant), repeated."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        given = "".join(message["role"][0] for message in asked["messages"])
        fits = given == (roles * len(given))[: len(given)]
        return await (otherwise if fits else fails(status, complaint))(request, asked)

    return behave


def refuses_rule(rule: str, otherwise: Behaviour, *, complaint: str | None = None) -> Behaviour:
    """A server whose schemas lack a rule, such as `maxItems`."""
    said = (
        complaint or f"Invalid JSON payload received. Unknown name \"{rule}\" at 'response_schema': Cannot find field."
    )

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        holds_it = f'"{rule}"' in json.dumps(asked.get("response_format", {}))
        return await (fails(400, said) if holds_it else otherwise)(request, asked)

    return behave


def has_context(tokens: int, prompt: int, otherwise: Behaviour) -> Behaviour:
    """A server that refuses a cap for which the context, less the prompt's tokens, has no room (vLLM)."""
    said = f"This model's maximum context length is {tokens} tokens. However, you requested more."

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        fits = prompt + cap_of(asked) <= tokens
        return await (otherwise if fits else fails(400, said))(request, asked)

    return behave


def error_inside(error: object) -> Behaviour:
    """An error with status 200, in a stream if one was asked for (OpenRouter)."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        body = json.dumps({"error": error})
        sent = sends(f"data: {body}\n\n", "text/event-stream") if asked.get("stream") else sends(body)
        return await sent(request, asked)

    return behave


def parts(*content: Mapping[str, Any]) -> Behaviour:
    """An answer whose content is a list of parts, whole or each in a chunk of its own (Mistral)."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        if asked.get("stream"):
            return await streams(*({"content": [part]} for part in content))(request, asked)
        return await writes({"content": list(content)})(request, asked)

    return behave
