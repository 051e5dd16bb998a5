"""How a command is described and read.  The descriptions themselves stand in `commands.py`.

A command is a word, then its arguments.  An argument is either *plain* (told by its position), or *named*: led in by a
keyword of a word or two, in any order, as in `subscribe at 09:00 in Europe/Berlin`.  An argument that `takes_rest`
holds every word up to the next keyword.  Among free words a keyword counts only before what its argument can be: so
`search page layout` stays a search, and `about attention in vision` one topic.  A flag is a keyword and nothing more.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.errors import BadInput

MAX_INPUT = 12_000  # characters of one request; three times the longest form any platform has
SLASH = "/papers"  # how commands begin in chats; some write it after a mention too


class Kind(StrEnum):
    """What an argument's words mean, so that a platform can offer the right field for it."""

    TEXT = "text"
    REFERENCE = "reference"  # a paper: id, link or #3
    DATE = "date"
    TIME = "time"
    ZONE = "zone"
    CHANNEL = "channel"
    NUMBER = "number"
    CHOICE = "choice"
    WEEKDAYS = "weekdays"
    LANGUAGE = "language"
    PERSON = "person"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument: its name, what it means, and how it is recognised."""

    name: str
    kind: Kind
    help: str
    required: bool = False
    takes_rest: bool = False
    keyword: str = ""  # a named argument's lead-in; "" for a plain one
    choices: tuple[str, ...] = ()
    most: int = 0  # a number's largest value, from 1 on; 0: any number will be read

    @property
    def usage(self) -> str:
        """As it stands in a usage line: `REFERENCE`, `[at TIME]`, `[edition final|live]`."""
        if self.kind is Kind.FLAG:
            return f"[{self.keyword}]"
        shown = "|".join(self.choices) if self.choices else self.name.upper()
        shown = f"{self.keyword} {shown}" if self.keyword else shown
        return shown if self.required else f"[{shown}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that people can ask for."""

    name: str
    help: str  # one line, imperative, no full stop
    arguments: tuple[Argument, ...] = ()
    example: str = ""  # without the leading "/papers "
    who: Literal["anyone", "manager", "admin", "operator"] = "anyone"  # an operator is whoever runs the bot
    private: bool = False  # the answer is for the person who asked, alone
    slow: bool = False  # may take longer than a moment: adapters show that work goes on

    @property
    def asks_for_rights(self) -> bool:
        """Whether it matters what this person may do in which channel."""
        return self.who != "anyone" or any(argument.kind is Kind.CHANNEL for argument in self.arguments)

    @property
    def is_private(self) -> bool:
        """Whether the answer is for the person who asked alone; a channel's settings are nobody else's matter."""
        return self.private or self.who == "manager"

    @property
    def brief(self) -> str:
        """The usage line without named arguments, which most people never need."""
        return " ".join((self.name, *(argument.usage for argument in self.arguments if not argument.keyword)))

    @property
    def usage(self) -> str:
        """The usage line, without "/papers "."""
        return " ".join((self.name, *(argument.usage for argument in self.arguments)))


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that was understood, with the words of each argument that was given."""

    command: Command
    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The words of an argument, or the default."""
        return self.values.get(name, default)


def parse(line: str, commands: Iterable[Command]) -> Invocation | None:
    """Read a line such as `show #3`, or `/papers show #3`.

    Returns None for an empty line.

    Raises:
        BadInput: an unknown command (names the nearest), a missing or a surplus argument, or too much text.
    """
    if len(line) > MAX_INPUT:
        raise BadInput(f"That is {len(line):,} characters; please keep it under {MAX_INPUT:,}.")
    words = clean(line).split()
    if words and words[0].lower() == SLASH:
        del words[0]
    if not words:
        return None
    command = find(words[0], commands)
    return Invocation(command, read_arguments(command, words[1:]))


def clean(line: str) -> str:
    """Without control characters, which mean nothing in a command and can upset a terminal or a database.

    Those that part words, such as line ends, become blanks; the others vanish.
    """
    return "".join(char if char.isprintable() else " " * char.isspace() for char in line)


def find(word: str, commands: Iterable[Command]) -> Command:
    """The command called `word`, in upper or lower case."""
    by_name = {command.name: command for command in commands}
    word = word.lower().lstrip("/")
    if word in by_name:
        return by_name[word]
    near = difflib.get_close_matches(word, by_name, n=1, cutoff=0.6)
    hint = f" Did you mean `{by_name[near[0]].name}`?" if near else ""
    raise BadInput(f"There is no command `{shorten(word)}`.{hint} `help` lists what there is.")


