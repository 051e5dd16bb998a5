"""JSON in a model's answer: found, parsed, checked against its schema; and what can be saved of half an answer.

Prompts carry plain JSON Schema, because that is what servers take.  So the check is by `jsonschema`, the reference
implementation in Python; a second description of the same form in pydantic models could drift from the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.llm.conform import conformed
from bot.llm.jsonrepair import hides_tex, repaired, requoted

_DECODER = json.JSONDecoder(strict=False)  # takes raw line ends in strings
_OBJECT = re.compile(r'\{\s*+["}]')
_WRAPPINGS = 2  # JSON strings around the JSON that are looked into
_MOST = 50  # values in one text, of which one may be the answer


class NotOfForm(ValueError):
    """The text holds no JSON of the form asked for; the message says where, never quoting it whole."""


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """The JSON value in `text`, checked.

    A fence, a sentence or a string around the value is forgiven, and what `repaired` and `conformed` can put right.
    Of several values of the form the last one counts: models draft before they answer.

    Raises:
        NotOfForm: there is none, or not of that form.
    """
    from jsonschema import Draft202012Validator  # takes a tenth of a second to import

    check = Draft202012Validator(dict(schema))
    first: Any = None
    for reading in _readings(text):
        values = list(_values(reading))[-_MOST:]
        first = first if first is not None or not values else values[0]
        for value in (*reversed(values), *(conformed(value, schema) for value in reversed(values))):
            if check.is_valid(value):
                return value
    if first is None:
        raise NotOfForm("no JSON object")
    fault = next(check.iter_errors(first))
    raise NotOfForm(f"{fault.json_path}: breaks the rule '{fault.validator}'")


def complete_items(text: str, schema: Mapping[str, Any]) -> list[Any]:
    """The objects, at any depth, that fit `schema`, in order; of an answer that was cut, those before the cut."""
    from jsonschema import Draft202012Validator

    fits = Draft202012Validator(dict(schema)).is_valid
    found = [[item for value in _values(each) for item in _fitting(value, schema, fits)] for each in _readings(text)]
    return max(found, key=len)


def _readings(text: str) -> Iterator[str]:
    """The text as it stands and repaired, without a string around it; the better one first, guesses last."""
    text = _unwrapped(text)
    better = repaired(text)
    if better == text:
        yield text
    else:  # valid JSON that hides TeX would be read without complaint, and wrongly
        yield from (better, text) if hides_tex(text) else (text, better)
    if (guessed := requoted(better)) != better:
        yield guessed


def _unwrapped(text: str) -> str:
    for _ in range(_WRAPPINGS):
        value = _decoded(text)
        value = _decoded(repaired(text)) if value is None else value
        if not isinstance(value, str):
            break
        text = value
    return text


def _values(text: str) -> Iterator[Any]:
    """The JSON value that the text is, or else the outermost objects in it."""
    value = _decoded(text)
    if value is None:
        yield from _objects(text)
    else:
        yield value


def _decoded(text: str) -> Any:
    """The JSON value, None if the text is none."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _fitting(value: Any, schema: Mapping[str, Any], fits: Callable[[Any], bool]) -> Iterator[Any]:
    """The outermost objects that fit, or can be made to.

    Not recursive, as a value may be nested as deeply as Python can read.
    """
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict) and fits(fitted := conformed(one, schema)):
            yield fitted
        elif isinstance(one, dict | list):
            left.extend(reversed(list(one.values()) if isinstance(one, dict) else one))


def _objects(text: str) -> Iterator[Any]:
    """Every outermost object that can be read to its end; an unfinished one is entered in search of inner ones."""
    found = _OBJECT.search(text)
    while found:
        try:
            value, end = _DECODER.raw_decode(text, found.start())
        except ValueError:
            end = found.start() + 1
        except RecursionError:  # so would be the inner ones
            return
        else:
            yield value
        found = _OBJECT.search(text, end)
