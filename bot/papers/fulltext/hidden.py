"""Which text objects of a PDF's page a reader does not see.

A text object is hidden when its render mode draws nothing, its size is under three points, or it lies outside the page.
It is suspicious when its colour is that of what lies beneath it, or white is painted over it; then the page is drawn
with and without it (see `ink.py`), as shapes may be clipped.  Objects are looked at one by one, with four calls each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from ctypes import POINTER, byref, c_float, c_int, c_uint, c_void_p
from typing import NamedTuple

import pypdfium2.raw as pdfium

from bot.papers.fulltext.css import WHITE, Colour, alike
from bot.papers.fulltext.ink import Box, Placed, without_ink
from bot.papers.fulltext.native import Numbers, plain

MAX_OBJECTS = 20_000  # of a page or form; a plot may have more, and no text worth it
MAX_FORM_DEPTH = 4
MIN_POINTS = 3.0
MIN_COVER_AREA = 100.0  # square points; smaller white shapes cover no sentence

_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_MIN_ALPHA = 25  # of 255; fainter text is not seen
_OPAQUE = 250
_NEARLY_BLACK = 75  # red, green and blue together

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


_page_objects = plain(pdfium.FPDFPage_CountObjects, c_int, c_void_p)
_page_object = plain(pdfium.FPDFPage_GetObject, c_void_p, c_void_p, c_int)
_form_objects = plain(pdfium.FPDFFormObj_CountObjects, c_int, c_void_p)
_form_object = plain(pdfium.FPDFFormObj_GetObject, c_void_p, c_void_p, c_int)
_kind = plain(pdfium.FPDFPageObj_GetType, c_int, c_void_p)
_render_mode = plain(pdfium.FPDFTextObj_GetTextRenderMode, c_int, c_void_p)
_fill_colour = plain(pdfium.FPDFPageObj_GetFillColor, c_int, *(c_void_p,) * 5)
_get_bounds = plain(pdfium.FPDFPageObj_GetBounds, c_int, *(c_void_p,) * 5)
_get_matrix = plain(pdfium.FPDFPageObj_GetMatrix, c_int, c_void_p, POINTER(pdfium.FS_MATRIX))
_draw_mode = plain(pdfium.FPDFPath_GetDrawMode, c_int, c_void_p, POINTER(c_int), POINTER(c_int))
_font_size = plain(pdfium.FPDFTextObj_GetFontSize, c_int, c_void_p, POINTER(c_float))
_page_bounds = plain(pdfium.FPDF_GetPageBoundingBox, c_int, c_void_p, POINTER(pdfium.FS_RECTF))


def hidden_objects(page: int) -> set[int]:
    """The handles of the text objects that a reader of the page with that handle does not see."""
    return _Scan(page).hidden()


class _Text(NamedTuple):
    """A text object: its handle, when and where it is painted, and the transformation of the form it stands in."""

    item: int
    order: int
    box: Box
    matrix: Matrix


class _Fill(NamedTuple):
    """A path that may be filled, or a picture or shading, whose colour is None.

    Where it lies, and whether it is filled at all, is asked for only if it matters.
    """

    item: int
    order: int
    colour: Colour | None
    matrix: Matrix


class _Shape(NamedTuple):
    """What a fill covers."""

    order: int
    box: Box
    colour: Colour | None


class _Scan:
    """Looks through the objects of one page, with few calls for each: a plot may have thousands."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._page_box = _page_box(page)
        self._corners = Numbers(c_float)
        self._colour = Numbers(c_uint)
        self._texts: list[_Text] = []
        self._invisible: list[_Text] = []
        self._coloured: list[tuple[_Text, Colour]] = []
        self._fills: list[_Fill] = []
        self._by_colour: dict[Colour, list[_Shape]] = {}
        self._order = 0
        self._has_picture = False

    def hidden(self) -> set[int]:
        """The addresses of text objects that a reader does not see."""
        self._walk(self._page, _page_objects(self._page), _page_object, _IDENTITY, 0)
        if self._is_scan():
            return set()
        suspects = {text.item: text for text in (*self._camouflaged(), *self._painted_over())}.values()
        placed = [Placed(text.item, text.box, _size(text)) for text in suspects]
        return {text.item for text in self._invisible} | without_ink(self._page, self._page_box, placed)

    def _is_scan(self) -> bool:
        """Whether all text is invisible above a picture: that is what recognised text of a scan looks like."""
        return self._has_picture and len(self._invisible) == len(self._texts)

    def _walk(self, container: int, count: int, get: Callable[[int, int], int], matrix: Matrix, depth: int) -> None:
        outer_left, outer_bottom, outer_right, outer_top = self._page_box
        channels, addresses = self._colour.numbers, self._colour.addresses
        for index in range(min(count, MAX_OBJECTS)):
            item = get(container, index)
            mode = _render_mode(item)
            _fill_colour(item, *addresses)
            red, green, blue, alpha = channels
            colour = (red, green, blue)
            self._order += 1
            if mode < 0:
                self._other(item, matrix, depth, colour if alpha >= _OPAQUE else None)
                continue
            left, bottom, right, top = box = _moved(self._bounds(item), matrix)
            text = _Text(item, self._order, box, matrix)
            self._texts.append(text)
            outside = right < outer_left or left > outer_right or top < outer_bottom or bottom > outer_top
            tiny = (
                top - bottom < MIN_POINTS and 0 <= _size(text) < MIN_POINTS
            )  # most are ruled out by their height, without asking
            if mode in _INVISIBLE_MODES or outside or alpha < _MIN_ALPHA or tiny:
                self._invisible.append(text)
            elif sum(colour) > _NEARLY_BLACK:
                self._coloured.append((text, colour))

    def _other(self, item: int, matrix: Matrix, depth: int, colour: Colour | None) -> None:
        """Note a form's content, or what else may lie under or over text; `colour` is None of a see-through path."""
        kind = _kind(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if depth < MAX_FORM_DEPTH:
                inner = _times(_matrix(item), matrix)
                self._walk(item, _form_objects(item), _form_object, inner, depth + 1)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            if colour is not None:
                self._fills.append(_Fill(item, self._order, colour, matrix))
        else:
            self._has_picture = self._has_picture or kind == pdfium.FPDF_PAGEOBJ_IMAGE
            self._fills.append(_Fill(item, self._order, None, matrix))

    def _camouflaged(self) -> list[_Text]:
        """Text in the colour of what lies beneath it.

        Most coloured text is a link on bare paper: where nothing of its colour is painted, nothing need be measured.
        """
        vanishing = [text for text, colour in self._coloured if self._may_vanish(text, colour)]
        if not vanishing:
            return []
        shapes = [shape for fill in self._fills if (shape := self._shape(fill))]
        colours = {text.item: colour for text, colour in self._coloured}
        grounds = ((text, _ground(shapes, text)) for text in vanishing)
        return [text for text, ground in grounds if ground is not None and alike(colours[text.item], ground)]

    def _may_vanish(self, text: _Text, colour: Colour) -> bool:
        """Whether something of a text's colour lies beneath it, be it the paper."""
        return alike(colour, WHITE) or any(
            shape.order < text.order and _within(_middle(text.box), shape.box) for shape in self._shapes_like(colour)
        )

    def _painted_over(self) -> list[_Text]:
        """Text under an opaque white shape."""
        first = self._texts[0].order if self._texts else self._order
        covers = [shape for shape in self._shapes_like(WHITE) if shape.order > first and _is_large(shape.box)]
        if not covers:
            return []
        return [
            text
            for text in self._texts
            if any(cover.order > text.order and _within(_middle(text.box), cover.box) for cover in covers)
        ]

    def _shapes_like(self, colour: Colour) -> list[_Shape]:
        """What is painted in such a colour."""
        if colour not in self._by_colour:
            colours = {other for other in {fill.colour for fill in self._fills} if other and alike(other, colour)}
            fills = (fill for fill in self._fills if fill.colour in colours)
            self._by_colour[colour] = [shape for fill in fills if (shape := self._shape(fill))]
        return self._by_colour[colour]

    def _shape(self, fill: _Fill) -> _Shape | None:
        """What a fill covers; None of a path that is but a line."""
        if fill.colour and not _is_filled(fill.item):
            return None
        return _Shape(fill.order, _moved(self._bounds(fill.item), fill.matrix), fill.colour)

    def _bounds(self, item: int) -> Box:
        _get_bounds(item, *self._corners.addresses)
        left, bottom, right, top = self._corners.numbers
        return left, bottom, right, top


def _is_filled(path: int) -> bool:
    mode, stroke = c_int(), c_int()
    _draw_mode(path, byref(mode), byref(stroke))
    return bool(mode.value != pdfium.FPDF_FILLMODE_NONE)


def _size(text: _Text) -> float:
    """The size of a text object's letters on the page, in points."""
    size = c_float()
    _font_size(text.item, byref(size))
    a, b, c, d, _, _ = _times(_matrix(text.item), text.matrix)
    return float(size.value * math.sqrt(abs(a * d - b * c)))


def _ground(shapes: Sequence[_Shape], text: _Text) -> Colour | None:
    """The colour beneath a text: of the last shape painted under it before; None if that is a picture."""
    point = _middle(text.box)
    for shape in reversed(shapes):
        if shape.order < text.order and _within(point, shape.box):
            return shape.colour
    return WHITE


def _page_box(page: int) -> Box:
    box = pdfium.FS_RECTF()
    _page_bounds(page, byref(box))
    return box.left, box.bottom, box.right, box.top


def _matrix(item: int) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    _get_matrix(item, byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """First `inner`, then `outer` (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = inner
    A, B, C, D, E, F = outer  # noqa: N806 - the standard's letters
    return a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F


def _moved(box: Box, matrix: Matrix) -> Box:
    if matrix is _IDENTITY:
        return box
    a, b, c, d, e, f = matrix
    left, bottom, right, top = box
    xs = (a * left + c * bottom, a * left + c * top, a * right + c * bottom, a * right + c * top)
    ys = (b * left + d * bottom, b * left + d * top, b * right + d * bottom, b * right + d * top)
    return min(xs) + e, min(ys) + f, max(xs) + e, max(ys) + f


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _within(point: tuple[float, float], box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _is_large(box: Box) -> bool:
    return (box[2] - box[0]) * (box[3] - box[1]) >= MIN_COVER_AREA
