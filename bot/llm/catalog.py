"""Facts about language models, from the dated table `models.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")  # "gpt-5-mini-2025-08-07"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of a model; None is unknown.

    `context` is in tokens, prices are US dollars per million tokens, `shutdown` is the first day without the model.
    `effort` is the `reasoning_effort` to send to a model that reasons.
    """

    context: int | None = None
    reasoning: bool | None = None
    effort: str | None = None
    input: float | None = None
    cached: float | None = None
    cache_write: float | None = None
    output: float | None = None
    shutdown: date | None = None


UNKNOWN = ModelFacts()


def facts_of(model: str) -> ModelFacts:
    """The facts about the model of this name, as a server knows it.

    A dated snapshot has the facts of its model.  A name that is not in the table has what its family says.
    """
    name = _canonical(model)
    return _models().get(name) or _of_family(name)


def known_models() -> tuple[str, ...]:
    """The names in the table."""
    return tuple(_models())


def _canonical(model: str) -> str:
    """The name without its publisher ("Qwen/Qwen3-8B") and its day."""
    return _SNAPSHOT.sub("", model.strip().lower().rpartition("/")[2])


def _of_family(name: str) -> ModelFacts:
    if "chat" in name and name.startswith("gpt-"):
        return ModelFacts(reasoning=False)  # "gpt-5.1-chat-latest": OpenAI's models of the chat product answer at once
    fitting = [prefix for prefix in _families() if name.startswith(prefix)]
    return _families()[max(fitting, key=len)] if fitting else UNKNOWN


@cache
def _models() -> dict[str, ModelFacts]:
    return {name: ModelFacts(**facts) for name, facts in _table()["models"].items()}


@cache
def _families() -> dict[str, ModelFacts]:
    return {prefix: ModelFacts(**facts) for prefix, facts in _table()["families"].items()}


def _table() -> dict[str, Any]:
    return tomllib.loads(files("bot.llm").joinpath("models.toml").read_text(encoding="utf-8"))
