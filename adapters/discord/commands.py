"""The `/papers` command tree, made from the grammar: what Discord shows is what the engine reads."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import discord
from discord import app_commands

from adapters.discord import limits
from adapters.discord.escape import shortened
from adapters.discord.forms import POSTABLE
from adapters.discord.suggestions import Choices, Suggest
from bot.chat.grammar import Argument, Command, Kind

EXPLAIN = "Explain this paper"
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)

Interaction = discord.Interaction[Any]
OnCommand = Callable[[Interaction, str, Mapping[str, str], bool], Awaitable[None]]
OnExplain = Callable[[Interaction, discord.Message], Awaitable[None]]


class PostableChannel(app_commands.Transformer):
    """An option that offers the channels in which there can be posts with threads; its value is the channel's id."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Text, announcements, forums."""
        return POSTABLE

    async def transform(self, interaction: Interaction, value: Any, /) -> str:
        """The id, which is all that the engine needs."""
        return str(value.id)


class Somebody(app_commands.Transformer):
    """An option that offers people; its value is the mention."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A person."""
        return discord.AppCommandOptionType.user

    async def transform(self, interaction: Interaction, value: Any, /) -> str:
        """The mention, as it would be typed."""
        return f"<@{value.id}>"


_ANNOTATIONS: dict[Kind, Any] = {
    Kind.NUMBER: int,
    Kind.FLAG: bool,
    Kind.CHANNEL: app_commands.Transform[str, PostableChannel],
    Kind.PERSON: app_commands.Transform[str, Somebody],
}


def papers_group(
    commands: Iterable[Command], on_command: OnCommand, suggestions: Mapping[Kind, Suggest]
) -> app_commands.Group:
    """The group `/papers` with one subcommand for each command of the grammar that is not for the bot's own terminal.

    `on_command(interaction, command, values, private)` is called with the command's name and the options that were
    given, by argument: they stand for themselves, and nothing in them is read as a keyword.
    """
    group = app_commands.Group(
        name="papers",
        description="The day's trending research papers, and answers about them",
        allowed_installs=_INSTALLS,
        allowed_contexts=_CONTEXTS,
    )
    for command in commands:
        if command.who != "operator":
            group.add_command(_subcommand(command, on_command, suggestions))
    return group


def explain_menu(on_explain: OnExplain) -> app_commands.ContextMenu:
    """The entry in a message's own menu that shows the paper it links to."""

    async def explain(interaction: Interaction, message: discord.Message) -> None:
        await on_explain(interaction, message)

    return app_commands.ContextMenu(
        name=EXPLAIN, callback=explain, allowed_installs=_INSTALLS, allowed_contexts=_CONTEXTS
    )


def fields_of(command: Command, options: Mapping[str, Any]) -> dict[str, str]:
    """The options that were given, by argument; a flag that is set holds its keyword."""
    given = {argument: _word(options.get(argument.name)) for argument in command.arguments}
    return {
        argument.name: argument.keyword if argument.kind is Kind.FLAG else value
        for argument, value in given.items()
        if value
    }


def _word(value: Any) -> str:
    return "" if value is None or value is False else str(value).strip()


def _subcommand(
    command: Command, on_command: OnCommand, suggestions: Mapping[Kind, Suggest]
) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: Interaction, **values: Any) -> None:
        await on_command(interaction, command.name, fields_of(command, values), command.is_private)

    setattr(callback, "__signature__", _signature(command))  # noqa: B010 (functions have no such attribute to mypy)
    arguments = command.arguments
    app_commands.describe(**{each.name: _description(each.help) for each in arguments})(callback)
    app_commands.choices(**{each.name: _choices(each) for each in arguments if each.choices})(callback)
    suggested = {each.name: suggestions[each.kind] for each in arguments if each.kind in suggestions}
    app_commands.autocomplete(**suggested)(callback)
    return app_commands.Command(name=command.name, description=_description(command.help), callback=callback)


def _signature(command: Command) -> inspect.Signature:
    """What discord.py reads the options from: one keyword parameter for each argument."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    first = inspect.Parameter("interaction", kind, annotation=Interaction)
    options = [
        inspect.Parameter(
            argument.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=_annotation(argument),
            default=inspect.Parameter.empty if argument.required else None,
        )
        for argument in command.arguments
    ]
    return inspect.Signature([first, *options])


def _annotation(argument: Argument) -> Any:
    if argument.most:
        return app_commands.Range[int, 1, argument.most] | None
    base = _ANNOTATIONS.get(argument.kind, str)
    return base if argument.required else base | None


def _choices(argument: Argument) -> Choices:
    return [app_commands.Choice(name=choice, value=choice) for choice in argument.choices[: limits.CHOICES]]


def _description(text: str) -> str:
    return shortened(text, limits.DESCRIPTION)
