"""What every fetcher keeps to: the one on the network and the one of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import SourceUnavailable
from bot.papers.http import HttpFetcher, Sources
from bot.ports import Fetcher
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher


@dataclass
class Subject:
    """A fetcher, and what stands at each path of its world."""

    fetcher: Fetcher
    base: str
    clock: FakeClock
    answers: dict[str, FakeAnswer] = field(default_factory=dict)


@pytest.fixture(params=["fake", "http"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    """Each fetcher in turn."""
    clock, answers = FakeClock(), dict[str, FakeAnswer]()
    if request.param == "fake":
        base = "http://source.test"
        yield Subject(FakeFetcher(lambda address: answers.get(address.removeprefix(base)), clock), base, clock, answers)
        return
    async with TestServer(serving(answers)) as server:
        base = str(server.make_url("")).rstrip("/")
        async with HttpFetcher(clock, sources=Sources(hugging_face=base)) as fetcher:
            yield Subject(fetcher, base, clock, answers)


def serving(answers: Mapping[str, FakeAnswer]) -> web.Application:
    """The same answers on a socket."""

    async def handle(request: web.Request) -> web.Response:
        found = answers.get(request.path_qs) or FakeAnswer(b"not found", 404, "text/plain")
        headers = {**found.headers, "Content-Type": found.content_type}
        return web.Response(body=found.body, status=found.status, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    return app


async def test_an_answer_tells_all_about_itself(subject: Subject) -> None:
    subject.answers["/a"] = FakeAnswer(b"\x00\xff", content_type="application/pdf", headers={"etag": '"1"'})
    fetched = await subject.fetcher.get(f"{subject.base}/a")
    assert (fetched.url, fetched.status, fetched.body) == (f"{subject.base}/a", 200, b"\x00\xff")
    assert (fetched.content_type, fetched.fetched_at, fetched.stale) == ("application/pdf", subject.clock.now(), False)
    assert fetched.headers["etag"] == '"1"'


async def test_parameters_become_the_query(subject: Subject) -> None:
    subject.answers["/a?p=1&q=two+words%2C+%C3%A9"] = FakeAnswer(b"found")
    fetched = await subject.fetcher.get(f"{subject.base}/a", params={"p": "1", "q": "two words, é"})
    assert fetched.body == b"found"


async def test_what_is_not_there_is_said_by_its_status(subject: Subject) -> None:
    assert (await subject.fetcher.get(f"{subject.base}/nothing")).status == 404


@pytest.mark.parametrize("status", [400, 401, 403, 410, 500, 503])
async def test_other_failures_are_raised(subject: Subject, status: int) -> None:
    subject.answers["/a"] = FakeAnswer(b"no", status)
    with pytest.raises(SourceUnavailable):
        await subject.fetcher.get(f"{subject.base}/a")


async def test_an_answer_may_be_as_large_as_allowed_and_no_larger(subject: Subject) -> None:
    subject.answers["/a"] = FakeAnswer(bytes(1000))
    assert len((await subject.fetcher.get(f"{subject.base}/a", max_bytes=1000)).body) == 1000
    with pytest.raises(SourceUnavailable, match="larger"):
        await subject.fetcher.get(f"{subject.base}/a", max_bytes=999)
