"""A network made of a mapping or a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bot.errors import SourceUnavailable, Transient
from bot.ports import Clock, Fetched


@dataclass(frozen=True, slots=True)
class FakeAnswer:
    """What stands at an address."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False

    @classmethod
    def of(cls, value: object) -> FakeAnswer:
        """Plain JSON values as a JSON answer."""
        return cls(json.dumps(value).encode())


Answerer = Callable[[str], FakeAnswer | Transient | None]


class FakeFetcher:
    """Implements `bot.ports.Fetcher`.

    Args:
        answers: by address with its sorted query (`https://h/a?x=1`), or a function of it.  None means 404; an error
            is raised.  Also a mapping may hold an address without query, which answers for every query.
        clock: stamps the answers.
    """

    def __init__(self, answers: Mapping[str, FakeAnswer | Transient] | Answerer, clock: Clock) -> None:
        self.answers = answers
        self.requests: list[str] = []  # every address asked for, in order
        self._clock = clock

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 30_000_000) -> Fetched:
        """See `bot.ports.Fetcher.get`."""
        address = f"{url}?{urlencode(sorted(params.items()))}" if params else url
        self.requests.append(address)
        answer = self._find(address)
        if isinstance(answer, Transient):
            raise answer
        if answer.status >= 400 and answer.status != 404:
            raise SourceUnavailable(f"The source answers with an error ({answer.status}).")
        if len(answer.body) > max_bytes:
            raise SourceUnavailable("The answer is larger than what is read.")
        return Fetched(
            url=address,
            status=answer.status,
            body=answer.body,
            content_type=answer.content_type,
            fetched_at=self._clock.now(),
            stale=answer.stale,
            headers=dict(answer.headers),
        )

    def _find(self, address: str) -> FakeAnswer | Transient:
        if callable(self.answers):
            found = self.answers(address)
        else:
            found = self.answers.get(address) or self.answers.get(address.partition("?")[0])
        return FakeAnswer(b"not found", 404, "text/plain") if found is None else found
