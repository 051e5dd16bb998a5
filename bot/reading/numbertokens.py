"""A text in plain notation (see `notation.py`) as words, names and numbers in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<word> [^\W\d_]+ (?! [\w+] | [-./]\w ) )
  | (?P<compound> (?<![\w.]) [^\W\d_] [\w+]* (?:[-./] \w[\w+]*)* )
  | (?P<value> (?<![\w.])
        (?: \d{1,3}(?:\.\d{3})+,\d{1,9} | \d{1,3}(?:,\d{3})+(?:\.\d+)? | \.?\d+(?:\.\d+)* ) (?!\d)
        (?: [eE][-+]?\d{1,3} (?!\w) )? )
    (?P<unit> % | ‰ | × | -?[^\W\d_]+ )?
  | (?P<part> [^\W\d_]+ )
    """,
    re.VERBOSE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_DECIMAL_COMMA = re.compile(r"[\d.]+,\d+")
_LONGEST = 40  # characters; a longer run of digits counts nothing


class Token(NamedTuple):
    """A word, a name with digits ("GPT-4"), or a number with what is written onto it ("70B", "8-bit")."""

    start: int
    end: int
    written: str
    word: str  # a word or name in lower case; "" for a number
    is_name: bool = False
    value: Fraction | None = None
    suffix: str = ""  # of a number, in lower case but for "M" and "T"


@lru_cache(maxsize=4)  # numbers and names of a text are asked for one after the other
def tokens(text: str) -> tuple[Token, ...]:
    """The words, names and numbers of a text; versions ("1.2.3") are left out."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        kind, written = found.lastgroup, found[0]
        if kind in ("word", "part"):
            yield _word(start, end, written)
        elif kind in ("value", "unit"):
            value = _value(found["value"])
            if value is not None:
                yield Token(start, end, written, "", value=value, suffix=_suffix(found["unit"] or ""))
        elif any(map(str.isdecimal, written)):
            yield Token(start, end, written, written.lower(), is_name=True)
        else:
            yield from (_word(*word.span(), word[0]) for word in _LETTERS.finditer(text, start, end))


def _word(start: int, end: int, written: str) -> Token:
    return Token._make((start, end, written, written.lower(), False, None, ""))  # the quick way: most tokens are words


def _suffix(written: str) -> str:
    suffix = written.lstrip("-")
    return suffix if suffix in ("M", "T") else suffix.lower()


def _value(written: str) -> Fraction | None:
    """ "1,024", "1.024,5", ".5" and "1e-9" as exact values."""
    if len(written) > _LONGEST:
        return None
    if written.isdecimal():
        return Fraction(int(written))
    if written.count(".") > 1 or ("." in written and "," in written and written.index(".") < written.index(",")):
        if not _DECIMAL_COMMA.fullmatch(written):
            return None
        written = written.replace(".", "").replace(",", ".")
    return Fraction(written.replace(",", ""))
