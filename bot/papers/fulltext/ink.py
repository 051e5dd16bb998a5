"""Whether text leaves ink on its page: the page is drawn with it and without it, and the two are compared.

This is exact where geometry can only suspect: clipped shapes, gradients, pictures and logos.  It costs some
milliseconds a drawing, so only suspicious text is asked about.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from ctypes import c_int, c_uint, c_void_p, string_at
from typing import NamedTuple

import pypdfium2.raw as pdfium

from bot.papers.fulltext.css import MAX_ALIKE
from bot.papers.fulltext.native import plain

MAX_DRAWINGS = 8  # of a page without some of its text; what is left after them counts as without ink
MAX_SIDE = 1500  # pixels of a drawing; a page of usual size has one pixel a point
LARGE = 24.0  # points: letters so high, as a watermark's are, are seen at less contrast
LARGE_CONTRAST = 15  # of 255
LARGE_MIN_INK = 0.005  # as they may run across the page at a slant, in a box that is mostly empty
MIN_INK = 0.08  # of the dots where a text lies; white letters that cut through black ones change fewer
MAX_SUSPECTS = 500  # of a page; with more of them nothing is drawn, and none is said to have ink

_create = plain(pdfium.FPDFBitmap_CreateEx, c_void_p, c_int, c_int, c_int, c_void_p, c_int)
_fill = plain(pdfium.FPDFBitmap_FillRect, c_int, c_void_p, c_int, c_int, c_int, c_int, c_uint)
_render = plain(pdfium.FPDF_RenderPageBitmap, None, c_void_p, c_void_p, *(c_int,) * 6)
_buffer = plain(pdfium.FPDFBitmap_GetBuffer, c_void_p, c_void_p)
_stride = plain(pdfium.FPDFBitmap_GetStride, c_int, c_void_p)
_destroy = plain(pdfium.FPDFBitmap_Destroy, None, c_void_p)
_rotation = plain(pdfium.FPDFPage_GetRotation, c_int, c_void_p)
_set_active = plain(pdfium.FPDFPageObj_SetIsActive, c_int, c_void_p, c_int)

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points


class Placed(NamedTuple):
    """A text object by its handle, where it lies on the page, and the size of its letters in points."""

    item: int
    box: Box
    size: float


class _Drawing(NamedTuple):
    """A page as grey pixels, row by row from the top."""

    pixels: bytes
    stride: int


class _Canvas(NamedTuple):
    """How points become pixels."""

    left: float
    top: float
    scale: float
    width: int
    height: int

    @classmethod
    def of(cls, page_box: Box) -> _Canvas:
        left, bottom, right, top = page_box
        longest = max(right - left, top - bottom, 1.0)
        scale = min(1.0, MAX_SIDE / longest)
        return cls(left, top, scale, math.ceil((right - left) * scale) or 1, math.ceil((top - bottom) * scale) or 1)

    def rows(self, box: Box) -> range:
        first = math.floor((self.top - box[3]) * self.scale)
        return range(max(0, first), min(self.height, math.ceil((self.top - box[1]) * self.scale) + 1))

    def columns(self, box: Box) -> slice:
        first = math.floor((box[0] - self.left) * self.scale)
        return slice(max(0, first), max(0, min(self.width, math.ceil((box[2] - self.left) * self.scale) + 1)))


def without_ink(page: int, page_box: Box, suspects: Sequence[Placed]) -> set[int]:
    """The handles of those text objects of the page with that handle whose absence changes nothing that is seen."""
    unseen = {suspect.item for suspect in suspects}
    if not 0 < len(suspects) <= MAX_SUSPECTS:
        return unseen
    canvas = _Canvas.of(page_box)
    whole = _draw(page, canvas)
    for group in _apart(suspects):
        for suspect in group:
            _set_active(suspect.item, 0)
        lacking = _draw(page, canvas)
        for suspect in group:
            _set_active(suspect.item, 1)
            if _differ(whole, lacking, canvas, suspect):
                unseen.discard(suspect.item)
    return unseen


def _apart(suspects: Sequence[Placed]) -> Iterator[list[Placed]]:
    """The texts in groups in which none lies on another, so that each is judged by its own ink alone."""
    left = list(suspects)
    for _ in range(MAX_DRAWINGS):
        group: list[Placed] = []
        later: list[Placed] = []
        for one in left:
            (later if any(_overlap(one.box, other.box) for other in group) else group).append(one)
        if not group:
            return
        yield group
        left = later


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw(page: int, canvas: _Canvas) -> _Drawing:
    bitmap = _create(canvas.width, canvas.height, pdfium.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        return _Drawing(b"", 0)
    try:
        _fill(bitmap, 0, 0, canvas.width, canvas.height, 0xFFFFFFFF)
        upright = -_rotation(page) % 4  # boxes are those of the page before it is turned
        _render(bitmap, page, 0, 0, canvas.width, canvas.height, upright, 0)
        stride = _stride(bitmap)
        return _Drawing(string_at(_buffer(bitmap), stride * canvas.height), stride)
    finally:
        _destroy(bitmap)


def _differ(one: _Drawing, other: _Drawing, canvas: _Canvas, suspect: Placed) -> bool:
    """Whether the two drawings can be told apart where a text lies, by as many dots as its letters have."""
    columns = canvas.columns(suspect.box)
    contrast, least = (MAX_ALIKE, MIN_INK) if suspect.size < LARGE else (LARGE_CONTRAST, LARGE_MIN_INK)
    dots = inked = 0
    for row in canvas.rows(suspect.box):
        start = row * one.stride
        here, there = (drawing.pixels[start : start + one.stride][columns] for drawing in (one, other))
        dots += len(here)
        if here != there:
            inked += sum(abs(a - b) > contrast for a, b in zip(here, there, strict=True))
    return inked > least * dots
