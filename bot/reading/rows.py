"""Files of one JSON object a line, each of a given form.

A line ends with a line feed alone: JSON may hold Unicode's other line separators as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import BadInput

Row = TypeVar("Row", bound=BaseModel)


def read_rows(path: Path, form: type[Row], name: str) -> list[tuple[int, Row]]:
    """The lines of a file that are not blank, with their numbers; `name` is what one is called, for people.

    Raises:
        BadInput: the file cannot be read or holds nothing, or a line is not of the form; says which and why.
    """
    rows = [(number, _row(number, line, form, name)) for number, line in _lines(path) if line.strip()]
    if not rows:
        raise BadInput(f"`{path}` is empty; each of its lines should hold {name} as a JSON object.")
    return rows


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        return enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1)
    except UnicodeDecodeError:
        raise BadInput(f"`{path}` cannot be read: it is not text in UTF-8.") from None
    except OSError as error:
        raise BadInput(f"`{path}` cannot be read: {error.strerror}.") from None


def _row(number: int, line: str, form: type[Row], name: str) -> Row:
    try:
        return form.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        raise BadInput(f"Line {number} is not {name}: {_reason(fault['type'], fault['loc'], fault['msg'])}.") from None


def _reason(kind: str, where: tuple[int | str, ...], message: str) -> str:
    if kind == "json_invalid":
        return "it is no JSON"
    place = ".".join(map(str, where))
    if kind == "missing":
        return f"it has no {place}"
    return f"{place or 'it'}: {message[:1].lower()}{message[1:]}"
