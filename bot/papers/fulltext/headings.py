"""Telling a heading from other lines by its words and its number, since a PDF marks none.

A numbered line is a heading only if its number follows from the one before: after 3.2 come 3.3, 3.2.1, 4 and (one
may have been missed) their next siblings.  So rows of tables and items of lists do not pass.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass

MAX_LENGTH = 110
MAX_SKIPPED = 1  # headings missed in a row, at one level

_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?P<dot>\.?)\s+(?P<title>\S.*)")
_ROMAN = re.compile(r"(?P<number>[IVX]{1,5})\.\s+(?P<title>[A-Z].*)")
_LETTERED = re.compile(r"(?:Appendix\s+)?(?P<number>[A-Z](?:\.\d{1,2}){0,2})(?P<dot>[.:]?)\s+(?P<title>[A-Z].*)")
_KNOWN = re.compile(
    r"abstract|introduction|related works?|background(?: and related work)?|preliminaries|motivation|problem statement|"
    r"methods?|methodology|materials and methods|approach|our approach|model|experiments?|"
    r"experimental (?:setup|results)|evaluation|"
    r"results?(?: and discussion)?|analysis|discussions?|ablation stud(?:y|ies)|limitations?|"
    r"conclusions?(?: and future work)?|discussion and conclusions?|concluding remarks|future work|summary|"
    r"broader impacts?(?: statement)?|ethics statement|ethical considerations|reproducibility statement|"
    r"acknowledge?ments?|author contributions|data availability|code availability|"
    r"references|bibliography|appendix|appendices|supplementary (?:material|materials|information)",
    re.I,
)
_RUN_IN_ABSTRACT = re.compile(r"abstract\s*(?:[—–:.-]+)\s*(?=\S)", re.I)
_A_WORD = re.compile(r"[^\W\d_]{3}")
_VALUES = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found: its text with the number, and its level from 1."""

    text: str
    level: int


class Headings:
    """Follows the numbering of one paper from top to bottom."""

    def __init__(self) -> None:
        self._last: tuple[int, ...] = ()
        self._dotted: bool | None = None  # whether numbers end with a dot here
        self._roman = False
        self._letter = ""  # of the appendix, or of the subsection under a Roman number
        self._appendix = False

    def match(self, line: str) -> Heading | None:
        """The heading that this line is, if it is one."""
        if not _may_be_one(line):
            return None
        if _KNOWN.fullmatch(line.strip(" .:")):
            self._appendix = self._appendix or line.lower().startswith(("references", "append", "biblio", "suppl"))
            return Heading(line.strip(" .:"), 1)
        return self._numbered(line) or self._roman_numbered(line) or self._lettered(line)

    def could_be(self, line: str) -> bool:
        """Whether `match` would find a heading; the numbering does not move on."""
        return _may_be_one(line) and copy(self).match(line) is not None

    def enter_appendix(self) -> None:
        """From here on letters number the sections."""
        self._appendix = True

    def _numbered(self, line: str) -> Heading | None:
        found = _NUMBERED.fullmatch(line)
        if not found or self._roman or not _is_title(found["title"]):
            return None
        number = tuple(int(part) for part in found["number"].split("."))
        dotted = bool(found["dot"])
        if len(number) == 1 and self._dotted is not None and dotted != self._dotted:
            return None
        if not _follows(number, self._last):
            return None
        if len(number) == 1:
            self._dotted = dotted
        self._last = number
        return Heading(line, len(number))

    def _roman_numbered(self, line: str) -> Heading | None:
        found = _ROMAN.fullmatch(line)
        if not found or (self._last and not self._roman) or not _is_title(found["title"]):
            return None
        number = (_roman(found["number"]),)
        if not _follows(number, self._last[:1]):
            return None
        self._roman, self._last, self._letter = True, number, ""
        return Heading(line, 1)

    def _lettered(self, line: str) -> Heading | None:
        found = _LETTERED.fullmatch(line)
        if not found or not (self._appendix or self._roman) or not _is_title(found["title"]) or "," in found["title"]:
            return None
        letter, *rest = found["number"].split(".")
        expected = chr(ord(self._letter) + 1) if self._letter else "A"
        if letter != expected and not (rest and letter == self._letter):
            return None
        self._letter = letter
        return Heading(line, len(rest) + (2 if self._roman and not self._appendix else 1))


def split_abstract(line: str) -> str | None:
    """What follows a run-in "Abstract—"; None if the line does not begin so."""
    found = _RUN_IN_ABSTRACT.match(line)
    return line[found.end() :] if found else None


def _may_be_one(line: str) -> bool:
    return len(line) <= MAX_LENGTH and (line[0].isupper() or line[0].isdigit())


def _follows(number: tuple[int, ...], last: tuple[int, ...]) -> bool:
    if not last:
        return number in ((1,), (0,))
    if number == (*last, 1):
        return True
    depth = len(number)
    if depth > len(last) or number[: depth - 1] != last[: depth - 1]:
        return False
    return 1 <= number[-1] - last[depth - 1] <= 1 + MAX_SKIPPED


def _is_title(title: str) -> bool:
    if title[-1] in ".,;=+" or not (title[0].isupper() or title[0] in "“\"'(" or title[0].isdigit()):
        return False
    letters = sum(char.isalpha() for char in title)
    return letters >= 0.6 * len(title.replace(" ", "")) and _A_WORD.search(title) is not None


def _roman(number: str) -> int:
    values = [_VALUES[letter] for letter in number]
    following = [*values[1:], 0]
    return sum(value if value >= after else -value for value, after in zip(values, following, strict=True))
