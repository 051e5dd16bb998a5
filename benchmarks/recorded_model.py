"""A language model whose replies are kept in a file, so that a run of hours can be stopped and continued.

A reply is found again by what was sent (messages, schema, cap and prompt); the mark around text from outside, which is
new in every call, does not count.  Replies are judged by today's code whenever they were written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bot.errors import AnswerCut, ModelError
from bot.llm.answers import finished
from bot.llm.model import Completion, ModelCall, TextDelta, Usage
from bot.llm.tokens import TokenCounter
from bot.ports import LanguageModel

_MARK = re.compile(r"\b[0-9a-f]{8}\b")
_ANY = "0a1b2c3d"


class NotRecorded(RuntimeError):
    """A reply is needed that was never recorded, and there is no model to ask."""


class RecordedModel:
    """Implements `bot.ports.LanguageModel`; asks `live` for what the file lacks, and appends the reply at once.

    Args:
        name: of the model, part of every key.
        path: JSON Lines, a reply a line; made if it is missing.
        live: None to do with what is recorded.
    """

    def __init__(self, name: str, path: Path, live: LanguageModel | None) -> None:
        self.name = name
        self.calls: list[ModelCall] = []
        self._path = path
        self._live = live
        self._known: dict[str, dict[str, Any]] = {}
        if path.exists():
            for row in map(json.loads, filter(str.strip, path.read_text("utf-8").split("\n"))):
                self._known.setdefault(row["key"], row)  # two runs at once may have asked the same

    @property
    def is_live(self) -> bool:
        """Whether what is not recorded is asked."""
        return self._live is not None

    def most_written(self, call: ModelCall) -> int:
        """The call's own cap."""
        return call.max_tokens

    def most_when_repeated(self, call: ModelCall) -> int:
        """None: this model does not think, so it is never given more room."""
        return 0

    async def complete(self, call: ModelCall) -> Completion:
        """The recorded reply, or the live model's."""
        self.calls.append(call)
        key = key_of(self.name, call)
        if key not in self._known:
            self._keep(key, call, await self._ask(call))
        row = self._known[key]
        answer = Completion(text=row["text"], model=self.name, usage=Usage(**row["usage"]))
        return finished(answer, finish=row["finish"], schema=call.schema)

    async def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """The same in one piece."""
        answer = await self.complete(call)
        yield TextDelta(answer.text)
        yield answer

    async def _ask(self, call: ModelCall) -> dict[str, Any]:
        if self._live is None:
            raise NotRecorded("A reply is not recorded yet.")
        finish = "stop"
        try:
            answer = await self._live.complete(call)
        except ModelError as error:
            if error.answer is None:
                raise
            answer, finish = error.answer, "length" if isinstance(error, AnswerCut) else "stop"
        return {"text": answer.text, "finish": finish, "usage": asdict(replace(answer.usage, cost=None))}

    def _keep(self, key: str, call: ModelCall, reply: dict[str, Any]) -> None:
        row = {"key": key, "model": self.name, "purpose": call.purpose, "prompt_hash": call.prompt_hash, **reply}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._known[key] = row


class SteadyCounter(TokenCounter):
    """Counts every mark alike, so that the same question always gets the same passages."""

    def count_call(self, call: ModelCall) -> int:
        """The tokens of a call with any mark."""
        messages = tuple(replace(message, content=_MARK.sub(_ANY, message.content)) for message in call.messages)
        return super().count_call(replace(call, messages=messages))


def key_of(model: str, call: ModelCall) -> str:
    """What a reply is found by."""
    messages = [(message.role, _MARK.sub(_ANY, message.content)) for message in call.messages]
    asked = [model, call.prompt_hash, call.max_tokens, call.temperature, call.schema, messages]
    return hashlib.sha256(json.dumps(asked, sort_keys=False).encode()).hexdigest()[:24]
