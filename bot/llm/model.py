"""What is said to a language model, and what comes back.  Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat-completions call."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call, fully decided.  `schema` asks for JSON of that form; `max_tokens` caps the answer without thoughts."""

    purpose: str  # for the ledger and metrics: "summaries", "answer", …
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.0
    schema: Mapping[str, Any] | None = None
    prompt_hash: str = ""  # of the template that made it; part of every cache key
    may_repeat: bool = True  # once, where the model's thoughts left no room for the answer


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `estimated` where the server did not say.  `cost` in US dollars, None if unknown."""

    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        """Both together; the cost is unknown if one is."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A finished answer.  `data` is the parsed JSON where a schema was asked for, already checked against it."""

    text: str
    model: str
    usage: Usage
    data: Any = field(default=None)


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of a streamed answer."""

    text: str
