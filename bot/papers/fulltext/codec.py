"""Texts as JSON: for the store, and for what the parsing process hands back."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from bot.papers.fulltext.model import FullText, Parsed

FORM = 3  # of a text as it is kept; raised when parsing gives better texts, so that old ones are read anew


@cache
def _full_text() -> TypeAdapter[FullText]:
    return TypeAdapter(FullText)


@cache
def _parsed() -> TypeAdapter[Parsed]:
    return TypeAdapter(Parsed)


def dump(text: FullText) -> str:
    """A text as one JSON object."""
    return _full_text().dump_json(text).decode()


def load(data: str | bytes) -> FullText:
    """The text that `dump` wrote.

    Raises:
        ValueError: it is not of that form.
    """
    return _full_text().validate_json(data)


def load_parsed(data: bytes) -> Parsed:
    """What the parsing process wrote; checked, as it has read a document from outside.

    Raises:
        ValueError: it is not of that form.
    """
    return _parsed().validate_json(data)
