"""The network, as far as papers need it.  httpx and hishel stand behind this module alone.

A request passes, from the outside in:

1. `HttpFetcher.get`: the same request in flight is shared; when everything below fails, an older answer is served.
2. tenacity: the only retry layer.  A server that hangs is not asked twice, as people are waiting.
3. hishel: RFC 9111 caching on disk, by ETag and freshness.
4. `_Wire`: allowed hosts, tokens, arXiv's line, time limits, the size cap, and what counts as a failure.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import httpx
import structlog
from hishel import AsyncSqliteStorage
from hishel.httpx import AsyncCacheTransport
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from bot.errors import RateLimited, SourceUnavailable, Transient
from bot.papers.http_cache import open_cache
from bot.papers.patience import ATTEMPTS, LONGEST_WAIT, Line, advised_wait, exhausted_for, wait_before_retry
from bot.ports import Clock, Fetched

log = structlog.get_logger(__name__)

HUGGING_FACE = "https://huggingface.co"
ARXIV = "https://arxiv.org"
ARXIV_INTERVAL = 3.0  # seconds between two requests: https://info.arxiv.org/help/api/tou.html
MAX_REDIRECTS = 5

_PUBLIC_HOSTS = ("huggingface.co", "hf.co", "arxiv.org", "ar5iv.org")
_ARXIV_PATHS = ("/api/query", "/abs/", "/html/", "/pdf/", "/e-print/")
_FETCHED_AT = "x-paperwire-fetched-at"  # our own note in each cached answer
_HANGING = (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError)
_RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, for a whole answer."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where papers come from.  `hugging_face_token` is sent to Hugging Face's address and nowhere else."""

    hugging_face: str = HUGGING_FACE
    arxiv: str = ARXIV
    hugging_face_token: str | None = field(default=None, repr=False)

    def allows(self, url: httpx.URL) -> bool:
        """Whether anything may be fetched from there: the sources as configured, and their public hosts by https."""
        public = url.scheme == "https" and any(
            url.host == host or url.host.endswith(f".{host}") for host in _PUBLIC_HOSTS
        )
        return public or _origin(url) in {_origin(httpx.URL(self.hugging_face)), _origin(httpx.URL(self.arxiv))}

    def is_arxiv(self, url: httpx.URL) -> bool:
        """Whether arXiv answers there.  One address may serve both sources, so the path counts too."""
        if url.host == "arxiv.org" or url.host.endswith(".arxiv.org"):
            return True
        base = httpx.URL(self.arxiv)
        path = url.path.removeprefix(base.path.rstrip("/"))
        return _origin(url) == _origin(base) and path.startswith(_ARXIV_PATHS)

    def name(self, url: httpx.URL) -> str:
        """The source's name for people."""
        return "arXiv" if self.is_arxiv(url) else "Hugging Face"

    def token_for(self, url: httpx.URL) -> str | None:
        """The token to be shown there."""
        is_hugging_face = _origin(url) == _origin(httpx.URL(self.hugging_face)) and not self.is_arxiv(url)
        return self.hugging_face_token if is_hugging_face else None


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
        self._wire = _Wire(clock, sources or Sources(), timeouts or Timeouts(), Line(clock, arxiv_interval))
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
            retry=retry_if_exception(_is_worth_a_retry),
            wait=wait_before_retry,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            response: httpx.Response = await tries(client.get, address, extensions={"max_bytes": max_bytes})
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # such as redirects in circles
            raise _Refused(f"{self._wire.name(address)} does not lead us to an answer.") from error
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
            newest = max(kept, key=lambda response: response.headers.get(_FETCHED_AT) or "")
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
                self._client = httpx.AsyncClient(
                    transport=_Cached(self._wire, self._storage) if self._storage else self._wire,
                    headers={"User-Agent": f"Paperwire/{version('paperwire')} (paper discovery chat bot)"},
                    timeout=self._wire.timeouts.read,
                    follow_redirects=True,
                    max_redirects=MAX_REDIRECTS,
                    trust_env=False,
                )
        return self._client


class _Cached(httpx.AsyncBaseTransport):
    """hishel before the wire; an answer goes out without it once its file fails."""

    def __init__(self, wire: _Wire, storage: AsyncSqliteStorage) -> None:
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


