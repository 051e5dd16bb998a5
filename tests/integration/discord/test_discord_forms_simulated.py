"""The form of a subscription in a simulated Discord, which checks it as Discord does."""

from __future__ import annotations

import discord
import pytest
import simcord

from adapters.discord.client import PapersClient
from bot.testing.store import FakeStore
from tests.integration.discord.office import Office
from tests.servers.discord_bot import QUICK, services


@pytest.fixture
def simcord_bot() -> PapersClient:
    """The bot that `simcord_env` runs."""
    store = FakeStore()
    return PapersClient(services(Office(store).engine(), store), QUICK, shard_count=1)


@pytest.fixture
async def env(simcord_env: simcord.Env, simcord_bot: PapersClient) -> simcord.Env:
    await simcord_bot.tree.sync()
    return simcord_env


def said(message: discord.Message | None) -> str:
    """The texts of a message."""
    assert message is not None
    return "\n".join(part.content for part in message.components if isinstance(part, discord.TextDisplay))


async def test_a_form_is_opened_filled_in_and_answered_in_private(env: simcord.Env) -> None:
    channel = env.create_guild().create_text_channel("papers")
    role = env.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    admin = env.guild.add_member(env.create_user("admin"), roles=[role])
    status = await admin.slash(channel, "papers status")
    assert status.response is not None
    shown = await admin.click(status.response.message, label="Change")
    filled = {"time": "09:15", "zone": "Europe/Berlin", "days": ["monday"], "about": "robots"}
    answered = await admin.submit_modal(shown, filled)
    assert answered.ephemeral
    assert answered.response is not None
    assert said(answered.response.message).strip() == "09:15 Europe/Berlin 0 robots 10"
