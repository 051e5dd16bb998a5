"""The local servers and the platforms of simulations refuse alike."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest
from discord.http import Route
from slack_sdk.errors import SlackApiError

from adapters.slack.clients import web_client
from bot.testing.simulation import simulate
from tests.servers.discord import DiscordServer
from tests.servers.limits import DiscordLimits, SlackLimits
from tests.servers.simulated import SimulatedDiscord, SimulatedSlack
from tests.servers.slack import BOT_TOKEN, SlackServer

MESSAGE = {"channel": "C1", "text": "A paper.", "unfurl_links": False, "unfurl_media": False}


async def _refused_by_slack(count: int) -> int:
    async with SlackServer(limits=SlackLimits()) as slack, aiohttp.ClientSession() as session:
        client = web_client(slack.api_url, BOT_TOKEN, session, patience=0)
        posts = [client.api_call("chat.postMessage", json=MESSAGE) for _ in range(count)]
        answers = await asyncio.gather(*posts, return_exceptions=True)
    return sum(isinstance(answer, SlackApiError) and answer.response.status_code == 429 for answer in answers)


async def _refused_by_simulated_slack(count: int) -> int:
    slack = SimulatedSlack()
    message = {**MESSAGE, "metadata": {"event_payload": {"key": "a"}}}
    answers = await asyncio.gather(*[slack.post("T1", message) for _ in range(count)], return_exceptions=True)
    return sum(isinstance(answer, SlackApiError) for answer in answers)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
async def test_slacks_refuse_alike(count: int) -> None:
    refused = await _refused_by_slack(count)
    assert refused == max(0, count - SlackLimits.CHANNEL[0].most)
    assert refused == await asyncio.to_thread(lambda: simulate(_refused_by_simulated_slack(count)))


async def _refused_by_discord(method: str, count: int) -> int:
    async with DiscordServer(limits=DiscordLimits()).run() as server, aiohttp.ClientSession() as session:
        channel = server.add_guild("Lab")["channels"][0]["id"]
        url = f"{server.url}/channels/{channel}" + ("/messages" if method == "POST" else "")
        body = {"content": "A paper."} if method == "POST" else None
        answers = await asyncio.gather(*[session.request(method, url, json=body) for _ in range(count)])
        return sum(answer.status == 429 for answer in answers)


async def _refused_by_simulated_discord(method: str, count: int) -> int:
    platform = SimulatedDiscord()
    path = "/channels/{channel_id}" + ("/messages" if method == "POST" else "")
    route = Route(method, path, channel_id=platform.GUILD)
    requests = [platform.request(route, json={"nonce": "a"}) for _ in range(count)]
    answers = await asyncio.gather(*requests, return_exceptions=True)
    return sum(isinstance(answer, discord.RateLimited) for answer in answers)


@pytest.mark.parametrize(("method", "count"), [("POST", 4), ("POST", 8), ("GET", 45), ("GET", 60)])
async def test_discords_refuse_alike(method: str, count: int) -> None:
    refused = await _refused_by_discord(method, count)
    most = DiscordLimits.CHANNEL.most if method == "POST" else DiscordLimits.BOT.most
    assert refused == max(0, count - most)
    assert refused == await asyncio.to_thread(lambda: simulate(_refused_by_simulated_discord(method, count)))
