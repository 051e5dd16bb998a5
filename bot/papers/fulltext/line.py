"""A line of a PDF, and lines put together: words that were parted at a line's end are whole again.

PDFium marks the hyphens of such words, and the paper's own vocabulary tells "pa-pers" from "self-attention".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from statistics import median
from typing import NamedTuple

from bot.papers.fulltext.looks import Look

_PUNCTUATION = ".,;:!?()[]{}\"'“”‘’"
_LAST_WORD = re.compile(r"\w*$")
_FIRST_WORD = re.compile(r"\w*")
_BROKEN = re.compile(r"[^\W\d_]-$")
_MAX_WORD = 60


class Line(NamedTuple):
    """A line, clean, with the page that it stands on."""

    text: str
    page: int
    first: bool = False  # of its page
    is_parted: bool = False  # its last word goes on in the next line
    look: Look | None = None

    @property
    def gaps(self) -> int:
        """How many of its blanks are as wide as between a table's columns."""
        return self.look.gaps if self.look else 0


def joiner(texts: Iterable[str]) -> Callable[[str, str], str]:
    """A function that puts the two halves of a parted word together as the paper writes that word elsewhere."""
    compounds = {word.strip(_PUNCTUATION) for text in texts for word in text.lower().split() if "-" in word}

    def join(first: str, second: str) -> str:
        compound = f"{first}-{second}"
        return compound if compound.lower() in compounds else f"{first}{second}"

    return join


def joined(parts: Iterable[Line], join: Callable[[str, str], str]) -> str:
    """Lines as one text, in which parted words are whole; a word that is parted at the end keeps its hyphen."""
    pieces: list[str] = []
    is_parted = False
    for line in parts:
        text = line.text
        if not is_parted and pieces and text[0].islower() and _BROKEN.search(pieces[-1][-3:]):
            pieces[-1], is_parted = pieces[-1][:-1], True  # a hyphen in which PDFium saw no break of a word
        if is_parted:
            before, text = _whole(pieces[-1], text, join)
            pieces[-1] = before
        elif pieces:
            pieces.append(" ")
        pieces.append(text)
        is_parted = line.is_parted
    return "".join(pieces) + ("-" if is_parted else "")


def usual_length(texts: Iterable[str]) -> float:
    """The length of a full line of running text, in characters."""
    lengths = [len(text) for text in texts if len(text) > 25]
    return median(lengths) if lengths else 80.0


def _whole(before: str, after: str, join: Callable[[str, str], str]) -> tuple[str, str]:
    """Two lines of which the first ends within a word, with that word in the second."""
    first = (_LAST_WORD.search(before[-_MAX_WORD:]) or [""])[0]
    second = (_FIRST_WORD.match(after) or [""])[0]
    if not first or not second:
        return before, after
    return before[: -len(first)], join(first, second) + after[len(second) :]
