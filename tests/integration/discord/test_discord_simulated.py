"""The bot in a simulated Discord that knows permissions, time limits and what a member may do."""

from __future__ import annotations

import discord
import pytest
import simcord

from adapters.discord.client import PapersClient
from adapters.discord.commands import EXPLAIN
from tests.contract.adapters.contract import contract_engine
from tests.servers.discord_bot import QUICK, services


@pytest.fixture
def simcord_bot() -> PapersClient:
    """The bot that `simcord_env` runs."""
    return PapersClient(services(contract_engine()), QUICK, shard_count=1)


@pytest.fixture
async def env(simcord_env: simcord.Env, simcord_bot: PapersClient) -> simcord.Env:
    await simcord_bot.tree.sync()
    return simcord_env


def said(message: discord.Message | None) -> str:
    """The texts of a message."""
    assert message is not None
    return "\n".join(part.content for part in message.components if isinstance(part, discord.TextDisplay))


async def test_a_command_is_answered_where_it_was_given(env: simcord.Env) -> None:
    channel = env.create_guild().create_text_channel("papers")
    member = env.guild.add_member(env.create_user("member"))
    result = await member.slash(channel, "papers today")
    assert not result.ephemeral
    assert "A Paper Written for This Test" in said(channel.last_message)


async def test_a_mention_opens_a_thread(env: simcord.Env) -> None:
    channel = env.create_guild().create_text_channel("papers")
    member = env.guild.add_member(env.create_user("member"))
    await member.send(channel, f"<@{env.bot.user.id}> search attention")  # type: ignore[union-attr]
    [thread] = channel.threads
    assert thread.name == "search attention"
    assert "You searched for: attention" in said(thread.last_message)


async def test_where_threads_are_forbidden_a_mention_is_answered_in_the_channel(env: simcord.Env) -> None:
    everyone = env.create_guild().default_role
    allowed = discord.PermissionOverwrite(create_public_threads=False, send_messages=True, view_channel=True)
    channel = env.guild.create_text_channel("papers", overwrites={everyone: allowed})
    member = env.guild.add_member(env.create_user("member"))
    await member.send(channel, f"<@{env.bot.user.id}> search attention")  # type: ignore[union-attr]
    assert not channel.threads
    assert "You searched for: attention" in said(channel.last_message)


async def test_the_menu_of_a_message_shows_its_paper_to_one_person(env: simcord.Env) -> None:
    channel = env.create_guild().create_text_channel("papers")
    member = env.guild.add_member(env.create_user("member"))
    message = await member.send(channel, "look at https://arxiv.org/abs/2606.01234")
    assert (await member.context_menu(channel, EXPLAIN, message)).ephemeral
    other = await member.send(channel, "nothing to see")
    result = await member.context_menu(channel, EXPLAIN, other)
    assert result.ephemeral


async def test_a_message_of_another_bot_is_left_alone(env: simcord.Env) -> None:
    channel = env.create_guild().create_text_channel("papers")
    robot = env.guild.add_member(env.create_user("robot", bot=True))
    await robot.send(channel, f"<@{env.bot.user.id}> today")  # type: ignore[union-attr]
    assert len(channel.history()) == 1
