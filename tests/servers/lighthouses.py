"""A small Hugging Face that knows one list day: the newest that is complete."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import SystemClock
from bot.papers import calendar


@asynccontextmanager
async def one_day(papers: int) -> AsyncIterator[str]:
    """Serve a list of so many papers; gives the server's address."""

    async def answer(request: web.Request) -> web.Response:
        newest = calendar.previous_weekday(calendar.list_day(SystemClock().now()))
        if "daily_papers" not in request.path or newest.isoformat() not in request.query_string:
            return web.json_response([])
        return web.json_response([_entry(number) for number in range(1, papers + 1)])

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def _entry(number: int) -> dict[str, object]:
    summary = f"We build lighthouse {number}. It shines farther than ever."
    paper = {"id": f"2607.{number:05}", "title": f"Lighthouse {number}", "summary": summary, "upvotes": 9 - number}
    return {"paper": paper}
