"""Discord as the command line sees it: settings and stores go in, the adapter's parts come out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.digests.pace import Pace
from bot.digests.ports import Poster
from bot.errors import BotError, SettingsError
from paperwire.doctor.model import Check, Result, Verdict
from paperwire.settings import Settings

if TYPE_CHECKING:
    from adapters.discord.services import Services
    from paperwire.bootstrap import App

MOST_GAPS = 20  # channels named by the doctor


def is_wanted(settings: Settings) -> bool:
    """Whether there is a token."""
    return settings.discord_token is not None


async def serve(app: App) -> None:
    """Serve until cancelled.  Raises `BotError` where Discord will not have the bot."""
    from adapters.discord.app import DiscordApp
    from adapters.discord.shards import read_shards

    shards = read_shards(app.settings.discord_shards)
    async with open_poster(app) as poster:
        needed = services(app, poster)
        discord = DiscordApp(needed, token_of(app.settings), app.settings.discord_api_url, shards)
        with app.presence.of("discord", discord.hears):
            await discord.run()


@asynccontextmanager
async def open_poster(app: App) -> AsyncIterator[Poster]:
    """What posts digests to Discord; it needs no gateway, so any process may hold one."""
    from adapters.discord.poster import DiscordPoster

    pace = Pace(app.clock, per_second=DiscordPoster.per_second, turns=app.store.shared_turns)
    turn = partial(pace.in_line, DiscordPoster.platform)
    poster = DiscordPoster(token_of(app.settings), app.settings.discord_api_url, turn)
    try:
        yield poster
    finally:
        await poster.close()


async def sync(app: App) -> bool:
    """Register the commands if they have changed; whether they had."""
    from adapters.discord.deploy import sync_commands

    async with open_poster(app) as poster:
        return await sync_commands(services(app, poster), token_of(app.settings), app.settings.discord_api_url)


def setup_text(settings: Settings) -> str:
    """The steps to have the bot on Discord, with the invite link."""
    from adapters.discord import deploy

    return deploy.setup_text(settings.discord_token.get_secret_value() if settings.discord_token else None)


def checks(settings: Settings) -> Sequence[Check]:
    """What the doctor looks at."""
    return (TokenCheck(settings), ChannelCheck(settings)) if is_wanted(settings) else ()


def services(app: App, poster: Poster) -> Services:
    """What the adapter needs, out of a running app; the poster tells people of channels that are gone."""
    from adapters.discord.services import Services
    from bot.digests.pausing import LostChannels

    store = app.store
    return Services(
        engine=app.engine,
        papers=store.papers,
        conversations=store.conversations,
        events=store.events,
        open_replies=store.open_replies,
        workspaces=store.workspaces,
        managers=store.managers,
        channels=LostChannels(store.subscriptions, poster),
        leases=store.leases,
        clock=app.clock,
    )


def token_of(settings: Settings) -> str:
    """The token.  Raises `SettingsError` if there is none."""
    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN is not set. `paperwire setup discord` says where to get it.")
    return settings.discord_token.get_secret_value()


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """Whether Discord accepts the token, and the shards can be read."""

    settings: Settings
    name: str = "Discord"

    async def run(self) -> Result:
        """Look."""
        from adapters.discord.deploy import name_of_bot
        from adapters.discord.shards import read_shards

        read_shards(self.settings.discord_shards)
        name = await name_of_bot(token_of(self.settings), self.settings.discord_api_url)
        return Result(Verdict.OK, f"The token is accepted; the bot is called {name}.")


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """Whether the bot holds every permission it needs, channel by channel."""

    settings: Settings
    name: str = "Discord channels"

    async def run(self) -> Result:
        """Look."""
        from adapters.discord.deploy import find_gaps

        try:
            gaps = await find_gaps(token_of(self.settings), self.settings.discord_api_url)
        except BotError as error:
            return Result(Verdict.WARNING, f"The channels could not be looked at: {error.sentence}")
        if not gaps:
            return Result(Verdict.OK, "Every channel that the bot can see gives it what it needs.")
        named = [f"#{gap.channel} in {gap.guild} lacks {', '.join(gap.missing)}" for gap in gaps[:MOST_GAPS]]
        more = f"; and {len(gaps) - MOST_GAPS} more" if len(gaps) > MOST_GAPS else ""
        return Result(
            Verdict.WARNING,
            "; ".join(named) + more + ".",
            "Give the bot's role these permissions in the channel's settings, or keep it out of the channel.",
        )
