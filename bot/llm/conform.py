"""A model's JSON made to fit its schema where it is plain what was meant.

Arrays that are longer than asked for are cut; numbers, lists of them and JSON that were written as strings are read;
one number stands for a list of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_INTEGER = re.compile(r"\[?(-?[0-9]{1,9})\]?")
_INTEGERS = re.compile(r"[0-9]{1,9}(?:[,;] ?[0-9]{1,9})*")
_NESTED = {"array": list, "object": dict}


def conformed(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value as its schema wants it, as far as that is plain; parts that are not are left as they are."""
    kind = schema.get("type")
    if isinstance(value, str):
        value = _integers(value) if _is_list_of_integers(schema) else _read(value, kind)
    if isinstance(value, int) and _is_list_of_integers(schema):
        value = [value]
    if isinstance(value, list) and kind == "array":
        items = schema.get("items", {})
        return [conformed(item, items) for item in value[: schema.get("maxItems")]]
    if isinstance(value, dict) and kind == "object":
        properties = schema.get("properties", {})
        return {name: conformed(inner, properties.get(name, {})) for name, inner in value.items()}
    return value


def _is_list_of_integers(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "array" and schema.get("items", {}).get("type") == "integer"


def _integers(value: str) -> Any:
    """The numbers of "1, 2", "[1, 2]" or "[1]; [2]"."""
    bare = value.translate({ord("["): None, ord("]"): None}).strip()
    return [int(number) for number in re.split("[,;]", bare)] if _INTEGERS.fullmatch(bare) else value


def _read(value: str, kind: object) -> Any:
    """What a string holds that stands where another kind is wanted."""
    if kind == "integer" and (number := _INTEGER.fullmatch(value.strip())):
        return int(number[1])
    if kind not in _NESTED:
        return value
    try:
        read = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value
    return read if isinstance(read, _NESTED[str(kind)]) else value
