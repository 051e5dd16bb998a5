"""JSON Schemas as servers take them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

# Rules that some servers refuse; an answer is checked against them here in any case.
LIMITS = frozenset(
    "additionalProperties maxItems minItems uniqueItems maxLength minLength pattern format minimum maximum "
    "exclusiveMinimum exclusiveMaximum multipleOf const default title description".split()
)


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with every property required (OpenAI, "Structured outputs")."""
    stricter = {name: strict(value) if isinstance(value, Mapping) else value for name, value in schema.items()}
    return stricter | {"required": list(schema["properties"])} if "properties" in schema else stricter


def without(schema: Mapping[str, Any], dropped: Collection[str]) -> dict[str, Any]:
    """The schema without these of its rules; properties may be named as rules are."""
    return {name: _pruned(name, value, dropped) for name, value in schema.items() if name not in dropped}


def limits(schema: Mapping[str, Any]) -> Iterator[str]:
    """Those of `LIMITS` that the schema holds."""
    for name, value in schema.items():
        if name in LIMITS:
            yield name
        inner = value.values() if name == "properties" else [value]
        for one in inner:
            if isinstance(one, Mapping):
                yield from limits(one)


def _pruned(name: str, value: Any, dropped: Collection[str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    if name == "properties":
        return {key: without(inner, dropped) for key, inner in value.items()}
    return without(value, dropped)
