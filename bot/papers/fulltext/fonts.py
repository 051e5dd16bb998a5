"""Which fonts and sizes a PDF's running text has, so that headings and the words of figures are told from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property
from typing import NamedTuple

from bot.papers.fulltext.line import Line
from bot.papers.fulltext.looks import Style

LONG = 0.7  # of a full line: what is as long is running text, a caption or a footnote
FAMILY_SHARE = 0.04  # of the characters of long lines: a family with fewer is that of figures
SIZE_SHARE = 0.01  # likewise of a size
LARGER = 0.75  # points above the running text: a heading, or a title
SMALLER = 0.75  # points below it: no heading
MIN_CAPITALS = 4

_COMPUTER_MODERN = re.compile(r"cm(?:r|ti|bx|mi|sy|csc|sl|ex|b)\d|(?:ec|sf)(?:rm|ti|bx|cc|sl|xc|bi)\d|lmroman|lmmath")
_MATHS = re.compile(r"cm(?:mi|sy|ex)\d|ms[ab]m\d|lmmath|symbol|rsfs|txsy|txmi|pxsy|math|stix.*(?:sym|math)", re.I)


_TYPEWRITER = re.compile(r"mono|courier|tt\d|txtt|code|consol|menlo|inconsolata|nimbusmon", re.I)
_CM = "cm"
_WORDS = re.compile(r"[^\W\d_]{3,}[ ,.].{0,200}?\b[^\W\d_]{3,}")


class Kind(NamedTuple):
    """What the headings of one level have in common."""

    style: Style
    is_capitals: bool


class Fonts:
    """The fonts of one document's running text."""

    def __init__(self, lines: Sequence[Line], full: float) -> None:
        self._full = full
        characters: Counter[Style] = Counter()
        for line in lines:
            if line.look and len(line.text) >= LONG * full:
                characters[line.look.style] += len(line.text)
        self._long = characters

    @cached_property
    def body(self) -> Style | None:
        """The style of most of the running text; None where looks are unknown."""
        return max(self._long, key=self._long.__getitem__, default=None)

    @cached_property
    def _families(self) -> frozenset[str]:
        shares: Counter[str] = Counter()
        for style, count in self._long.items():
            shares[_family(style.font)] += count
        return frozenset(name for name, count in shares.items() if count >= FAMILY_SHARE * self._long.total())

    @cached_property
    def _sizes(self) -> frozenset[float]:
        shares: Counter[float] = Counter()
        for style, count in self._long.items():
            shares[style.size] += count
        return frozenset(size for size, count in shares.items() if count >= SIZE_SHARE * self._long.total())

    def kind(self, line: Line) -> Kind | None:
        """The kind of heading that a line would be by its look; None if it looks like running text, or smaller."""
        if line.look is None or self.body is None:
            return None
        style, body = line.look.style, self.body
        is_same_font = style.font == body.font
        is_body = is_same_font and style.size < body.size + LARGER
        if style.size < body.size - SMALLER or (is_body and not line.text.isupper()):
            return None
        kind = Kind(style, _is_capitals(line.text))
        if style.size >= body.size + LARGER or kind.is_capitals:
            return kind
        return kind if line.look.is_uniform and not is_same_font else None

    def is_small(self, line: Line) -> bool:
        """Whether a line is in smaller letters than running text."""
        return line.look is not None and self.body is not None and line.look.style.size < self.body.size

    def is_foreign(self, line: Line) -> bool:
        """Whether a line is in a font or a size that running text does not have: a figure's, a formula's."""
        if line.look is None or self.body is None:
            return False
        style = line.look.style
        if not line.look.is_uniform and abs(style.size - self.body.size) < LARGER:  # a word in another font
            return False
        family = _family(style.font)
        if family not in self._families:
            return not (_has_words(line.text) and (family == _CM or is_maths(line)))
        is_short = line.look.is_uniform and len(line.text) < LONG * self._full
        return is_short and not any(abs(style.size - size) <= 0.5 for size in self._sizes)


def _has_words(text: str) -> bool:
    """Whether a line in a font for formulas has words around its signs."""
    return _WORDS.search(text[:300]) is not None


def is_maths(line: Line) -> bool:
    """Whether a line is set in a font for formulas."""
    return line.look is not None and _MATHS.search(line.look.style.font) is not None


def is_typewriter(line: Line) -> bool:
    """Whether a line is set in a font for code."""
    return line.look is not None and _TYPEWRITER.search(line.look.style.font) is not None


@cache
def _family(font: str) -> str:
    name = font.lower()
    return _CM if _COMPUTER_MODERN.match(name) else name.partition("-")[0].partition(",")[0][:8]


def _is_capitals(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) >= MIN_CAPITALS
