"""Slack and Discord without sockets, for simulated time: the adapters' own posters, and the platforms' limits.

A request takes a while to get there and back, never the same.  What arrives is counted by its key; what is one too many
is refused as the platforms do it.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import discord
from discord.http import Route
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.discord.client import intents
from adapters.discord.poster import DiscordPoster, Turn
from adapters.slack.clients import Clients, OneToken
from adapters.slack.outbox import Outbox
from adapters.slack.poster import SlackPoster
from bot.digests.pace import Pace
from bot.digests.ports import SharedTurns
from bot.ports import Clock
from tests.servers.limits import DiscordLimits, SlackLimits

Json = dict[str, Any]

ON_THE_WAY = (0.02, 0.08)  # seconds, in each direction


class Traffic:
    """What a platform has seen: messages by key, and how many requests it took and refused.

    Args:
        seed: of the time that requests take.
    """

    def __init__(self, seed: int = 1) -> None:
        self.messages: Counter[str] = Counter()
        self.arrivals: defaultdict[str, list[float]] = defaultdict(list)  # seconds, by channel
        self.last_at = 0.0  # seconds, when the newest message arrived
        self.requests = 0
        self.refused = 0
        self._random = random.Random(seed)  # noqa: S311
        self._numbers = itertools.count(1)

    async def way(self) -> float:
        """Let a request be on its way in one direction; the loop's time at its end."""
        await asyncio.sleep(self._random.uniform(*ON_THE_WAY))
        return asyncio.get_running_loop().time()

    def admits(self, wait: float) -> bool:
        """Count a request, which is one too many where it has to `wait`."""
        self.refused += wait > 0
        self.requests += not wait
        return not wait

    def arrived(self, key: str, channel: str, now: float) -> str:
        """Count a message; the platform's id for it."""
        self.arrivals[channel].append(now)
        self.messages[key] += 1
        self.last_at = now
        return str(next(self._numbers))


class SimulatedSlack:
    """Workspaces that take messages, and the poster for them.

    `slow` are channels whose requests take so many seconds, `away` those that ask for patience until that many seconds
    have passed, `gone` those that are not there.
    """

    name = "slack"

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.slow: dict[str, float] = {}
        self.away: dict[str, float] = {}
        self.gone: set[str] = set()
        self._limits = SlackLimits()

    def poster(self, clock: Clock, turns: SharedTurns) -> SlackPoster:
        """The adapter's own; each process has one of its own."""
        return SlackPoster(Outbox(_SlackClients(self)))

    async def post(self, workspace: str, payload: Json) -> Json:
        """`chat.postMessage`.  Raises `SlackApiError` where it is one too many, or the channel is unkind."""
        channel = payload["channel"]
        await asyncio.sleep(self.slow.get(channel, 0))
        now = await self.traffic.way()
        if channel in self.gone:
            raise SlackApiError("gone", _Refusal(error="channel_not_found"))  # type: ignore[no-untyped-call]
        if now < self.away.get(channel, 0):
            raise SlackApiError("away", _Refusal(status=429, wait=30))  # type: ignore[no-untyped-call]
        wait = self._limits.refuse(workspace, channel, now)
        if not self.traffic.admits(wait):
            raise SlackApiError("ratelimited", _Refusal(status=429, wait=wait))  # type: ignore[no-untyped-call]
        if "metadata" not in payload:  # somebody is told that a digest was paused
            return {"ok": True, "ts": "0", "channel": channel}
        ts = self.traffic.arrived(payload["metadata"]["event_payload"]["key"], channel, now)
        await self.traffic.way()
        return {"ok": True, "ts": ts, "channel": channel}


class _SlackClients(Clients):
    def __init__(self, slack: SimulatedSlack) -> None:
        super().__init__(OneToken("xoxb-simulated"), "https://slack.com/api/")
        self._slack = slack

    async def of(self, team: str, enterprise: str = "", *, hasty: bool = False) -> AsyncWebClient:
        return _SlackClient(self._slack, team)


