"""What one server understands of the chat-completions language, learnt from its refusals.

Compatible servers differ in a few parameters.  A refusal names the one it is about; what works instead is remembered,
so each server is asked only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.llm.catalog import facts_of
from bot.llm.model import Message, ModelCall
from bot.llm.tokens import json_compact

_FORMS = ("json_schema", "json_object", "none")
_FORM_WORDS = ("response_format", "json_schema", "json_object", "structured output", "grammar")
_THINKING_ROOM = 2_000  # tokens that a reasoning model may think before its answer; they count against the cap

Parameters = dict[str, Any]


@dataclass
class Dialect:
    """How to put a call to one model on one server."""

    model: str
    _reasons: bool = field(init=False)
    _effort: str | None = field(init=False)  # the `reasoning_effort` to ask for
    _dropped: set[str] = field(init=False, default_factory=set)  # parameters that the server refuses
    _cap: str = field(init=False)
    _cap_swapped: bool = field(init=False, default=False)
    _form: str = field(init=False, default=_FORMS[0])

    def __post_init__(self) -> None:
        """Begin with what is known of the model; `learn` corrects it."""
        facts = facts_of(self.model)
        self._reasons = bool(facts.reasoning)
        self._effort = facts.effort
        self._cap = "max_completion_tokens" if facts.effort else "max_tokens"

    def parameters(self, call: ModelCall, *, stream: bool) -> Parameters:
        """What to send."""
        wanted: Parameters = {"model": self.model, "messages": self._messages(call), self._cap: call.max_tokens}
        if self._reasons:
            wanted[self._cap] = most_written(self.model, call)
        if self._effort:
            wanted["reasoning_effort"] = self._effort
        else:
            wanted["temperature"] = call.temperature
        if call.schema is not None and self._form != "none":
            wanted["response_format"] = _response_format(self._form, call.schema)
        if stream:
            wanted |= {"stream": True, "stream_options": {"include_usage": True}}
        return {name: value for name, value in wanted.items() if name not in self._dropped}

    def learn(self, sent: Parameters, complaint: str) -> bool:
        """Take a refusal of `sent` to heart; whether it is worth asking again."""
        complaint = complaint.lower()
        if "response_format" in sent and any(word in complaint for word in _FORM_WORDS):
            return self._step_down(sent["response_format"]["type"])
        for name in ("temperature", "stream_options", "reasoning_effort"):
            if name in sent and name in complaint:
                self._dropped.add(name)
                return True
        names_the_cap = "max_tokens" in complaint or "max_completion_tokens" in complaint
        return names_the_cap and self._swap_cap(sent)

    def _messages(self, call: ModelCall) -> list[dict[str, str]]:
        messages = call.messages
        if call.schema is not None and self._form != "json_schema":
            rule = f"Answer with JSON alone, by this JSON Schema: {json_compact(call.schema)}"
            first = Message(messages[0].role, f"{messages[0].content}\n\n{rule}")
            messages = (first, *messages[1:])
        return [{"role": message.role, "content": message.content} for message in messages]

    def _step_down(self, refused: str) -> bool:
        if refused == self._form:  # else another call has learnt it meanwhile
            self._form = _FORMS[_FORMS.index(refused) + 1]
        return True

    def _swap_cap(self, sent: Parameters) -> bool:
        if self._cap_swapped:  # both names were tried, so it is the number that is refused
            return self._cap not in sent
        self._cap_swapped = True
        self._cap = "max_tokens" if "max_completion_tokens" in sent else "max_completion_tokens"
        return True


def most_written(model: str, call: ModelCall) -> int:
    """The cap that a call to this model is sent with: a reasoning model's thoughts count against it."""
    return call.max_tokens + (_THINKING_ROOM if _reasons(model) else 0)


def _reasons(model: str) -> bool:
    return bool(facts_of(model).reasoning)


def _response_format(form: str, schema: Mapping[str, Any]) -> Parameters:
    if form == "json_object":
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": _strict(schema)}}


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema as strict servers want it: every property required (OpenAI, "Structured outputs")."""
    stricter = {name: _strict(value) if isinstance(value, Mapping) else value for name, value in schema.items()}
    return stricter | {"required": list(schema["properties"])} if "properties" in schema else stricter
