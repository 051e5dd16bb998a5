"""A small Hugging Face on loopback: the same number of papers each day, other ones every day, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@asynccontextmanager
async def daily_lists(papers: int, *, delay: float = 0.0) -> AsyncIterator[str]:
    """Its address, for the length of a test; it answers after so many seconds."""

    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(delay)
        asked = request.query.get("date", "")
        if "daily_papers" not in request.path or not asked:
            return web.json_response([])
        return web.json_response([_entry(date.fromisoformat(asked), number) for number in range(1, papers + 1)])

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def titles(day: date, papers: int) -> list[str]:
    """The titles of a day's papers, most upvoted first."""
    return [f"Lighthouse {number} of {day.isoformat()}" for number in range(1, papers + 1)]


def _entry(day: date, number: int) -> dict[str, Any]:
    title = titles(day, number)[-1]
    summary = f"We build lighthouse {number}. It shines farther than ever."
    identity = f"{day:%y%m}.{day.day:02}{number:03}"
    return {"paper": {"id": identity, "title": title, "summary": summary, "upvotes": 99 - number}}
