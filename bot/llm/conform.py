"""A model's JSON made to fit its schema where it is plain what was meant.

Arrays that are longer than asked for are cut, numbers and JSON that were written as strings are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_INTEGER = re.compile(r"-?[0-9]{1,9}")
_NESTED = {"array": list, "object": dict}


def conformed(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value as its schema wants it, as far as that is plain; parts that are not are left as they are."""
    kind = schema.get("type")
    if isinstance(value, str):
        value = _read(value, kind)
    if isinstance(value, list) and kind == "array":
        items = schema.get("items", {})
        return [conformed(item, items) for item in value[: schema.get("maxItems")]]
    if isinstance(value, dict) and kind == "object":
        properties = schema.get("properties", {})
        return {name: conformed(inner, properties.get(name, {})) for name, inner in value.items()}
    return value


def _read(value: str, kind: object) -> Any:
    """What a string holds that stands where another kind is wanted."""
    if kind == "integer" and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if kind not in _NESTED:
        return value
    try:
        read = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value
    return read if isinstance(read, _NESTED[str(kind)]) else value
