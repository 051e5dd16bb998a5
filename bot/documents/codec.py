"""Documents as JSON and back, so that what was composed once can be sent later, word for word.

Each value of a document's own types becomes an object whose "type" is the class's name; a field that holds its default
is left out, so that an older text can be read by a newer program that has more fields.
"""

from __future__ import annotations

import base64
import json
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.documents import model
from bot.documents.model import Document, Tone

TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        model.Action,
        model.Actions,
        model.Bars,
        model.Bullets,
        model.Card,
        model.Code,
        model.Document,
        model.Facts,
        model.Footnote,
        model.Heading,
        model.Image,
        model.Input,
        model.Moment,
        model.Paragraph,
        model.Quote,
        model.Span,
    )
}


def dump(document: Document) -> str:
    """The document as JSON text; its `data` must be plain JSON values."""
    return json.dumps(_pack(document), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Document:
    """The document that `dump` wrote.

    Raises:
        ValueError: the text is no such document.
    """
    try:
        document = _unpack(json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError("not a document") from error
    if not isinstance(document, Document):
        raise ValueError("not a document")
    return document


def _pack(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        packed = {field.name: _pack_field(value, field) for field in fields(value) if not _is_default(value, field)}
        return {"type": type(value).__name__, **packed}
    if isinstance(value, tuple):
        return [_pack(item) for item in value]
    if isinstance(value, datetime):
        return {"type": "datetime", "at": value.isoformat()}
    if isinstance(value, bytes):
        return {"type": "bytes", "base64": base64.b64encode(value).decode()}
    return value.value if isinstance(value, Enum) else value


def _pack_field(value: Any, field: Field[Any]) -> Any:
    plain = getattr(value, field.name)
    return {"type": "json", "value": plain} if field.name == "data" and isinstance(value, Document) else _pack(plain)


def _is_default(value: Any, field: Field[Any]) -> bool:
    return field.default is not MISSING and getattr(value, field.name) == field.default


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(item) for item in value)
    if not isinstance(value, dict):
        return value
    match value:
        case {"type": "json", "value": plain}:
            return plain
        case {"type": "datetime", "at": str(at)}:
            return datetime.fromisoformat(at)
        case {"type": "bytes", "base64": str(text)}:
            return base64.b64decode(text)
    kind = TYPES[value["type"]]
    known = {field.name for field in fields(kind)}
    given = {name: _unpack(item) for name, item in value.items() if name in known}
    if kind is Document and "tone" in given:
        given["tone"] = Tone(given["tone"])
    return kind(**given)
