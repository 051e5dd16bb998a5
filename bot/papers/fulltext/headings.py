"""Telling a heading from other lines by its words and its number, since a PDF marks none.

A numbered line is a heading only if its number follows from the one before: after 3.2 come 3.3, 3.2.1, 4 and (one
may have been missed) their next siblings.  So rows of tables and items of lists do not pass.  A line that looks like
the paper's other headings (see `sections.py`) need only come later than the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 110
MAX_SKIPPED = 1  # headings missed in a row, at one level
MAX_JUMP = 3  # between the numbers of two headings that are known by their looks

_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?P<dot>\.?)\s+(?P<title>\S.*)")
_ROMAN = re.compile(r"(?P<number>[IVX]{1,5})\.\s+(?P<title>[A-Z].*)")
_LETTERED = re.compile(r"(?:Appendix\s+)?(?P<number>[A-Z](?:\.\d{1,2}){0,2})(?P<dot>[.:]?)\s+(?P<title>[A-Z].*)")
_KNOWN = re.compile(
    r"abstract|introduction|related works?|background(?: and related work)?|preliminaries|motivation|problem statement|"
    r"methods?|methodology|materials and methods|approach|our approach|model|experiments?|"
    r"experimental (?:setup|results)|evaluation|"
    r"results?(?: and (?:discussion|analysis))?|analysis|discussions?|ablation stud(?:y|ies)|limitations?|"
    r"conclusions?(?: and future work)?|discussion and conclusions?|concluding remarks|future work|summary|"
    r"broader impacts?(?: statement)?|ethics statement|ethical considerations|reproducibility statement|"
    r"acknowledge?ments?|author contributions|data availability|code availability|"
    r"references|bibliography|appendix|appendices|supplementary (?:material|materials|information)",
    re.I,
)
_IN_ANY_PAPER = re.compile(  # what has no number in papers whose sections have one
    r"abstract|acknowledge?ments?|limitations?|broader impacts?(?: statement)?|ethic.{0,20}|reproducibility statement|"
    r"author contributions|data availability|code availability|references|bibliography|append.{0,10}|supplement.{0,20}",
    re.I,
)
_RUN_IN_ABSTRACT = re.compile(r"abstract\s*(?:[—–:.-]+)\s*(?=\S)", re.I)
_SENTENCE = re.compile(r"[^\W\d_A-Z]{2}[.?!] [A-Z]")
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
        self._is_unnumbered = False  # its "Introduction" has no number, so numbers are those of lists

    def match(self, line: str, *, looks_like_one: bool = False) -> Heading | None:
        """The heading that this line is, if it is one."""
        if not (line[0].isupper() or line[0].isdigit()) or (len(line) > MAX_LENGTH and not looks_like_one):
            return None
        if is_known(line):
            self._appendix = self._appendix or line.lower().startswith(("references", "append", "biblio", "suppl"))
            self._is_unnumbered = self._is_unnumbered or not (self._last or _IN_ANY_PAPER.fullmatch(line.strip(" .:")))
            return Heading(line.strip(" .:"), 1)
        if self._is_unnumbered and not (looks_like_one or self._appendix):
            return None
        return (
            self._numbered(line, looks_like_one)
            or self._roman_numbered(line, looks_like_one)
            or self._lettered(line, looks_like_one)
        )

    def enter_appendix(self) -> None:
        """From here on letters number the sections."""
        self._appendix = True

    def _numbered(self, line: str, trusted: bool) -> Heading | None:
        found = _NUMBERED.fullmatch(line)
        if not found or self._roman or not _is_title(found["title"]):
            return None
        number = tuple(int(part) for part in found["number"].split("."))
        dotted = bool(found["dot"])
        if not trusted and len(number) == 1 and self._dotted is not None and dotted != self._dotted:
            return None
        if not self._may_follow(number, found["title"], trusted):
            return None
        if len(number) == 1:
            self._dotted = dotted
        self._last = number
        return Heading(line, len(number))

    def _roman_numbered(self, line: str, trusted: bool) -> Heading | None:
        found = _ROMAN.fullmatch(line)
        if not found or (self._last and not self._roman) or not _is_title(found["title"]):
            return None
        number = (_roman(found["number"]),)
        if number[0] == 0 or not self._may_follow(number, found["title"], trusted):
            return None
        self._roman, self._last, self._letter = True, number, ""
        return Heading(line, 1)

    def _may_follow(self, number: tuple[int, ...], title: str, trusted: bool) -> bool:
        """Whether a heading of that number may come now: the first ones may have been missed if the words are known."""
        if _follows(number, self._last):
            return True
        if not self._last:
            return trusted or (is_known(title) and number[0] <= MAX_JUMP)
        return trusted and self._last < number and number[0] - self._last[0] <= MAX_JUMP

    def _lettered(self, line: str, trusted: bool) -> Heading | None:
        found = _LETTERED.fullmatch(line)
        if not found or not (self._appendix or self._roman or trusted) or not _is_title(found["title"]):
            return None
        if "," in found["title"] and not trusted:
            return None
        letter, *rest = found["number"].split(".")
        expected = chr(ord(self._letter) + 1) if self._letter else "A"
        if letter != expected and not (rest and letter == self._letter) and not (trusted and letter > self._letter):
            return None
        if trusted and not self._letter and letter > "C":  # an article: "A", or a variable
            return None
        self._letter = letter
        return Heading(line, len(rest) + (2 if self._roman and not self._appendix else 1))


def is_known(line: str) -> bool:
    """Whether a line without its number is what many papers call a section."""
    return _KNOWN.fullmatch(line.strip(" .:")) is not None


def is_numbered(line: str) -> re.Match[str] | None:
    """The number ("number") and the words ("title") of a line that has the form of a numbered heading."""
    found = _NUMBERED.fullmatch(line) or _ROMAN.fullmatch(line)
    return found if found and _is_title(found["title"]) else None


def is_lettered(line: str) -> bool:
    """Whether a line has the form of a subsection below a Roman number: "A. Data"."""
    found = _LETTERED.fullmatch(line)
    return found is not None and found["dot"] == "." and _is_title(found["title"])


def holds_sentence(text: str) -> bool:
    """Whether a sentence ends within a line."""
    return _SENTENCE.search(text) is not None


def split_abstract(line: str) -> str | None:
    """What follows a run-in "Abstract—"; None if the line does not begin so."""
    found = _RUN_IN_ABSTRACT.match(line)
    return line[found.end() :] if found else None


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
    if (
        title[-1] in ".,;=+"
        or holds_sentence(title)
        or not (title[0].isupper() or title[0] in "“\"'(" or title[0].isdigit())
    ):
        return False
    letters = sum(char.isalpha() for char in title)
    return letters >= 0.6 * len(title.replace(" ", "")) and _A_WORD.search(title) is not None


def _roman(number: str) -> int:
    values = [_VALUES[letter] for letter in number]
    following = [*values[1:], 0]
    return sum(value if value >= after else -value for value, after in zip(values, following, strict=True))
