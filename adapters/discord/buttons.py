"""Buttons that survive restarts."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord import ui

from adapters.discord import limits
from adapters.discord.escape import in_one_line, shortened
from adapters.discord.presses import TEMPLATE, encode, press_of
from bot.documents.model import Action

_STYLES = {
    "default": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}

OnPress = Callable[[discord.Interaction[Any], str], Awaitable[None]]


class CommandButton(ui.DynamicItem[ui.Button[Any]], template=TEMPLATE):
    """A button that stands for a command.  The client it reaches must have `on_press(interaction, custom_id)`."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button again, in whatever process the press arrives."""
        if not isinstance(item, ui.Button):
            raise TypeError("only buttons carry commands")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client."""
        await interaction.client.on_press(interaction, self.custom_id)


def button(action: Action, used: set[str]) -> ui.Item[Any] | None:
    """An action's button, or None if what it stands for fits into none.  `used` holds the ids of the other ones."""
    label = shortened(in_one_line(action.label), limits.BUTTON_LABEL) or "…"
    if action.url:
        return ui.Button(label=label, url=action.url) if limits.length(action.url) <= limits.BUTTON_LINK else None
    press = press_of(action)
    candidates = (encode(press, ordinal) for ordinal in range(len(used) + 1))
    custom_id = next((each for each in candidates if each not in used), None)
    if custom_id is None:
        return None
    used.add(custom_id)
    return CommandButton(ui.Button(label=label, style=_STYLES[action.style], custom_id=custom_id))