class _SlackClient(AsyncWebClient):
    def __init__(self, slack: SimulatedSlack, team: str) -> None:
        self._slack = slack
        self._team = team

    async def api_call(  # type: ignore[override]
        self, api_method: str, *, json: Json, **_: object
    ) -> AsyncSlackResponse:
        told = await self._slack.post(self._team, json)
        return AsyncSlackResponse(
            client=self, http_verb="POST", api_url=api_method, req_args={}, data=told, headers={}, status_code=200
        )


class _Refusal(dict[str, Any]):
    """What slack_sdk keeps of an answer that is none."""

    def __init__(self, error: str = "ratelimited", status: int = 200, wait: float = 0) -> None:
        super().__init__(ok=False, error=error)
        self.status_code = status
        self.headers = {"Retry-After": str(math.ceil(wait))}


class SimulatedDiscord:
    """Servers with text channels that take messages, and the poster for them.

    A channel's id says to which server it belongs: `server * 1,000,000 + number`.
    """

    name = "discord"
    GUILD = 1_000_000

    def __init__(self) -> None:
        self.traffic = Traffic()
        self._limits = DiscordLimits()

    def poster(self, clock: Clock, turns: SharedTurns) -> DiscordPoster:
        """The adapter's own; each process has one of its own, and waits for its turns in this line."""
        pace = Pace(clock, per_second=DiscordPoster.per_second, turns=turns)
        return _Poster(self.request, partial(pace.in_line, DiscordPoster.platform))

    async def request(self, route: Route, **options: Any) -> Json:
        """What discord.py asks.  Raises `discord.HTTPException` where it is one too many."""
        now = await self.traffic.way()
        path = route.url.removeprefix(Route.BASE)
        wait = self._limits.refuse(route.method, path, now)
        if not self.traffic.admits(wait):
            raise discord.RateLimited(wait)
        answer = self._answer(route, path, options.get("json") or {}, now)
        await self.traffic.way()
        return answer

    def _answer(self, route: Route, path: str, body: Json, now: float) -> Json:
        channel = str(route.channel_id)
        if route.method == "GET":
            return {"id": channel, "type": 0, "name": "papers", "guild_id": _guild(channel), **_NOTHING_SPECIAL}
        if path.endswith("/threads"):
            return _thread(path.split("/")[4], channel, body["name"])
        key = self.traffic.arrived(body["nonce"], channel, now)
        return _message(f"9{int(key):017}", channel)


class _Poster(DiscordPoster):
    """A poster whose client is logged in and asks the simulation."""

    def __init__(self, request: Callable[..., Any], turn: Turn) -> None:
        super().__init__("simulated", "https://discord.com/api/v10", turn)
        self._client = discord.Client(intents=intents())
        self._client.http.request = request  # type: ignore[method-assign]


_NOTHING_SPECIAL: Json = {"position": 0, "permission_overwrites": [], "parent_id": None, "nsfw": False, "flags": 0}


def _guild(channel: str) -> str:
    return str(int(channel) // SimulatedDiscord.GUILD)


def _message(message: str, channel: str) -> Json:
    author = {"id": "1", "username": "Paperwire", "discriminator": "0", "avatar": None, "bot": True}
    stamp = "2026-07-10T07:00:00+00:00"
    return {
        "id": message, "channel_id": channel, "author": author, "content": "", "timestamp": stamp, "type": 0,
        "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
        "attachments": [], "embeds": [], "pinned": False, "flags": 0, "components": [],
    }  # fmt: skip


def _thread(message: str, channel: str, name: str) -> Json:
    archive = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": "2026-07-10T07:00:00+00:00"}
    return {
        "id": message, "type": 11, "name": name, "parent_id": channel, "owner_id": "1",
        "guild_id": _guild(channel), "thread_metadata": archive,
        "message_count": 0, "member_count": 1,
    }  # fmt: skip