class _Wire(httpx.AsyncBaseTransport):
    """One request, one whole answer or one error of ours.  Statuses: below 400, or 404."""

    def __init__(self, clock: Clock, sources: Sources, timeouts: Timeouts, line: Line) -> None:
        self._clock = clock
        self._sources = sources
        self.timeouts = timeouts
        self._line = line
        self._closed_until: dict[str, datetime] = {}  # by host, as it asked for
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, limits=httpx.Limits(max_connections=20))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._sources.allows(request.url):
            raise SourceUnavailable("The source of papers sends us to an address that is not its own.")
        async with self._turn(request.url):
            self._refuse_while_closed(request.url)
            try:
                async with asyncio.timeout(self.timeouts.total):
                    return await self._exchange(request)
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
                raise self._unreachable(request.url, error) from error

    async def aclose(self) -> None:
        await self._inner.aclose()

    def name(self, url: httpx.URL) -> str:
        """The source's name for people."""
        return self._sources.name(url)

    def _turn(self, url: httpx.URL) -> AbstractAsyncContextManager[None]:
        return self._line.turn() if self._sources.is_arxiv(url) else nullcontext()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(self._prepared(request))
        try:
            self._judge(response, request.url)
            body = await self._read(response, request)
        finally:
            await response.aclose()
        headers = httpx.Headers(response.headers)
        for name in ("content-encoding", "content-length", "transfer-encoding", "set-cookie"):
            headers.pop(name, None)
        headers[_FETCHED_AT] = self._clock.now().isoformat()
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)

    def _prepared(self, request: httpx.Request) -> httpx.Request:
        """The request as it is sent: with its token, which the cache must not see, and its time limits."""
        headers = httpx.Headers(request.headers)
        if token := self._sources.token_for(request.url):
            headers["Authorization"] = f"Bearer {token}"
        limits = httpx.Timeout(self.timeouts.read, connect=self.timeouts.connect)
        return httpx.Request(request.method, request.url, headers=headers, extensions={"timeout": limits.as_dict()})

    async def _read(self, response: httpx.Response, request: httpx.Request) -> bytes:
        max_bytes = request.extensions.get("max_bytes", 30_000_000)
        pieces, size = [], 0
        async for piece in response.aiter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > max_bytes:
                name = self._sources.name(request.url)
                raise SourceUnavailable(f"{name}'s answer is larger than the {max_bytes / 1e6:.0f} MB that are read.")
        return b"".join(pieces)

    def _judge(self, response: httpx.Response, url: httpx.URL) -> None:
        """Raise for an answer that is none; remember when a source asks for a pause."""
        name, status = self._sources.name(url), response.status_code
        wait = advised_wait(response.headers, self._clock.now())
        pause = exhausted_for(response.headers) or (wait if status in {429, 503} else None)
        if pause is not None and pause > LONGEST_WAIT:
            self._closed_until[url.host] = self._clock.now() + timedelta(seconds=pause)
        if status == 429:
            raise _rate_limited(name, wait)
        if status in {401, 403}:
            hint = " Please check HF_TOKEN." if self._sources.token_for(url) else ""
            raise _Refused(f"{name} refuses to answer ({status}).{hint}")
        if status >= 400 and status != 404:
            kind = SourceUnavailable if status in _RETRIED_STATUSES else _Refused
            raise kind(f"{name} answers with an error ({status}). Please try again in a few minutes.", retry_after=wait)
        if _is_page_instead_of_data(response, url):
            raise _Refused(f"{name} answers with a web page instead of data. Please try again in a few minutes.")

    def _refuse_while_closed(self, url: httpx.URL) -> None:
        until = self._closed_until.get(url.host)
        left = (until - self._clock.now()).total_seconds() if until else 0.0
        if left > 0:
            raise _rate_limited(self._sources.name(url), left)

    def _unreachable(self, url: httpx.URL, error: Exception) -> SourceUnavailable:
        name = self._sources.name(url)
        if isinstance(error, _HANGING):
            return _Refused(f"{name} takes too long to answer. Please try again in a few minutes.")
        if isinstance(error, httpx.DecodingError):
            return _Refused(f"{name}'s answer cannot be unpacked. Please try again in a few minutes.")
        return SourceUnavailable(f"{name} does not answer. Please try again in a few minutes.")


class _Refused(SourceUnavailable):
    """A failure that the next second will not mend."""


def _is_worth_a_retry(error: BaseException) -> bool:
    is_short = isinstance(error, Transient) and (error.retry_after or 0.0) <= LONGEST_WAIT
    return is_short and not isinstance(error, _Refused)


def _rate_limited(name: str, wait: float | None) -> RateLimited:
    when = f"in {_duration(wait)}" if wait else "in a moment"
    return RateLimited(f"{name} asks for patience. Please try again {when}.", retry_after=wait)


def _duration(seconds: float) -> str:
    count, unit = (round(seconds), "second") if seconds < 90 else (round(seconds / 60), "minute")
    return f"{max(1, count)} {unit}{'' if count <= 1 else 's'}"


def _is_page_instead_of_data(response: httpx.Response, url: httpx.URL) -> bool:
    """An API that answers with HTML shows a captcha or an outage, whatever its status says."""
    return (
        response.status_code == 200 and "/api/" in url.path and "text/html" in response.headers.get("content-type", "")
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _fetched(
    status: int, headers: httpx.Headers, body: bytes, url: str, now: datetime, *, stale: bool = False
) -> Fetched:
    noted = headers.get(_FETCHED_AT)
    return Fetched(
        url=url,
        status=status,
        body=body,
        content_type=headers.get("content-type", ""),
        fetched_at=datetime.fromisoformat(noted) if noted else now,
        stale=stale,
        headers={name: value for name, value in headers.items() if name != _FETCHED_AT},
    )
