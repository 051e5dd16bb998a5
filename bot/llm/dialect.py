"""How to put a call to one model on one server: by what is known of the model, corrected by what the server
does.

Compatible servers differ in a few parameters.  `bot.llm.lessons` reads refusals and answers and changes what is here,
so each server is asked in vain only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.llm.catalog import facts_of
from bot.llm.model import Message, ModelCall
from bot.llm.schemas import strict, without
from bot.llm.tokens import estimate, json_compact

FORMS = ("json_schema", "json_object", "none")
ROOM = 2_000  # tokens for thoughts, which count against the cap, of a model that is told to think little
WIDE_ROOM = 4_000  # of one that thinks as it likes
_TEMPLATE = 50  # tokens that a chat template adds at most

Parameters = dict[str, Any]


@dataclass
class Dialect:
    """What is known of one model on one server."""

    model: str
    effort: str | None = field(init=False)  # the `reasoning_effort` to ask for
    cap: str = field(init=False)
    room: int = field(init=False)  # tokens for thoughts
    dropped: set[str] = field(init=False, default_factory=set)  # parameters that the server refuses
    dropped_rules: set[str] = field(init=False, default_factory=set)  # of schemas
    form: str = field(init=False, default=FORMS[0])  # of a call for JSON
    system_first: bool = field(init=False, default=True)  # else system text stands in the first user turn
    context: int | None = field(init=False)  # tokens of prompt and answer together, where known
    most: int | None = field(init=False, default=None)  # the highest cap that the server takes, where known
    cap_swapped: bool = field(init=False, default=False)
    proven: bool = field(init=False, default=False)  # an answer came whole, so the room is enough

    def __post_init__(self) -> None:
        """Begin with what is known of the model."""
        facts = facts_of(self.model)
        self.effort = facts.effort
        self.context = facts.context
        self.cap = "max_completion_tokens" if facts.effort else "max_tokens"
        self.dropped |= {"temperature"} if facts.effort else set()
        self.room = ROOM if facts.effort else WIDE_ROOM if facts.reasoning else 0

    def parameters(self, call: ModelCall, *, stream: bool) -> Parameters:
        """What to send."""
        wanted: Parameters = {
            "model": self.model,
            "messages": self._messages(call),
            self.cap: self.most_written(call),
            "temperature": call.temperature,
        }
        if self.effort:
            wanted["reasoning_effort"] = self.effort
        if call.schema is not None and self.form != "none":
            wanted["response_format"] = self._response_format(call.schema)
        if stream:
            wanted |= {"stream": True, "stream_options": {"include_usage": True}}
        return {name: value for name, value in wanted.items() if name not in self.dropped}

    def most_written(self, call: ModelCall) -> int:
        """The cap that a call is sent with: a model's thoughts count against it."""
        return self._capped(call, self.room)

    def most_when_repeated(self, call: ModelCall) -> int:
        """The cap that the call is repeated with, should thoughts leave no room for the answer; 0: it would not be."""
        wider = self._capped(call, max(self.room, WIDE_ROOM))
        return 0 if self.proven or wider <= self.most_written(call) else wider

    def _capped(self, call: ModelCall, room: int) -> int:
        if self.context is not None:
            room = max(0, min(room, self.context - _most_read(call) - call.max_tokens))
        cap = call.max_tokens + room
        return cap if self.most is None else min(cap, self.most)

    def _messages(self, call: ModelCall) -> list[dict[str, str]]:
        messages = call.messages
        if call.schema is not None and self.form != "json_schema":
            rule = f"Answer with JSON alone, by this JSON Schema: {json_compact(call.schema)}"
            first = Message(messages[0].role, f"{messages[0].content}\n\n{rule}")
            messages = (first, *messages[1:])
        if not self.system_first:
            messages = _alternating(messages)
        return [{"role": message.role, "content": message.content} for message in messages]

    def _response_format(self, schema: Mapping[str, Any]) -> Parameters:
        if self.form == "json_object":
            return {"type": "json_object"}
        sent = without(strict(schema), self.dropped_rules)
        whole = {"name": "answer", "strict": True, "schema": sent}
        return {"type": "json_schema", "json_schema": {k: v for k, v in whole.items() if k not in self.dropped_rules}}


def _most_read(call: ModelCall) -> int:
    """Tokens of a prompt at most, whatever the model's tokenizer and chat template are like."""
    schema = json_compact(call.schema) if call.schema is not None else ""
    words = estimate(schema) + sum(estimate(message.content) for message in call.messages)
    return words * 6 // 5 + _TEMPLATE


def _alternating(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """User and assistant in turn, the user first; what the system says goes into the user's turn."""
    turns: list[Message] = []
    for message in messages:
        role: Literal["user", "assistant"] = "assistant" if message.role == "assistant" else "user"
        if turns and turns[-1].role == role:
            turns[-1] = Message(role, f"{turns[-1].content}\n\n{message.content}")
        else:
            turns.append(Message(role, message.content))
    return tuple(turns)
