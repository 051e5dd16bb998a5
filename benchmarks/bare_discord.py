"""A bare discord.py bot with one command: `python -m benchmarks.bare_discord API_URL GATEWAY TOKEN COMPONENTS`.

It is a yardstick: it answers `/papers help` by deferring privately and editing its response, and does nothing else.
What it answers is given to it ready made, as the JSON of texts and rows of buttons: the components of Paperwire's help,
so that both send, and the server reads, the same.
"""

from __future__ import annotations

import asyncio
import json
import sys

TEXT = 10  # https://discord.com/developers/docs/components/reference#component-object-component-types


async def serve(api_url: str, gateway: str, token: str, components: str) -> None:
    """Serve until killed."""
    import discord
    import yarl
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    answer = json.loads(components)
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    client = discord.AutoShardedClient(intents=intents)
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name="papers", description="Papers")

    @group.command(name="help", description="Help")
    async def help_(interaction: discord.Interaction[discord.AutoShardedClient]) -> None:
        await interaction.response.defer(ephemeral=True)
        view: discord.ui.LayoutView = discord.ui.LayoutView(timeout=None)
        for part in answer:
            if part["type"] == TEXT:
                view.add_item(discord.ui.TextDisplay(part["content"]))
            else:
                view.add_item(discord.ui.ActionRow(*(button(each) for each in part["components"])))
        view.stop()
        await interaction.edit_original_response(view=view, allowed_mentions=discord.AllowedMentions.none())

    def button(part: dict[str, str]) -> discord.ui.Button[discord.ui.LayoutView]:
        return discord.ui.Button(label=part["label"], custom_id=part["custom_id"])

    tree.add_command(group)
    async with client:
        await client.start(token)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:5]))
