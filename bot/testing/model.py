"""A language model that says what a test scripts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import BotError
from bot.llm.answers import finished
from bot.llm.model import Completion, ModelCall, TextDelta, Usage
from bot.llm.tokens import TokenCounter, json_compact


@dataclass(frozen=True, slots=True)
class Ending:
    """A text with another end than "stop": "length", "content_filter", or "refusal"."""

    text: str
    finish: str


Answer = str | Mapping[str, Any] | Ending | BotError
Script = Iterable[Answer] | Callable[[ModelCall], Answer]


class FakeModel:
    """Implements `bot.ports.LanguageModel` by a script: answers in order, or a function of the call.

    A mapping is answered as JSON; an error is raised.  `calls` are those made so far.
    """

    def __init__(self, script: Script, *, name: str = "fake-model", counter: TokenCounter | None = None) -> None:
        self.name = name
        self.calls: list[ModelCall] = []
        self.thoughts = 0  # tokens that it may think beside its answer
        self._answer = script if callable(script) else _in_order(script)
        self._counter = counter or TokenCounter(name)

    def most_written(self, call: ModelCall) -> int:
        """The answer's cap and the thoughts."""
        return call.max_tokens + self.thoughts

    def most_when_repeated(self, call: ModelCall) -> int:
        """A script says each answer once."""
        return 0

    async def complete(self, call: ModelCall) -> Completion:
        """The next answer of the script."""
        return self._finish(call, self._next(call))

    async def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """The next answer of the script, word by word."""
        ending = self._next(call)
        for word in re.findall(r"\s*\S+\s*", ending.text):
            yield TextDelta(word)
        yield self._finish(call, ending)

    def _next(self, call: ModelCall) -> Ending:
        self.calls.append(call)
        answer = self._answer(call)
        if isinstance(answer, BotError):
            raise answer
        if isinstance(answer, Ending):
            return answer
        return Ending(answer if isinstance(answer, str) else json_compact(answer), "stop")

    def _finish(self, call: ModelCall, ending: Ending) -> Completion:
        usage = Usage(self._counter.count_call(call), self._counter.count(ending.text))
        answer = Completion(text=ending.text, model=self.name, usage=usage)
        return finished(answer, finish=ending.finish, refused=ending.finish == "refusal", schema=call.schema)


def _in_order(script: Iterable[Answer]) -> Callable[[ModelCall], Answer]:
    answers = iter(list(script))

    def answer(call: ModelCall) -> Answer:
        given = next(answers, None)
        if given is None:
            raise AssertionError(f"the script has no answer left for a call for {call.purpose!r}")
        return given

    return answer


__all__ = ["Answer", "Ending", "FakeModel", "Script"]
