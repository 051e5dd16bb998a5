"""The listener as the command line starts it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest

from bot.errors import SettingsError
from paperwire import on_web
from paperwire.bootstrap import App, demo_parts, open_app
from paperwire.settings import Settings


@pytest.fixture
async def app() -> AsyncIterator[App]:
    """A whole bot on the built-in day."""
    async with open_app(Settings.model_validate({}), demo_parts()) as app:
        yield app


@pytest.fixture
def free() -> tuple[str, int]:
    """A host and port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1", int(probe.getsockname()[1])


async def ask(url: str) -> tuple[int, str]:
    """Status and body, once somebody listens."""
    async with asyncio.timeout(10), aiohttp.ClientSession() as client:
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with client.get(url) as answer:
                    return answer.status, await answer.text()
            await asyncio.sleep(0.01)


async def test_it_tells_of_the_bot_and_hands_on_what_is_a_platforms(app: App, free: tuple[str, int]) -> None:
    async def hears() -> bool:
        return True

    url = f"http://{free[0]}:{free[1]}"
    metrics = on_web.metrics_of(app.settings)
    serving = asyncio.create_task(on_web.serve(app, free, metrics, ["slack"]))
    assert (await ask(f"{url}/livez"))[0] == 200
    assert (await ask(f"{url}/readyz"))[0] == 503
    with app.presence.of("slack", hears):
        assert (await ask(f"{url}/readyz"))[0] == 200
    assert (await ask(f"{url}/slack/events"))[0] == 404
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    with socket.socket() as probe:
        assert probe.connect_ex(free) != 0


async def test_an_address_that_is_taken_is_named(app: App) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
        with pytest.raises(SettingsError, match=str(address[1])):
            await on_web.serve(app, address, on_web.metrics_of(app.settings), [])


def test_the_sources_that_are_set_are_counted_by_name() -> None:
    settings = Settings.model_validate({"HF_ENDPOINT": "http://mirror.example:8080"})
    metrics = on_web.metrics_of(settings)
    for host in ("mirror.example", "arxiv.org", "nobody.example"):
        metrics.fetched(host, "ok")
    written = metrics.text().decode()
    assert "mirror.example" in written
    assert "nobody.example" not in written
