"""Buttons that survive restarts, and the form that asks a question first."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord import ui

from adapters.discord import limits
from adapters.discord.escape import in_one_line, shortened
from adapters.discord.presses import TEMPLATE, encode, press_of
from bot.documents.model import Action, Input

ANSWER = "answer"  # the custom id of a form's only field
_STYLES = {
    "default": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}
_ANY_ANSWER = Input("Your words")

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


def form(custom_id: str, title: str, asked: Input | None) -> ui.Modal:
    """The form that asks what an action needs; it carries the button's own `custom_id`, so it too needs no memory."""
    asked = asked or _ANY_ANSWER
    modal = ui.Modal(
        title=shortened(in_one_line(title), limits.MODAL_TITLE) or "Paperwire", custom_id=custom_id, timeout=None
    )
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=ANSWER,
        style=discord.TextStyle.paragraph if asked.multiline else discord.TextStyle.short,
        placeholder=shortened(in_one_line(asked.placeholder), limits.INPUT_PLACEHOLDER) or None,
        max_length=max(1, min(asked.max_length, limits.INPUT_LENGTH)),
    )
    label = shortened(in_one_line(asked.label), limits.INPUT_LABEL) or _ANY_ANSWER.label
    modal.add_item(ui.Label(text=label, component=field))
    modal.stop()  # what is written comes as an event of its own, so the library need not remember the form
    return modal


def written(interaction: discord.Interaction[Any]) -> str:
    """What somebody wrote into the form."""
    return _find_answer(interaction.data) or ""


def _find_answer(node: Any) -> str | None:
    if isinstance(node, dict):
        if node.get("custom_id") == ANSWER:
            return str(node.get("value", ""))
        return _find_answer(node.get("component")) or _find_answer(node.get("components"))
    if isinstance(node, list):
        return next((found for child in node if (found := _find_answer(child)) is not None), None)
    return None
