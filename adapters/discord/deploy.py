"""What is done once: registering the commands, and looking whether Discord would let the bot work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from adapters.discord.client import PapersClient, intents
from adapters.discord.errors import FAULTS, translated
from adapters.discord.gateway import aim_rest
from adapters.discord.permissions import Gap, application_id, gaps, invite_link, personal_link
from adapters.discord.services import Services
from adapters.discord.sync import sync


async def sync_commands(services: Services, token: str, api_url: str) -> bool:
    """Register the commands with Discord if they have changed; whether they had.

    Raises:
        BotError: Discord refuses or does not answer.
    """
    aim_rest(api_url)
    try:
        async with PapersClient(services) as client:
            await client.login(token)
            return await sync(client, client.tree)
    except FAULTS as error:
        raise translated(error) from None


async def name_of_bot(token: str, api_url: str) -> str:
    """The bot's name, which proves that the token works.  Raises `BotError`."""
    async with _logged_in(token, api_url) as client:
        return str(client.user)


async def find_gaps(token: str, api_url: str) -> list[Gap]:
    """The channels in which a permission is missing.  Raises `BotError`."""
    async with _logged_in(token, api_url) as client:
        return [gap async for gap in gaps(client)]


def setup_text(token: str | None) -> str:
    """What to do to have the bot on Discord, step by step; with the invite link where the token is known.

    Raises:
        SettingsError: the token is none.
    """
    if token is None:
        return (
            "1. Make an application at https://discord.com/developers/applications, and on its page Bot a token.\n"
            "   No privileged intent is needed.\n"
            "2. Put DISCORD_TOKEN=… into .env and run `paperwire setup discord` again for the invite link."
        )
    application = application_id(token)
    return (
        f"1. Add the bot to a server:\n   {invite_link(application)}\n"
        "   or its commands to your own account, for wherever you chat (the application's page Installation has to\n"
        f"   allow User Install):\n   {personal_link(application)}\n"
        "2. Tell Discord the commands, now and after each update:  paperwire discord sync\n"
        "3. Start it:  paperwire run\n"
        "4. Check channels and permissions whenever something is missing:  paperwire doctor"
    )


@asynccontextmanager
async def _logged_in(token: str, api_url: str) -> AsyncIterator[discord.Client]:
    aim_rest(api_url)
    try:
        async with discord.Client(intents=intents()) as client:
            await client.login(token)
            yield client
    except FAULTS as error:
        raise translated(error) from None
