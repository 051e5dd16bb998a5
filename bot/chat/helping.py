"""Help, generated from the grammar."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.engine import Asked
from bot.chat.grammar import Argument, Command, find
from bot.chat.request import Final, Reply
from bot.documents.model import Action, Actions, Document, Facts, Footnote, Heading, Paragraph, Text, code, text

FIRST_STEPS = Actions((Action("Today's papers", "today", style="primary"), Action("Trending", "trending")))


class Helping:
    """Handler of `help`."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = commands
        self._overviews = {
            runs_bot: overview([command for command in commands if runs_bot or command.who != "operator"])
            for runs_bot in (True, False)
        }

    async def help(self, asked: Asked) -> AsyncIterator[Reply]:
        """All commands, or how one works."""
        word = asked.invocation.get("command")
        document = command_help(find(word, self._commands)) if word else self._overviews[asked.request.runs_bot]
        yield Final(document)


def overview(commands: Sequence[Command]) -> Document:
    """Every command in a line, with what a paper may be named by."""
    rows: list[tuple[str, Text]] = [(command.brief, text(command.help)) for command in commands]
    hint = text(
        "A paper is an arXiv id, a link to it, or ",
        code("#3"),
        " for the third of the list last shown here. ",
        code("help search"),
        " tells all about one command.",
    )
    data = {"commands": [command_json(command) for command in commands]}
    return Document("What can be asked", (Facts(tuple(rows)), Footnote(hint), FIRST_STEPS), private=True, data=data)


def command_help(command: Command) -> Document:
    """One command: how it is written, what its arguments mean, and an example."""
    rows: list[tuple[str, Text]] = [(argument.usage, text(_meaning(argument))) for argument in command.arguments]
    blocks = [Paragraph(text(f"{command.help}. Usage: ", code(command.usage)))]
    if command.example:
        blocks.append(Paragraph(text("Example: ", code(command.example))))
    facts = (Heading("Arguments"), Facts(tuple(rows))) if rows else ()
    return Document(command.name, (*blocks, *facts), private=True, data=command_json(command))


def command_json(command: Command) -> dict[str, object]:
    """A command as plain JSON values."""
    return {
        "name": command.name,
        "usage": command.usage,
        "help": command.help,
        "example": command.example,
        "who": command.who,
        "arguments": [
            {"name": one.name, "help": one.help, "required": one.required, "keyword": one.keyword}
            for one in command.arguments
        ],
    }


def _meaning(argument: Argument) -> str:
    return f"{argument.help}; required" if argument.required else argument.help
