"""What can be typed next, from the grammar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document as Typed

from bot.chat.grammar import Command

PREFIX = "/papers"


class CommandCompleter(Completer):
    """Completes command names, then keywords and choices."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands = {command.name: command for command in commands}

    def get_completions(self, document: Typed, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The words that may follow what stands before the cursor."""
        words = document.text_before_cursor.split(" ")
        typed = words[-1]
        for word, meaning in self.following(words[:-1]):
            if word.startswith(typed.lower()):
                yield Completion(word, start_position=-len(typed), display_meta=meaning)

    def following(self, before: list[str]) -> Iterable[tuple[str, str]]:
        """Words that may come after those before, with what they mean."""
        before = [word for word in before if word and word != PREFIX]
        if not before or before == ["help"]:
            return [(name, command.help) for name, command in self._commands.items()]
        command = self._commands.get(before[0].lower())
        if command is None:
            return []
        keywords = [(one.keyword, one.help) for one in command.arguments if one.keyword and one.keyword not in before]
        return keywords + [(choice, one.help) for one in command.arguments for choice in one.choices]
