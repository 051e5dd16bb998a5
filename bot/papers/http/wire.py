"""The wire: one request to an allowed host, one whole answer or one error of ours."""

from __future__ import annotations

import asyncio
import math
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

import httpx

from bot.errors import RateLimited, SourceUnavailable
from bot.papers.http.body import ACCEPTED, read_capped
from bot.papers.http.guard import GuardedNetwork, GuardedTransport
from bot.papers.http.patience import LONGEST_WAIT, Line, Refused, advised_wait, exhausted_for
from bot.papers.http.sources import Sources
from bot.ports import Clock

FETCHED_AT = "x-paperwire-fetched-at"  # our own note in each answer, so that the cache knows its age

_DEFAULT_MAX_BYTES = 30_000_000
_RETRIED_STATUSES = frozenset({408, 425, 500, 502, 503, 504})
_AGAIN = "Please try again in a few minutes."
_CHECK = "Check HF_ENDPOINT and PAPERWIRE_ARXIV_URL where they are set."


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, for a whole answer."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 60.0


class Wire(httpx.AsyncBaseTransport):
    """Allowed hosts, tokens, arXiv's line, time limits, the size cap.

    Answers have a status below 400, or 404.  Everything else is raised as `SourceUnavailable` or `RateLimited`.
    """

    def __init__(self, clock: Clock, sources: Sources, timeouts: Timeouts, line: Line) -> None:
        self._clock = clock
        self._sources = sources
        self._timeouts = timeouts
        self._line = line
        self._closed_until: dict[str, float] = {}  # by the source that asked for it
        self._inner = GuardedTransport(GuardedNetwork(sources.private))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._sources.allows(str(request.url)):
            raise Refused(f"The source of papers sends us to an address that is not its own. {_CHECK}")
        async with self._turn(request.url):
            self._refuse_while_closed(request.url)
            try:
                async with asyncio.timeout(self._timeouts.total):
                    return await self._exchange(request)
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
                raise self._unreachable(request.url, error) from error

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _turn(self, url: httpx.URL) -> AbstractAsyncContextManager[None]:
        return self._line.turn() if self._sources.is_arxiv(str(url)) else nullcontext()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(self._prepared(request))
        try:
            self._judge(response, request.url)
            max_bytes = request.extensions.get("max_bytes", _DEFAULT_MAX_BYTES)
            body = await read_capped(response, max_bytes, self._sources.name(str(request.url)))
        finally:
            await response.aclose()
        headers = httpx.Headers(response.headers)
        for name in ("content-encoding", "content-length", "transfer-encoding", "set-cookie"):
            headers.pop(name, None)
        headers[FETCHED_AT] = self._clock.now().isoformat()
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)

    def _prepared(self, request: httpx.Request) -> httpx.Request:
        """The request as it is sent: with its token, which the cache must not see, and its time limits."""
        headers = httpx.Headers(request.headers)
        headers["Accept-Encoding"] = ACCEPTED
        if token := self._sources.token_for(str(request.url)):
            headers["Authorization"] = f"Bearer {token}"
        limits = httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect)
        return httpx.Request(request.method, request.url, headers=headers, extensions={"timeout": limits.as_dict()})

    def _judge(self, response: httpx.Response, url: httpx.URL) -> None:
        """Raise for an answer that is none."""
        name, status = self._sources.name(str(url)), response.status_code
        wait = self._heed(name, response)
        if status == 429:
            raise _rate_limited(name, wait)
        if status in {401, 403}:
            step = "Please check HF_TOKEN." if self._sources.token_for(str(url)) else f"{_AGAIN} {_CHECK}"
            raise Refused(f"{name} refuses to answer ({status}). {step}")
        if status >= 400 and status != 404:
            kind = SourceUnavailable if status in _RETRIED_STATUSES else Refused
            raise kind(f"{name} answers with an error ({status}). {_AGAIN}", retry_after=wait)
        if _is_page_instead_of_data(response, url):
            raise Refused(f"{name} answers with a web page instead of data. {_AGAIN}")

    def _heed(self, name: str, response: httpx.Response) -> float | None:
        """The seconds that a failing answer asks us to wait; remembers a long pause that any answer asks for."""
        failed = response.status_code >= 400 and response.status_code != 404
        wait = advised_wait(response.headers, self._clock.now()) if failed else None
        wait = exhausted_for(response.headers) if wait is None else wait
        if wait is not None and wait > LONGEST_WAIT:
            self._closed_until[name] = self._clock.monotonic() + wait
        return wait

    def _refuse_while_closed(self, url: httpx.URL) -> None:
        name = self._sources.name(str(url))
        if (left := self._closed_until.get(name, -math.inf) - self._clock.monotonic()) > 0:
            raise _rate_limited(name, left)

    def _unreachable(self, url: httpx.URL, error: Exception) -> SourceUnavailable:
        name = self._sources.name(str(url))
        if isinstance(error, httpx.TimeoutException | TimeoutError):
            return Refused(f"{name} takes too long to answer. {_AGAIN}")
        if isinstance(error, httpx.DecodingError):
            return Refused(f"{name}'s answer cannot be unpacked. {_AGAIN}")
        return SourceUnavailable(f"{name} does not answer. {_AGAIN}")


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
