"""Time, the network, the model, and somebody who counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.llm.model import Completion, ModelCall, TextDelta, Usage


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC.  People set clocks, so it may jump, forward and back."""

    def monotonic(self) -> float:
        """Seconds since some instant, by a clock that nobody sets: for waits, and for what lasts for a while."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a virtual clock moves instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An HTTP answer with a status below 400, or 404, read to its end within the size cap."""

    url: str  # after redirects
    status: int
    body: bytes
    content_type: str = ""
    fetched_at: datetime
    stale: bool = False  # the source failed; this is an older answer from the cache
    headers: Mapping[str, str] = field(default_factory=dict)


class Fetcher(Protocol):
    """The network.  Retries, caches and waits its turn by itself; requests for the same thing in flight are shared."""

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 30_000_000) -> Fetched:
        """Fetch `url`.

        Raises:
            SourceUnavailable: no usable answer after the retries, and none in the cache.
            RateLimited: the source asks to wait longer than is worth waiting.
        """


class LanguageModel(Protocol):
    """A language model behind any OpenAI-compatible server.  One retry layer is inside; nobody retries outside."""

    @property
    def name(self) -> str:
        """The model's name, as part of cache keys."""

    def most_written(self, call: ModelCall) -> int:
        """How many tokens the answer to `call` may be billed at most, thoughts included, when it is put once."""

    def most_when_repeated(self, call: ModelCall) -> int:
        """The same for a repetition, should thoughts leave no room for the answer; 0 where there would be none."""

    async def complete(self, call: ModelCall) -> Completion:
        """Answer whole.  Raises `ModelUnavailable`, `RateLimited`, `Unauthorized` or a `ModelError` by name."""

    def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """Answer piece by piece; the last item is the whole `Completion`.  Raises as `complete` does."""


class Witness(Protocol):
    """Told what happens, to count it.  It never raises and never waits."""

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        """A request for this command ended; the outcomes are those of `bot.watching.watched`."""

    def fetched(self, host: str, outcome: str) -> None:
        """A source was asked; the outcomes are those of `bot.watching.WatchedFetcher`."""

    def spent(self, usage: Usage) -> None:
        """A model's answer came to an end."""
