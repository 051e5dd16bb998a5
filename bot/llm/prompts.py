"""Prompts are files: settings and schema on top, then the templates of each message.

    ---
    version: 1
    variables: [language, papers]
    max_tokens: 900
    temperature: 0
    schema: {type: object, ...}
    ---
    What the system says.
    --- user ---
    What the user says, with {{ variables }} in Jinja2.

What never changes comes first, in the system's part, so that providers can cache it; what is from outside comes last,
between marks that nobody outside can guess (`{{ fence }}`, new for every call).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

import yaml
from jinja2 import Environment, StrictUndefined, Template

from bot.llm.model import Message, ModelCall

FENCE = "fence"  # the variable that every template may use and nobody passes

_PART = re.compile(r"^--- *(user|assistant) *---\n", re.MULTILINE)
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt file, ready to render."""

    name: str
    version: int
    variables: frozenset[str]
    max_tokens: int
    temperature: float
    schema: Mapping[str, Any] | None
    parts: tuple[tuple[Role, Template], ...]
    hash: str  # of the whole file: another word, another key in every cache

    def render(self, **variables: object) -> tuple[Message, ...]:
        """The messages.

        Raises:
            TypeError: a variable that the file declares is missing.  Others are left out, so that forms of a prompt
                may differ in what they use of what they are offered.
        """
        if missing := self.variables - variables.keys():
            raise TypeError(f"the prompt {self.name} needs {sorted(missing)}")
        given = {**{name: variables[name] for name in self.variables}, FENCE: secrets.token_hex(4)}
        return tuple(Message(role, template.render(given).strip()) for role, template in self.parts)

    def call(self, *, purpose: str, max_tokens: int | None = None, **variables: object) -> ModelCall:
        """The messages with the file's settings; `max_tokens` overrides the file's."""
        return ModelCall(
            purpose=purpose,
            messages=self.render(**variables),
            max_tokens=max_tokens or self.max_tokens,
            temperature=self.temperature,
            schema=self.schema,
            prompt_hash=self.hash,
        )


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt in `prompts/{name}.md`."""
    text = files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
    return parse_prompt(name, text)


def parse_prompt(name: str, text: str) -> Prompt:
    """A prompt from the text of its file.

    Raises:
        ValueError: the file has no settings on top, or lacks one.
    """
    try:
        _, top, body = text.split("---\n", 2)
        settings = yaml.safe_load(top)
        return Prompt(
            name=name,
            version=settings["version"],
            variables=frozenset(settings["variables"]),
            max_tokens=settings["max_tokens"],
            temperature=settings.get("temperature", 0.0),
            schema=settings.get("schema"),
            parts=_parts(body),
            hash=hashlib.sha256(text.encode()).hexdigest()[:16],
        )
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise ValueError(f"the prompt {name} is not of its form: {error}") from error


def _parts(body: str) -> tuple[tuple[Role, Template], ...]:
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701 (no HTML)
    pieces = ["system", *_PART.split(body)]
    return tuple(
        (cast(Role, role), environment.from_string(text)) for role, text in zip(pieces[::2], pieces[1::2], strict=True)
    )
