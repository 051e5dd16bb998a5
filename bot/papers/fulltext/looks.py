"""How a PDF's lines look: font, size and place, asked of PDFium for a few characters of each line."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable
from ctypes import c_char_p, c_double, c_float, c_int, c_ulong, c_void_p
from typing import NamedTuple

import pypdfium2.raw as pdfium

from bot.papers.fulltext.native import Numbers, plain

_BOLD = re.compile(r"bold|black|heavy|medi(?!um)|demi|semib|cmb|sfb|lmb|-bd|\bbd|ptmb|phvb", re.I)
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_MAX_NAME = 100

WIDE = 0.55  # of its size is a letter wide, on average, in a line with gaps; in running text it is 0.4 to 0.5
MIN_GAP = (
    1.15  # of the size; justified text has narrower blanks, and a heading's number is one size away from its words
)

_text_object = plain(pdfium.FPDFText_GetTextObject, c_void_p, c_void_p, c_int)
_font_of = plain(pdfium.FPDFTextObj_GetFont, c_void_p, c_void_p)
_font_name = plain(pdfium.FPDFFont_GetBaseFontName, c_ulong, c_void_p, c_char_p, c_ulong)
_font_size = plain(pdfium.FPDFText_GetFontSize, c_double, c_void_p, c_int)
_get_matrix = plain(pdfium.FPDFText_GetMatrix, c_int, c_void_p, c_int, c_void_p)
_char_box = plain(pdfium.FPDFText_GetCharBox, c_int, c_void_p, c_int, *(c_void_p,) * 4)
_origin = plain(pdfium.FPDFText_GetCharOrigin, c_int, c_void_p, c_int, *(c_void_p,) * 2)


class Style(NamedTuple):
    """A font in a size: what headings have in common."""

    font: str
    size: float  # points, to a half

    @property
    def is_bold(self) -> bool:
        """Whether the font's name says so."""
        return _BOLD.search(self.font) is not None


class Look(NamedTuple):
    """How a line looks and where it lies, in points from the page's lower left corner."""

    style: Style
    is_uniform: bool  # its first letters have the font of its middle
    left: float
    right: float
    base: float  # its baseline's height
    gaps: int = 0  # between its words, each wider than a blank can be: cells of a table
    is_upright: bool = True


class Looks:
    """Asks how the lines of one page look."""

    def __init__(self, text_page: int) -> None:
        self._page = text_page
        self._fonts: dict[int, str] = {}
        self._styles: dict[int | None, tuple[Style, bool]] = {}
        self._box = Numbers(c_double)
        self._matrix = Numbers(c_float, 6)

    def of(self, text: str, start: int, end: int, char_at: Callable[[int], int]) -> Look:
        """The look of a slice of a text; `char_at` gives the character of the page at a place of the text."""
        page, numbers = self._page, self._box.numbers
        one, two, three, four = self._box.addresses
        first, last = char_at(start), char_at(end - 1)
        _origin(page, first, one, two)
        left, base = numbers[0], numbers[1]
        _char_box(page, last, one, two, three, four)
        right = numbers[1]
        item = _text_object(page, first)
        is_uniform = True
        style, is_upright = self._style(item, first)
        if item != _text_object(page, last):  # otherwise the whole line is one object
            middle = char_at(_middle(text, start, end))
            inner, is_upright = self._style(_text_object(page, middle), middle)
            is_uniform = inner.font == style.font
            style = Style(inner.font, max(style.size, inner.size))
        spread = right - left > WIDE * style.size * (end - start)
        gaps = self._gaps(text, start, end, char_at, MIN_GAP * style.size) if spread and is_upright else 0
        return Look(style, is_uniform, left, right, base, gaps, is_upright)

    def _gaps(self, text: str, start: int, end: int, char_at: Callable[[int], int], least: float) -> int:
        """How many blanks of a line are wider than that many points."""
        count, box = 0, self._box
        place = text.find(" ", start + 1, end - 1)
        while place >= 0:
            _char_box(self._page, char_at(place - 1), *box.addresses)
            before = box.numbers[1]
            _char_box(self._page, char_at(place + 1), *box.addresses)
            count += box.numbers[0] - before > least
            place = text.find(" ", place + 1, end - 1)
        return count

    def _style(self, item: int | None, char: int) -> tuple[Style, bool]:
        """The style of a character's text object, and whether it stands upright."""
        known = self._styles.get(item)
        if known is None:
            _get_matrix(self._page, char, self._matrix.addresses[0])
            a, b, c, d, _, _ = self._matrix.numbers
            size = _font_size(self._page, char) * math.sqrt(abs(a * d - b * c))
            known = Style(self._font(_font_of(item)), round(2 * size) / 2), abs(b) <= abs(a)
            self._styles[item] = known
        return known

    def _font(self, handle: int | None) -> str:
        if not handle:
            return ""
        if handle not in self._fonts:
            name = ctypes.create_string_buffer(_MAX_NAME)
            _font_name(handle, name, _MAX_NAME)
            self._fonts[handle] = _SUBSET.sub("", name.value.decode("latin-1"))
        return self._fonts[handle]


def _middle(text: str, start: int, end: int) -> int:
    """The place of a letter in the middle of a line; PDFium's blanks have no font."""
    middle = (start + end - 1) // 2
    return middle + 1 if text[middle].isspace() and middle + 1 < end else middle
