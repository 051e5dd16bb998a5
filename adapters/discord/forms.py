"""Forms: the question that a button asks first, and a command's arguments as fields.

A form bears the `custom_id` of the button that opened it, so it too needs no memory; what is sent in comes as an event
of its own, so the library need not remember the form either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from adapters.discord import limits
from adapters.discord.escape import in_one_line, shortened
from bot.chat.forms import MAX_FIELD, Field, Form
from bot.chat.grammar import Kind
from bot.documents.model import Input

ANSWER = "answer"  # the custom id of the only field of a question
POSTABLE = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
_ANY_ANSWER = Input("Your words")
_MORE = "-# There is more to set by command: `/papers {}` also takes {}."


def question_form(custom_id: str, title: str, asked: Input | None) -> ui.Modal:
    """The form that asks what an action needs."""
    asked = asked or _ANY_ANSWER
    modal = _modal(custom_id, title)
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=ANSWER,
        style=discord.TextStyle.paragraph if asked.multiline else discord.TextStyle.short,
        placeholder=shortened(in_one_line(asked.placeholder), limits.INPUT_PLACEHOLDER) or None,
        max_length=max(1, min(asked.max_length, limits.INPUT_LENGTH)),
    )
    modal.add_item(_labelled(asked.label or _ANY_ANSWER.label, field))
    return modal


def command_form(custom_id: str, form: Form, *, channels: bool) -> ui.Modal:
    """The form of a command, with what holds now.

    Where Discord has no room for all fields, the last ones are left to the command, and the form says so.

    Args:
        channels: whether there are channels to choose from; in a direct conversation there are none.
    """
    fields = [field for field in form.fields if channels or field.kind is not Kind.CHANNEL]
    fits = len(fields) <= limits.FORM_COMPONENTS
    shown = fields if fits else fields[: limits.FORM_COMPONENTS - 1]
    modal = _modal(custom_id, form.title)
    for field in shown:
        modal.add_item(_labelled(field.label, _component(field), field.help))
    if not fits:
        left = ", ".join(f"`{field.name}`" for field in fields[len(shown) :])
        modal.add_item(ui.TextDisplay(_MORE.format(form.line.split()[0], left)))
    return modal


def written(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What somebody filled in, by field; of several values chosen, with commas between them."""
    return dict(_values(interaction.data))


def _modal(custom_id: str, title: str) -> ui.Modal:
    title = shortened(in_one_line(title), limits.MODAL_TITLE) or "Paperwire"
    modal = ui.Modal(title=title, custom_id=custom_id, timeout=None)
    modal.stop()
    return modal


def _labelled(label: str, component: ui.Item[Any], description: str = "") -> ui.Label[Any]:
    return ui.Label(
        text=shortened(in_one_line(label), limits.INPUT_LABEL) or _ANY_ANSWER.label,
        description=shortened(in_one_line(description), limits.DESCRIPTION) or None,
        component=component,
    )


def _component(field: Field) -> ui.Item[Any]:
    if field.kind is Kind.CHANNEL:
        held = [discord.Object(int(field.value))] if field.value.isdecimal() else []
        return ui.ChannelSelect(
            custom_id=field.name,
            channel_types=POSTABLE,
            default_values=held,
            min_values=int(field.required),
            required=field.required,
        )
    if field.choices:
        return _choice(field)
    return ui.TextInput(
        custom_id=field.name, default=field.value[:MAX_FIELD] or None, required=field.required, max_length=MAX_FIELD
    )


def _choice(field: Field) -> ui.Item[Any]:
    options = [
        discord.SelectOption(
            label=shortened(in_one_line(label), limits.CHOICE) or value, value=value, default=value in field.chosen
        )
        for value, label in field.choices[: limits.CHOICES]
    ]
    return ui.Select(
        custom_id=field.name,
        options=options,
        min_values=int(field.required),
        max_values=len(options) if field.many else 1,
        required=field.required,
    )


def _values(node: Any) -> Iterator[tuple[str, str]]:
    """The fields in what Discord says of a form: labels, or rows in old clients, around one component each."""
    if isinstance(node, list):
        for child in node:
            yield from _values(child)
    elif isinstance(node, dict) and ("value" in node or "values" in node):
        yield str(node.get("custom_id", "")), ",".join(map(str, node.get("values") or [node.get("value") or ""]))
    elif isinstance(node, dict):
        yield from _values(node.get("component") or node.get("components"))
