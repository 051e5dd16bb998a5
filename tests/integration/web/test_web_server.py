"""The web server over real sockets: health, metrics, and what platforms answer behind it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from adapters.web.app import WebServer
from adapters.web.metrics import Metrics
from adapters.web.readiness import Readiness
from bot.errors import SettingsError, StoreError
from bot.llm.model import Usage
from bot.presence import HttpRequest, HttpResponse, Presence
from tests.servers.web import web_server


async def get(url: str) -> tuple[int, str]:
    """Status and body."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def broken() -> None:
    raise StoreError("The database file /srv/paperwire/paperwire.db is locked.")


async def endless() -> None:
    await asyncio.Event().wait()


async def test_it_lives_whatever_is_broken() -> None:
    async with web_server(Presence(), platforms=["slack"], ask_database=broken) as url:
        assert (await get(f"{url}/livez"))[0] == 200


async def test_it_is_ready_with_a_database_and_one_platform_of_two() -> None:
    presence = Presence()
    with presence.of("slack", yes), presence.of("discord", no):
        async with web_server(presence, platforms=["slack", "discord"]) as url:
            assert await get(f"{url}/readyz") == (200, '{"ready": true, "reasons": []}')


async def test_without_platforms_of_its_own_the_database_is_enough() -> None:
    async with web_server(Presence()) as url:
        assert (await get(f"{url}/readyz"))[0] == 200


async def test_every_obstacle_is_told() -> None:
    presence = Presence()
    with presence.of("slack", no):
        async with web_server(presence, platforms=["slack"], ask_database=broken) as url:
            status, body = await get(f"{url}/readyz")
    assert status == 503
    assert StoreError().public_sentence in body
    assert "/srv" not in body
    assert "No platform is connected: slack." in body


async def test_a_database_that_hangs_is_an_obstacle() -> None:
    async with web_server(Presence(), ask_database=endless, patience=0.01) as url:
        status, body = await get(f"{url}/readyz")
    assert (status, "has not answered" in body) == (503, True)


async def test_what_was_counted_is_shown_with_hosts_that_are_known() -> None:
    metrics = Metrics(["arxiv.org"])
    metrics.answered("today", "answered", 0.2)
    metrics.fetched("arxiv.org", "ok")
    metrics.fetched("somewhere.example", "failed")
    metrics.spent(Usage(100, 20))
    async with web_server(Presence(), metrics=metrics) as url:
        _, body = await get(f"{url}/metrics")
    assert 'paperwire_requests_total{command="today",outcome="answered"} 1.0' in body
    assert 'paperwire_fetches_total{host="other",outcome="failed"} 1.0' in body
    assert 'paperwire_model_tokens_total{kind="prompt"} 100.0' in body
    assert "somewhere.example" not in body


async def test_a_platform_answers_below_its_name_while_it_runs() -> None:
    presence = Presence()

    async def echo(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=201, headers={"X-Seen": ["a", "b"]}, body=f"{request.path}?{request.query}")

    async with web_server(presence) as url:
        with presence.of("slack", yes, echo):
            assert await get(f"{url}/slack/install?a=1") == (201, "/slack/install?a=1")
        assert (await get(f"{url}/slack/install"))[0] == 404


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    presence = Presence()
    async with web_server(presence) as url:
        port = int(url.rpartition(":")[2])
        readiness = Readiness(yes, presence, ())
        second = WebServer("127.0.0.1", port, readiness=readiness, presence=presence, metrics=Metrics(()))
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}"):
            await second.run()
