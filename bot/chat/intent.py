"""What somebody means: a command, a paper to be shown, or a question in free words.

In a mention, a direct message or a reply people write as they speak, so "show me how it was trained" is a question
though `show` is a command; but a slip of the keyboard ("shwo #3") or a command without its argument ("search") is
better met with a hint than with an answer to a question that nobody asked.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from bot.chat.grammar import Command, Invocation, clean, parse
from bot.chat.request import Origin, Request
from bot.errors import BadInput
from bot.papers.references import read_reference

SLIP = 0.7  # how like a command's name a mistyped one is, by difflib's ratio: "shwo" has 0.75, "how" 0.86 …
SLIP_WORDS = 2  # … so only lines as short as a command's own are taken for one
_PART_OF_A_LIST = re.compile(r"(?:page|top) \d{1,4}", re.IGNORECASE)
_WITHOUT_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai to Han


def understand(request: Request, commands: Sequence[Command], *, questions: bool) -> Invocation | None:
    """The command that a request stands for; None for an empty request or, where `questions` are taken, for one.

    Raises:
        BadInput: it is neither; the sentence says what was missing, or the nearest command.
    """
    try:
        return parse(request.text, commands)
    except BadInput:
        words = clean(request.text).split()
        if len(words) == 1 and _is_reference(words[0]):
            return parse(f"show {words[0]}", commands)
        if request.origin is Origin.COMMAND or not questions or not words:
            raise
        if _PART_OF_A_LIST.fullmatch(" ".join(words)):
            raise BadInput(f"Of which list? Write its name first, such as `today {' '.join(words)}`.") from None
        if _is_slip(words, commands) or _is_lone_word(words) or _manages(words[0], commands):
            raise
        return None


def _is_slip(words: Sequence[str], commands: Sequence[Command]) -> bool:
    """Whether a line that could not be read was meant as a command nonetheless."""
    if len(words) > SLIP_WORDS or words[-1].endswith("?"):
        return False
    names = [command.name for command in commands]
    return bool(difflib.get_close_matches(words[0].lower(), names, n=1, cutoff=SLIP))


def _manages(word: str, commands: Sequence[Command]) -> bool:
    """Whether a line begins with a command that changes what others get, such as `subscribe`, as no question does."""
    return any(command.name == word.lower() and command.who in ("manager", "admin") for command in commands)


def _is_lone_word(words: Sequence[str]) -> bool:
    """Whether a line is one word that asks nothing; in scripts without blanks one word may be a whole sentence."""
    return len(words) == 1 and not words[0].endswith(("?", "？")) and not _WITHOUT_BLANKS.search(words[0])


def _is_reference(word: str) -> bool:
    try:
        read_reference(word)
    except BadInput:
        return False
    return True
