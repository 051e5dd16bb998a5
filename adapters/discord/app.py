"""Discord, from start to end: log in, hold the shards, connect, and on the way out finish what was begun."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import structlog

from adapters.discord.client import PapersClient
from adapters.discord.delivery import Pace
from adapters.discord.errors import FAULTS, only_logged, translated
from adapters.discord.gateway import IdentifyBudget, IdentifyOrder, SessionStarts, Watchdog, aim_gateway, aim_rest
from adapters.discord.leftovers import close_leftovers, forget_left_guilds, pause_lost_channels
from adapters.discord.open_answers import OpenAnswers
from adapters.discord.services import Services
from adapters.discord.shards import ShardLeases, Shards
from adapters.discord.sync import is_current
from bot.errors import BotError, Permanent, SettingsError, StoreError

log = structlog.get_logger(__name__)

_REMEMBERED = timedelta(days=1)  # a message is delivered again within minutes, if at all
_STORE_RETRY_SECONDS = 5.0
_LONGEST_PAUSE = 300.0  # seconds between two attempts to connect


class DiscordApp:
    """The bot on Discord.

    Args:
        services: what it needs of the house.
        token: the bot token.
        api_url: base address of the REST API; the gateway is the one that it names.
        shards: this process's part of the shards.
        pace: how often and how long; tests have less time than people.
    """

    def __init__(
        self,
        services: Services,
        token: str,
        api_url: str,
        shards: Shards | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._services = services
        self._token = token
        self._api_url = api_url
        self._shards = shards or Shards()
        self._pace = pace or Pace()
        self._answers = OpenAnswers(services.open_replies, services.clock)
        self._client: PapersClient | None = None

    async def hears(self) -> bool:
        """Whether somebody who speaks now would be heard: at least one shard is connected and greeted."""
        client = self._client
        if client is None or not client.is_ready():
            return False
        return any(not shard.is_closed() for shard in client.shards.values())

    async def run(self) -> None:
        """Serve until cancelled, connecting again after whatever can pass.

        Cancelled, it takes nothing new, finishes the answers under way, and gives back the shards.

        Raises:
            Permanent, SettingsError: Discord will not have this bot: a refused token, refused shards.
        """
        pause = 1.0
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except (*FAULTS, BotError) as error:
                meaning = translated(error)
                if isinstance(meaning, Permanent | SettingsError):
                    raise meaning from None
                log.warning("discord_lost", action="run_discord", reason=meaning.sentence, pause_seconds=round(pause))
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)
            lasted = asyncio.get_running_loop().time() - started
            pause = 1.0 if lasted > _LONGEST_PAUSE else min(_LONGEST_PAUSE, pause * 2)

    async def _serve(self) -> None:
        aim_rest(self._api_url)
        async with PapersClient(self._services, self._pace, self._answers) as client:
            self._client = client
            await client.login(self._token)
            await self._choose_shards(client)
            shards, application = client.shard_ids or (), client.application_id or 0
            leases = ShardLeases(self._services.leases, self._services.clock, application, shards)
            try:
                await leases.acquire()
                await self._connect(client, leases)
            finally:
                await leases.release()

    async def _choose_shards(self, client: PapersClient) -> None:
        """Ask which gateway, how many shards, and how often the bot may still identify itself."""
        recommended, gateway, limit = await client.http.get_bot_gateway()
        aim_gateway(gateway)
        client.shard_count = self._shards.count or recommended
        client.shard_ids = list(self._shards.ids or range(client.shard_count))
        client.budget = IdentifyBudget(
            SessionStarts(
                total=limit["total"],
                remaining=limit["remaining"],
                reset_after=limit["reset_after"] / 1000,
                at_once=limit["max_concurrency"],
            ),
            self._pace.identify,
        )
        client.order = IdentifyOrder(
            self._services.leases,
            self._services.clock,
            client.application_id or 0,
            limit["max_concurrency"],
            self._pace.identify,
        )

    async def _connect(self, client: PapersClient, leases: ShardLeases) -> None:
        """Stay connected until something ends it, or a cancellation; then finish what is under way."""
        serving: list[Coroutine[Any, Any, None]] = [
            client.connect(),
            leases.keep(),
            Watchdog(client, self._pace.watch, self._pace.watch_patience).run(),
        ]
        chores = asyncio.gather(
            _chore("close_leftovers", self._close_leftovers(client)),
            _chore("settle_answers", self._answers.keep_settling()),
            _chore("forget_guilds", self._forget_left_guilds(client)),
            _chore("pause_channels", self._pause_lost_channels(client)),
            _chore("forget_events", self._forget_old_events()),
            _chore("check_commands", _warn_of_old_commands(client)),
        )
        tasks = [asyncio.create_task(each) for each in serving]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await client.desk.close()
            self._answers.abandon()
            with only_logged("settle_answers"):
                await self._answers.finished.settle()
            await client.close()
            chores.cancel()
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, chores, return_exceptions=True)

    async def _close_leftovers(self, client: PapersClient) -> None:
        """Close them as soon as the store says which those are."""
        while True:
            try:
                closed = await close_leftovers(client, self._answers)
                break
            except StoreError as error:
                log.warning("store_away", action="close_leftovers", reason=error.sentence)
            await self._services.clock.sleep(_STORE_RETRY_SECONDS)
        if closed:
            log.info("leftovers_closed", action="close_leftovers", answers=closed)

    async def _forget_old_events(self) -> None:
        await self._services.events.forget_begun(_REMEMBERED)

    async def _forget_left_guilds(self, client: PapersClient) -> None:
        if left := await forget_left_guilds(client, self._services.workspaces):
            log.info("guilds_forgotten", action="forget_guilds", guilds=left)

    async def _pause_lost_channels(self, client: PapersClient) -> None:
        if lost := await pause_lost_channels(client, self._services.channels):
            log.info("channels_paused", action="pause_channels", channels=lost)


async def _warn_of_old_commands(client: PapersClient) -> None:
    if not await is_current(client, client.tree):
        log.warning("commands_outdated", action="check_commands", fix="run `paperwire discord sync`")


async def _chore(action: str, work: Coroutine[Any, Any, None]) -> None:
    """Something to do once beside serving, which goes on also where it fails."""
    try:
        await work
    except (*FAULTS, BotError) as error:
        log.warning("chore_failed", action=action, reason=translated(error).sentence)
