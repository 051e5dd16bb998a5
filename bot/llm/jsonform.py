"""JSON in a model's answer: found, parsed, checked against its schema; and what can be saved of half an answer.

Prompts carry plain JSON Schema, because that is what servers take.  So the check is by `jsonschema`, the reference
implementation in Python; a second description of the same form in pydantic models could drift from the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any


class NotOfForm(ValueError):
    """The text holds no JSON of the form asked for; the message says where, never quoting it whole."""


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """The JSON value in `text`, checked.

    A fence or a sentence around the value is forgiven.

    Raises:
        NotOfForm: there is none, or not of that form.
    """
    from jsonschema import Draft202012Validator  # takes a tenth of a second to import

    value = _find(text)
    fault = next(Draft202012Validator(dict(schema)).iter_errors(value), None)
    if fault is not None:
        raise NotOfForm(f"{fault.json_path}: breaks the rule '{fault.validator}'")
    return value


def complete_items(text: str, schema: Mapping[str, Any]) -> list[Any]:
    """The objects, at any depth, that fit `schema`, in order; of an answer that was cut, those before the cut."""
    from jsonschema import Draft202012Validator

    fits = Draft202012Validator(dict(schema)).is_valid
    return [item for value in _objects(text) for item in _fitting(value, fits)]


def _fitting(value: Any, fits: Callable[[Any], bool]) -> Iterator[Any]:
    if isinstance(value, dict) and fits(value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _fitting(inner, fits)


def _find(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # RecursionError is none: a deeply nested answer is caught below
        pass
    except RecursionError:
        raise NotOfForm("nested too deeply") from None
    value = next(_objects(text), None)
    if value is None:
        raise NotOfForm("no JSON object")
    return value


def _objects(text: str) -> Iterator[Any]:
    """Every outermost object that can be read to its end; an unfinished one is entered in search of inner ones."""
    decoder = json.JSONDecoder()
    position = text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            yield value
        position = text.find("{", end)
