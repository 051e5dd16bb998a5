"""Forms: what a command is told, asked for in fields rather than words.

A button that `fills` stands for a command line, as every button does; before the line is carried out, the platform
shows its form.  What is filled in goes with the line as `Request.fields` and is never read as words of the grammar, so
a topic called "news at 9" stays a topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bot.chat.grammar import Argument, Command, Invocation, Kind, choose, clean, shorten
from bot.errors import BadInput

if TYPE_CHECKING:
    from bot.chat.engine import Asked

MAX_FIELD = 2000  # characters of one field


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to be filled in.

    A field with `choices` is a list to choose from, each a value and its label; with `many` several may be chosen, and
    their values are joined by commas.  Else its kind says what may be written.
    """

    name: str  # of the argument
    label: str
    kind: Kind = Kind.TEXT
    value: str = ""  # what holds now
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    many: bool = False
    required: bool = False

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that hold now, of a field with choices."""
        values = self.value.split(",") if self.many else [self.value]
        return tuple(value for value, _ in self.choices if value in {one.strip() for one in values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of a command, those first that matter most: a platform with room for fewer leaves out the last."""

    title: str
    submit: str  # the label of the button that sends it
    line: str  # the command line that the fields complete
    fields: tuple[Field, ...]


class FormMaker(Protocol):
    """Makes the form of one command."""

    async def form(self, asked: Asked) -> Form:
        """The form, filled with what holds now.  Raises `UserError` for what this person may not change."""

    def faults(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with what was filled in: a sentence by field, none if all is well.  Asks nobody."""


def fill_in(invocation: Invocation, fields: Mapping[str, str]) -> Invocation:
    """The invocation with the fields of its form.

    An empty text means that there is to be none; any other field left empty stays as it is.

    Raises:
        BadInput: a field that the command does not have (a form of an older version), or too long a text.
    """
    values = dict(invocation.values)
    for name, value in fields.items():
        argument = _argument(invocation.command, name)
        if len(value) > MAX_FIELD:
            raise BadInput(f"`{name}` has {len(value):,} characters; please keep it under {MAX_FIELD:,}.")
        value = " ".join(clean(value).split())
        if value or argument.kind is Kind.TEXT:
            values[name] = choose(argument, value) if argument.choices else value
    return replace(invocation, values=values)


def _argument(command: Command, name: str) -> Argument:
    for argument in command.arguments:
        if argument.name == name:
            return argument
    raise BadInput(
        f"That form is of an older version: `{command.name}` has no `{shorten(name)}`. Please open it again."
    )
