"""What the parts of a running process show of themselves to whoever serves HTTP, in words that name no library.

A platform says whether it hears, and may have addresses of its own that are answered at the one place that listens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request as it came: `path` and `query` apart, the body as text."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What is answered; a header may stand several times."""

    status: int
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: str = ""


HttpHandler = Callable[[HttpRequest], Awaitable[HttpResponse]]
Probe = Callable[[], Awaitable[bool]]


class Presence:
    """The platforms that run in this process: whether each hears, and what it answers below `/<name>/`."""

    def __init__(self) -> None:
        self._probes: dict[str, Probe] = {}
        self._handlers: dict[str, HttpHandler] = {}

    @contextmanager
    def of(self, name: str, hears: Probe, http: HttpHandler | None = None) -> Iterator[None]:
        """Show a platform for as long as the context lasts."""
        self._probes[name] = hears
        if http is not None:
            self._handlers[name] = http
        try:
            yield
        finally:
            self._probes.pop(name, None)
            self._handlers.pop(name, None)

    async def hears(self, name: str) -> bool:
        """Whether that platform would hear somebody now."""
        probe = self._probes.get(name)
        return probe is not None and await probe()

    def handler(self, path: str) -> HttpHandler | None:
        """Whoever answers at this path."""
        return self._handlers.get(path.removeprefix("/").partition("/")[0])