def read_arguments(command: Command, words: list[str]) -> dict[str, str]:
    """Give each word to its argument."""
    plain, named = _split_at_keywords(command, words)
    values = _read_plain(command, plain) | named
    check_required(command, values)
    for argument in command.arguments:
        if argument.choices and argument.name in values:
            values[argument.name] = choose(argument, values[argument.name])
    return values


def check_required(command: Command, values: Mapping[str, str]) -> None:
    """Raises `BadInput` where an argument is missing."""
    for argument in command.arguments:
        if argument.required and not values.get(argument.name):
            raise BadInput(f"`{command.name}` needs {argument.help}. Usage: `{command.usage}`.")


def _split_at_keywords(command: Command, words: list[str]) -> tuple[list[str], dict[str, str]]:
    plain: list[str] = []
    named: dict[str, list[str]] = {}
    target, free = plain, any(argument.takes_rest and not argument.keyword for argument in command.arguments)
    rest = list(words)
    while rest:
        argument = _led_in(command, rest, free=free)
        if argument is None:
            target.append(rest.pop(0))
            continue
        if argument.name in named:
            raise BadInput(f"`{argument.keyword}` is given twice. Usage: `{command.usage}`.")
        del rest[: len(argument.keyword.split())]
        named[argument.name] = [argument.keyword] if argument.kind is Kind.FLAG else []
        if argument.kind is not Kind.FLAG:
            target, free = named[argument.name], argument.takes_rest
    for name, given in named.items():
        if not given:
            raise BadInput(f"`{_by_name(command, name).keyword}` needs a value. Usage: `{command.usage}`.")
    return plain, {name: " ".join(given) for name, given in named.items()}


def _led_in(command: Command, words: list[str], *, free: bool) -> Argument | None:
    """The argument whose keyword the words begin with; among `free` words only if what follows can be its value."""
    for argument in command.arguments:
        length = len(argument.keyword.split())
        if not length or " ".join(words[:length]).lower().rstrip(":") != argument.keyword:
            continue
        following = words[length] if len(words) > length else ""
        if _can_be(argument, following) or not (free or argument.kind is Kind.NUMBER):
            return argument
    return None


def _can_be(argument: Argument, word: str) -> bool:
    if argument.choices:
        return word.lower() in argument.choices
    pattern = _FORMS.get(argument.kind)
    return pattern is None or re.match(pattern, word, re.IGNORECASE) is not None


_FORMS = {  # how a value of that kind begins
    Kind.NUMBER: r"\d+$",
    Kind.TIME: r"\d",
    Kind.ZONE: r"\w+/\w|UTC$|GMT$",
    Kind.WEEKDAYS: r"(mon|tue|wed|thu|fri|sat|sun|daily|every|week)",
    Kind.LANGUAGE: r"(?!(in|at|on|of|by|an)$)[a-z]{2}([-_]\w+)?$",
}


def _read_plain(command: Command, words: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    rest = list(words)
    for argument in command.arguments:
        if argument.keyword or not rest:
            continue
        count = len(rest) if argument.takes_rest else 1
        values[argument.name], rest = " ".join(rest[:count]), rest[count:]
    if rest:
        raise BadInput(f"`{shorten(' '.join(rest))}` is too much for `{command.name}`. Usage: `{command.usage}`.")
    return values


def choose(argument: Argument, value: str) -> str:
    """The choice that is meant.  Raises `BadInput`, naming the nearest."""
    if value.lower() in argument.choices:
        return value.lower()
    near = difflib.get_close_matches(value.lower(), argument.choices, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    raise BadInput(f"{argument.name} is one of {', '.join(argument.choices)}, not `{shorten(value)}`.{hint}")


def check_number(command: Command, argument: Argument, value: str) -> None:
    """Raises `BadInput` for a number that the argument cannot be."""
    if argument.most and not (value.isdecimal() and 1 <= int(value[:9]) <= argument.most):
        raise BadInput(f"`{argument.name}` is a number from 1 to {argument.most:,}. Usage: `{command.usage}`.")


def _by_name(command: Command, name: str) -> Argument:
    return next(argument for argument in command.arguments if argument.name == name)


def shorten(value: str, length: int = 60) -> str:
    """A piece of somebody's input, safe to be quoted back inside `code`."""
    value = value.replace("`", "'")
    return value if len(value) <= length else value[: length - 1] + "…"
