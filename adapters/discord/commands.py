"""The `/papers` command tree, made from the grammar: what Discord shows is what the engine reads."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

import discord
import structlog
from discord import app_commands

from adapters.discord import limits
from adapters.discord.escape import in_one_line, shortened
from adapters.discord.forms import POSTABLE
from bot.chat.grammar import Argument, Command, Kind
from bot.ports import PaperRepository

EXPLAIN = "Explain this paper"
_SUGGESTING_SECONDS = 2.0  # Discord waits three
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)

Interaction = discord.Interaction[Any]
OnCommand = Callable[[Interaction, str, bool], Awaitable[None]]
OnExplain = Callable[[Interaction, discord.Message], Awaitable[None]]
Choices = list[app_commands.Choice[str]]
Suggest = Callable[[Interaction, str], Coroutine[Any, Any, Choices]]

log = structlog.get_logger(__name__)


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


_ANNOTATIONS: dict[Kind, Any] = {
    Kind.NUMBER: int,
    Kind.FLAG: bool,
    Kind.CHANNEL: app_commands.Transform[str, PostableChannel],
}


def papers_group(commands: Iterable[Command], on_command: OnCommand, papers: PaperRepository) -> app_commands.Group:
    """The group `/papers` with one subcommand for each command of the grammar.

    `on_command(interaction, line, private)` is called with the line that the grammar reads.
    """
    group = app_commands.Group(
        name="papers",
        description="The day's trending research papers, and answers about them",
        allowed_installs=_INSTALLS,
        allowed_contexts=_CONTEXTS,
    )
    for command in commands:
        if command.who != "operator":
            group.add_command(_subcommand(command, on_command, _suggesters(papers)))
    return group


def explain_menu(on_explain: OnExplain) -> app_commands.ContextMenu:
    """The entry in a message's own menu that shows the paper it links to."""

    async def explain(interaction: Interaction, message: discord.Message) -> None:
        await on_explain(interaction, message)

    return app_commands.ContextMenu(
        name=EXPLAIN, callback=explain, allowed_installs=_INSTALLS, allowed_contexts=_CONTEXTS
    )


def command_line(command: Command, values: dict[str, Any]) -> str:
    """The line that stands for a command with these option values; empty ones are left out."""
    words = [command.name]
    for argument in sorted(command.arguments, key=lambda argument: bool(argument.keyword)):
        value = _word(values.get(argument.name))
        if value and argument.kind is Kind.FLAG:
            words.append(argument.keyword)
        elif value:
            words += [argument.keyword, value] if argument.keyword else [value]
    return " ".join(words)


def is_private(command: Command) -> bool:
    """Whether the answer is for the person who asked alone; a channel's settings are nobody else's matter."""
    return command.private or command.who == "manager"


def _word(value: Any) -> str:
    return "" if value is None or value is False else str(value).strip()


def _subcommand(
    command: Command, on_command: OnCommand, suggesters: dict[Kind, Suggest]
) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: Interaction, **values: Any) -> None:
        await on_command(interaction, command_line(command, values), is_private(command))

    setattr(callback, "__signature__", _signature(command))  # noqa: B010 (functions have no such attribute to mypy)
    arguments = command.arguments
    app_commands.describe(**{each.name: _description(each.help) for each in arguments})(callback)
    app_commands.choices(**{each.name: _choices(each) for each in arguments if each.choices})(callback)
    suggested = {each.name: suggesters[each.kind] for each in arguments if each.kind in suggesters}
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


# --- suggestions -------------------------------------------------------------------------------------------------


def _suggesters(papers: PaperRepository) -> dict[Kind, Suggest]:
    async def reference(interaction: Interaction, typed: str) -> Choices:
        try:
            async with asyncio.timeout(_SUGGESTING_SECONDS):
                return await suggest_papers(papers, typed)
        except Exception:
            log.warning("suggesting_failed", action="suggest_papers", exc_info=True)
            return []

    async def zone(interaction: Interaction, typed: str) -> Choices:
        return suggest_zones(typed)

    return {Kind.REFERENCE: reference, Kind.ZONE: zone}


async def suggest_papers(papers: PaperRepository, typed: str) -> Choices:
    """Up to 25 known papers whose id begins with, or whose title or text holds, what was typed."""
    typed = typed.strip()
    if not typed:
        newest = await papers.latest_day(datetime.now(UTC).date())
        found = list(newest.papers) if newest else []
    else:
        exact = await papers.get(typed)
        found = [exact] if exact else await papers.search(typed, limit=limits.CHOICES)
    return [
        app_commands.Choice(name=shortened(f"{in_one_line(paper.title)} · {paper.id}", limits.CHOICE), value=paper.id)
        for paper in found[: limits.CHOICES]
    ]


def suggest_zones(typed: str) -> Choices:
    """Up to 25 IANA time zones with what was typed in their names, those that begin with it first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    matching = [name for name in available_timezones() if wanted in name.casefold()]
    best = sorted(matching, key=lambda name: (not name.rpartition("/")[2].casefold().startswith(wanted), name))
    return [app_commands.Choice(name=name, value=name) for name in best[: limits.CHOICES]]
