"""The fetcher: what is in flight is shared, what fails is tried again, and an older answer is better than none."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import httpx
import structlog
from hishel import AsyncSqliteStorage
from hishel.httpx import AsyncCacheTransport
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from bot.errors import Transient
from bot.papers.http.cache import open_cache
from bot.papers.http.patience import ATTEMPTS, Line, Refused, is_worth_a_retry, wait_before_retry
from bot.papers.http.sources import Sources
from bot.papers.http.wire import FETCHED_AT, Timeouts, Wire
from bot.ports import Clock, Fetched

log = structlog.get_logger(__name__)

ARXIV_INTERVAL = 3.0  # seconds between two requests: https://info.arxiv.org/help/api/tou.html
MAX_REDIRECTS = 5


class HttpFetcher:
    """Implements `bot.ports.Fetcher`.  Use as an async context manager, or call `aclose`.

    Args:
        clock: tells when an answer came, and is slept on in the line and between tries.
        sources: the addresses to fetch from; everything else is refused.
        cache: folder of the HTTP cache; None, or one that cannot be written to: nothing is kept.
        timeouts: how long to wait for a server.
        arxiv_interval: seconds between two requests to arXiv.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        sources: Sources | None = None,
        cache: Path | None = None,
        timeouts: Timeouts | None = None,
        arxiv_interval: float = ARXIV_INTERVAL,
    ) -> None:
        self._clock = clock
        self._cache_folder = cache
        self._sources = sources or Sources()
        self._timeouts = timeouts or Timeouts()
        self._line = Line(clock, arxiv_interval)
        self._storage: AsyncSqliteStorage | None = None
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._in_flight: dict[tuple[str, int], asyncio.Task[Fetched]] = {}

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 30_000_000) -> Fetched:
        """See `bot.ports.Fetcher.get`."""
        address = httpx.URL(url, params=params) if params else httpx.URL(url)
        key = (str(address), max_bytes)
        task = self._in_flight.get(key)
        if task is None:
            task = self._in_flight[key] = asyncio.create_task(self._answer(address, max_bytes))
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Give up what is in flight, close connections and the cache."""
        for task in list(self._in_flight.values()):
            task.cancel()
        await asyncio.gather(*self._in_flight.values(), return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def __aenter__(self) -> Self:
        """Nothing is opened before it is needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.aclose()

    def _landed(self, key: tuple[str, int], task: asyncio.Task[Fetched]) -> None:
        self._in_flight.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen here, should nobody be waiting any more

    async def _answer(self, address: httpx.URL, max_bytes: int) -> Fetched:
        client = await self._opened()
        try:
            return await self._ask(client, address, max_bytes)
        except Transient as error:
            older = await self._older(address)
            if older is None:
                raise
            log.info("stale_answer_served", action="fetch", host=address.host, reason=type(error).__name__)
            return older

    async def _ask(self, client: httpx.AsyncClient, address: httpx.URL, max_bytes: int) -> Fetched:
        tries = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(is_worth_a_retry),
            wait=wait_before_retry,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            response: httpx.Response = await tries(client.get, address, extensions={"max_bytes": max_bytes})
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # such as redirects in circles
            raise Refused(f"{self._sources.name(str(address))} does not lead us to an answer.") from error
        return _fetched(response.status_code, response.headers, response.content, str(response.url), self._clock.now())

    async def _older(self, address: httpx.URL) -> Fetched | None:
        """The answer that the cache still holds, however old."""
        if self._storage is None:
            return None
        try:
            entries = await self._storage.get_entries(str(address))
            kept = [entry.response for entry in entries if entry.response.status_code == 200]
            if not kept:
                return None
            newest = max(kept, key=lambda response: response.headers.get(FETCHED_AT) or "")
            body = b"".join([piece async for piece in cast("AsyncIterator[bytes]", newest.stream)])
        except (sqlite3.Error, OSError, RuntimeError):
            return None
        headers = httpx.Headers(dict(newest.headers))
        return _fetched(newest.status_code, headers, body, str(address), self._clock.now(), stale=True)

    async def _opened(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                if self._cache_folder is not None:
                    self._storage = await asyncio.to_thread(open_cache, self._cache_folder)
                wire = await asyncio.to_thread(Wire, self._clock, self._sources, self._timeouts, self._line)
                self._client = httpx.AsyncClient(
                    transport=_Cached(wire, self._storage) if self._storage else wire,
                    headers={"User-Agent": f"Paperwire/{version('paperwire')} (paper discovery chat bot)"},
                    follow_redirects=True,
                    max_redirects=MAX_REDIRECTS,
                    trust_env=False,
                )
        return self._client


class _Cached(httpx.AsyncBaseTransport):
    """hishel before the wire; an answer goes out without it once its file fails."""

    def __init__(self, wire: Wire, storage: AsyncSqliteStorage) -> None:
        self._wire = wire
        self._cache = AsyncCacheTransport(wire, storage=storage, rfc={"shared": False})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "caching": {"key": str(request.url)}}
        try:
            response = await self._cache.handle_async_request(request)
            await response.aread()
        except (sqlite3.Error, OSError, RuntimeError) as error:
            log.warning("http_cache_failed", action="fetch", reason=type(error).__name__)
            return await self._wire.handle_async_request(request)
        return response

    async def aclose(self) -> None:
        await self._cache.aclose()


def _fetched(
    status: int, headers: httpx.Headers, body: bytes, url: str, now: datetime, *, stale: bool = False
) -> Fetched:
    noted = headers.get(FETCHED_AT)
    return Fetched(
        url=url,
        status=status,
        body=body,
        content_type=headers.get("content-type", ""),
        fetched_at=datetime.fromisoformat(noted) if noted else now,
        stale=stale,
        headers={name: value for name, value in headers.items() if name != FETCHED_AT},
    )
