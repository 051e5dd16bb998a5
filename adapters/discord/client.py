"""The client: discord.py's connection, with this bot's commands, buttons and intents, and nothing decided in it."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord import app_commands

from adapters.discord.buttons import CommandButton
from adapters.discord.commands import explain_menu, papers_group
from adapters.discord.delivery import Pace
from adapters.discord.desk import Desk
from adapters.discord.events import guild_workspace, target_of
from adapters.discord.gateway import IdentifyBudget, IdentifyOrder
from adapters.discord.open_answers import OpenAnswers
from adapters.discord.services import Services
from adapters.discord.suggestions import suggestions
from bot.errors import BotError

log = structlog.get_logger(__name__)


def intents() -> discord.Intents:
    """Servers, messages there and direct ones; nothing that Discord calls privileged."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody talks to this bot by voice

OUTDATED = "This command has changed. Please reload Discord and try again; `/papers help` shows what there is."


class PapersTree(app_commands.CommandTree["PapersClient"]):
    """The tree of `/papers`; what goes wrong before a command is known is told to the person."""

    async def on_error(
        self, interaction: discord.Interaction[PapersClient], error: app_commands.AppCommandError
    ) -> None:
        """A command that is not known any more, or has other options by now."""
        log.warning("command_not_understood", action="read_command", kind=type(error).__name__)
        await interaction.client.desk.refuse(interaction, OUTDATED)


class PapersClient(discord.AutoShardedClient):
    """A client with `/papers`; members are not cached."""

    def __init__(
        self, services: Services, pace: Pace | None = None, answers: OpenAnswers | None = None, **options: Any
    ) -> None:
        pace = pace or Pace()
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            heartbeat_timeout=pace.heartbeat,
            **options,
        )
        self._services = services
        self.desk = Desk(services, pace, answers or OpenAnswers(services.open_replies, services.clock))
        self.tree = PapersTree(self)
        self.budget: IdentifyBudget | None = None
        self.order: IdentifyOrder | None = None
        offered = suggestions(services.papers, services.conversations, services.clock)
        self.tree.add_command(papers_group(services.engine.commands, self.desk.command, offered))
        self.tree.add_command(explain_menu(self.desk.explain))
        self.add_dynamic_items(CommandButton)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify no oftener than Discord allows, and in turn (called by the library)."""
        if self.budget is not None:
            await self.budget.wait(shard_id or 0)
        if self.order is not None:
            await self.order.wait(shard_id or 0)

    async def on_press(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button was pressed (called by `CommandButton`)."""
        await self.desk.press(interaction, custom_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Forms come this way, as the library only knows those that it has shown itself since the last start."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.desk.form(interaction, interaction.custom_id or "")

    async def on_message(self, message: discord.Message) -> None:
        """A message, most of which are none of the bot's business."""
        if self.user is not None:
            await self.desk.message(message, self.user)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, which is forgotten."""
        try:
            await self._services.workspaces.forget(guild_workspace(guild.id))
        except BotError as error:
            log.error("forgetting_failed", action="forget_guild", guild=guild.id, reason=error.sentence)
            return
        log.info("guild_forgotten", action="forget_guild", guild=guild.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted, and with it where digests may go."""
        try:
            await self._services.channels.deleted(target_of(channel), channel.name)
        except BotError as error:
            log.error("pausing_failed", action="pause_channel", channel=channel.id, reason=error.sentence)
