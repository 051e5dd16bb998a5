"""What a chat-completions server says, whole or in chunks, as plain pieces.

Servers differ in the form of `content`: a string, or a list of parts (Mistral: `{"type": "thinking"}` and
`{"type": "text"}`).  Thoughts come as parts, or in `reasoning` (Ollama, OpenRouter, Groq) or `reasoning_content`
(DeepSeek, vLLM, llama.cpp) next to the content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_TEXTS = {"text", "output_text"}
_THOUGHTS = {"thinking", "reasoning", "reasoning_content", "redacted_thinking"}
_BESIDE = ("reasoning", "reasoning_content")  # fields of a message that hold thoughts


class NotAMessage(ValueError):
    """JSON, but no chat completion."""


class ErrorInside(Exception):
    """An error in a body that was sent with status 200."""

    def __init__(self, error: object) -> None:
        super().__init__("the body holds an error")
        self.error = error


@dataclass(frozen=True, slots=True)
class Reported:
    """Tokens as the server counts them; None where it does not say."""

    prompt: int | None
    written: int | None
    cached: int = 0  # of `prompt`, read from the provider's prompt cache
    cache_write: int = 0  # of `prompt`, written into it
    thoughts: int = 0  # of `written`


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A chunk of a streamed answer, or a whole one."""

    text: str = ""
    thoughts: str = ""
    strange: bool = False  # its content is of a form that nobody knows
    refused: bool = False
    finish: str | None = None  # the server's finish reason
    usage: Reported | None = None
    last: bool = False  # the server says that nothing follows

    @property
    def is_blank(self) -> bool:
        """Whether it tells nothing of the answer: a role, a sign of life."""
        return not (self.text or self.thoughts or self.finish or self.refused or self.strange or self.last)


def read_chunk(body: object) -> Piece:
    """A chunk of a stream.

    Raises:
        NotAMessage: it is no JSON object.
        ErrorInside: the server reports an error.
    """
    if not isinstance(body, Mapping):
        raise NotAMessage
    _raise_error(body)
    usage = _usage(body.get("usage"))
    choice = _first(body.get("choices"))
    if choice is None:
        return Piece(usage=usage)
    _raise_error(choice)
    said = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
    finish = choice.get("finish_reason")
    return replace(
        _content(said.get("content")),
        thoughts="".join(_thoughts(said)),
        refused=bool(said.get("refusal")),
        finish=finish if isinstance(finish, str) else None,
        usage=usage,
    )


def read_message(body: object) -> Piece:
    """A whole answer.  Raises as `read_chunk`; `NotAMessage` also where there is no message."""
    piece = read_chunk(body)
    choice = _first(_mapping(body).get("choices"))
    if choice is None or not isinstance(choice.get("message"), Mapping):
        raise NotAMessage
    return replace(piece, last=True)


def _content(content: object) -> Piece:
    if content is None or isinstance(content, str):
        return Piece(text=content or "")
    parts = content if isinstance(content, list) else [content]
    texts = [_text(part) for part in parts]
    return Piece(text="".join(filter(None, texts)), strange=None in texts)


def _text(part: object) -> str | None:
    """The text of a part, empty for parts of other kinds; None for one of no known form."""
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        return None
    kind, text = part.get("type", "text"), part.get("text")
    if kind not in _TEXTS:
        return ""
    if isinstance(text, Mapping):
        text = text.get("value")
    return text if isinstance(text, str) else None


def _thoughts(said: Mapping[str, Any]) -> Iterator[str]:
    yield next((said[name] for name in _BESIDE if isinstance(said.get(name), str)), "")
    content = said.get("content")
    for part in content if isinstance(content, list) else []:
        kind = _mapping(part).get("type")
        if isinstance(kind, str) and kind in _THOUGHTS:
            inner = part.get(kind, part.get("text"))
            yield inner if isinstance(inner, str) else "".join(_text(one) or "" for one in _list(inner)) or " "


def _usage(usage: object) -> Reported | None:
    if not isinstance(usage, Mapping):
        return None
    read = _mapping(usage.get("prompt_tokens_details"))
    return Reported(
        prompt=_count(usage.get("prompt_tokens")),
        written=_count(usage.get("completion_tokens")),
        cached=_count(read.get("cached_tokens")) or 0,
        cache_write=_count(read.get("cache_write_tokens")) or 0,
        thoughts=_count(_mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")) or 0,
    )


def _raise_error(body: Mapping[str, Any]) -> None:
    if error := body.get("error"):
        raise ErrorInside(error)


def _first(choices: object) -> Mapping[str, Any] | None:
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, Mapping) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
