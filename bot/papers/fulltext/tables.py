"""Telling a table's rows, and the heads above them, from running text."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from bot.papers.fulltext.clean import is_caption
from bot.papers.fulltext.fonts import Fonts
from bot.papers.fulltext.line import Line

ROW = 0.5  # of a line's words are numbers: a table begins
NEXT_ROW = 0.3  # … and goes on
MAX_HEADS = 6  # lines above the first row
SHORT = 0.7  # of a full line: a longer one is no head
MIN_GAPS = 2  # that make a row by themselves

_FORMULA = re.compile("[=≤≥∑∏∫∈≈∝]")
_ROW_ENDS = "%)x×kKMBA+±-–—✓✗/.,("
_NUMBER = re.compile(r"[-+±~<>≤≥]?\$?\d[\d.,%×x/±()]*[kKMB%]?|[-–—✓✗]|N/?A|\([\d.,±]+\)")


def table_rows(lines: Sequence[Line], fonts: Fonts, full: float, headings: Set[int]) -> set[int]:
    """The places of the lines that belong to tables; `full` is the usual length of a line in characters."""
    return _Rows(lines, fonts, full, headings).find()


class _Rows:
    def __init__(self, lines: Sequence[Line], fonts: Fonts, full: float, headings: Set[int]) -> None:
        self._lines = lines
        self._body = fonts.body
        self._full = full
        self._headings = headings

    def find(self) -> set[int]:
        """Rows that are plainly such, then the lines next to them."""
        rows = {place for place in range(len(self._lines)) if self._is_plainly_row(place) and self._may_be_row(place)}
        for place in sorted(rows):
            rows.update(self._next_to(place, 1, rows))
            rows.update(self._next_to(place, -1, rows))
        return rows

    def _may_be_row(self, place: int) -> bool:
        is_text = is_caption(self._lines[place].text) or self._goes_on(place)
        return place not in self._headings and not is_text

    def _is_plainly_row(self, place: int) -> bool:
        line = self._lines[place]
        return _is_row(line.text, ROW) or (line.gaps >= MIN_GAPS and not _FORMULA.search(line.text))

    def _next_to(self, place: int, step: int, rows: Set[int]) -> set[int]:
        """The lines below or above a row that belong to its table."""
        found: set[int] = set()
        for other in range(place + step, place + step * (MAX_HEADS + 1), step):
            if not 0 <= other < len(self._lines) or other in rows or not self._may_be_row(other):
                break
            if not self._belongs(self._lines[other], self._lines[place], is_above=step < 0):
                break
            found.add(other)
        return found

    def _belongs(self, line: Line, row: Line, *, is_above: bool) -> bool:
        """Whether a line next to a row is another row, or part of the heads above it."""
        if line.page != row.page:
            return False
        if line.gaps or _is_row(line.text, NEXT_ROW):
            return True
        if line.look is None or row.look is None or self._body is None:
            return False
        is_small = line.look.style.size < self._body.size - 0.25 and line.look.style.size == row.look.style.size
        return is_above and is_small and len(line.text) < SHORT * self._full and line.text[-1] not in ".:;"

    def _goes_on(self, place: int) -> bool:
        """Whether a line goes on with the sentence of the one before; it may have wide blanks to fill it."""
        if place == 0:
            return False
        before, line = self._lines[place - 1], self._lines[place]
        if before.is_parted:
            return not line.text[0].isupper()
        is_open = len(before.text) > SHORT * self._full and before.text[-1] not in ".:;!?" and before.gaps == 0
        return is_open and line.text[0].islower()


def _is_row(text: str, share: float) -> bool:
    """Whether a line looks like a row of a table: that share of its words are numbers, the last one too."""
    if not (text[-1].isdigit() or text[-1] in _ROW_ENDS):
        return False
    words = text.split()
    if len(words) < 3 or not _NUMBER.fullmatch(words[-1]):
        return False
    return sum(1 for word in words if _NUMBER.fullmatch(word)) >= share * len(words)
