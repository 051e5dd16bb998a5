"""A bare discord.py bot with one command, as a yardstick: `python -m benchmarks.bare_discord API_URL GATEWAY TOKEN`.

It answers `/papers help` by deferring privately and editing its response, and does nothing else.  The answer stands
there ready made, and is as long as Paperwire's help, so that both send and the server reads the same amount.
"""

from __future__ import annotations

import asyncio
import sys


async def serve(api_url: str, gateway: str, token: str) -> None:
    """Serve until killed."""
    import discord
    import yarl
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    words = "One of the commands that can be given. " * 32
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    client = discord.AutoShardedClient(intents=intents)
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name="papers", description="Papers")

    @group.command(name="help", description="Help")
    async def help_(interaction: discord.Interaction[discord.AutoShardedClient]) -> None:
        await interaction.response.defer(ephemeral=True)
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.TextDisplay(words))
        await interaction.edit_original_response(view=view, allowed_mentions=discord.AllowedMentions.none())

    tree.add_command(group)
    async with client:
        await client.start(token)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
