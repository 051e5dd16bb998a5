"""The one place that knows PDFium: the words of each page, and which of them a reader does not see.

A text object is hidden when its render mode draws nothing, its colour is that of what lies beneath it, its size is
under three points, it lies outside the page, or white is painted over it.  Objects are looked at one by one with
four calls each; only on a page that has hidden ones is every character asked for the object it belongs to.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from bot.errors import Unreadable
from bot.papers.fulltext.css import WHITE, Colour, alike

MAX_PAGES = 200
MAX_OBJECTS = 20_000  # of a page; a plot may have more, and no text worth it
MAX_FORM_DEPTH = 4
MIN_POINTS = 3.0
MIN_COVER_AREA = 100.0  # square points; smaller white shapes cover no sentence
MAX_CHARS = 400_000  # of a page

_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_MIN_ALPHA = 25  # of 255; fainter text is not seen
_OPAQUE = 250
_NEARLY_WHITE = 3 * 255 - 75  # red, green and blue together
_NEARLY_BLACK = 75

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_NOWHERE: Box = (0, 0, 0, 0)
_Count = Callable[[object], int]
_Get = Callable[[object, int], object]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's words in PDFium's reading order: lines end with "\\r\\n", U+FFFE marks a hyphen at a line's end."""

    number: int  # from 1
    text: str
    hidden: str = ""


def pages(body: bytes) -> Iterator[PageText]:
    """The pages' texts, at most `MAX_PAGES`.

    Raises:
        Unreadable: it is no PDF, a damaged one, or one that asks for a password.
    """
    document = _open(body)
    try:
        for index in range(min(len(document), MAX_PAGES)):
            yield _page(document, index)
    finally:
        document.close()


def page_count(body: bytes) -> int:
    """How many pages there are.  Raises as `pages` does."""
    document = _open(body)
    try:
        return len(document)
    finally:
        document.close()


def _open(body: bytes) -> pypdfium2.PdfDocument:
    if b"%PDF-" not in body[:1024]:
        raise Unreadable("It is not a PDF.")
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Unreadable("The PDF asks for a password." if locked else "The PDF is damaged.") from None


def _page(document: pypdfium2.PdfDocument, index: int) -> PageText:
    page = pdfium.FPDF_LoadPage(document.raw, index)
    if not page:
        return PageText(index + 1, "")
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        hidden = _Scan(page).hidden()
        if hidden:
            text, unseen = _split(text_page, hidden)
            return PageText(index + 1, text, unseen)
        return PageText(index + 1, _whole(text_page))
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _whole(text_page: object) -> str:
    count = min(pdfium.FPDFText_CountChars(text_page), MAX_CHARS)
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    return bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", errors="ignore")


def _split(text_page: object, hidden: set[int]) -> tuple[str, str]:
    """The text that is seen, and the text that is not, told apart by each character's object."""
    seen: list[str] = []
    unseen: list[str] = []
    into = seen
    for index in range(min(pdfium.FPDFText_CountChars(text_page), MAX_CHARS)):
        char = chr(pdfium.FPDFText_GetUnicode(text_page, index))
        if not pdfium.FPDFText_IsGenerated(text_page, index):
            into = unseen if _address(pdfium.FPDFText_GetTextObject(text_page, index)) in hidden else seen
        into.append(char)
        if char.isspace() and into is unseen:
            seen.append(char)
    return "".join(seen), "".join(unseen)


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


class _Text(NamedTuple):
    """A text object: its handle, when and where it is painted, and the transformation of the form it stands in."""

    item: object
    order: int
    box: Box
    matrix: Matrix


class _Fill(NamedTuple):
    """A filled path, or a picture or shading, whose colour is None.  Where it lies is asked for only if it matters."""

    item: object
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

    def __init__(self, page: object) -> None:
        self._page = page
        self._bounds = _page_box(page)
        self._texts: list[_Text] = []
        self._invisible: list[_Text] = []
        self._coloured: list[tuple[_Text, Colour]] = []
        self._fills: list[_Fill] = []
        self._order = 0
        self._has_picture = False

    def hidden(self) -> set[int]:
        """The addresses of text objects that a reader does not see."""
        self._walk(self._page, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, _IDENTITY, 0)
        if self._is_scan():
            return set()
        return {_address(text.item) for text in (*self._invisible, *self._camouflaged(), *self._painted_over())}

    def _is_scan(self) -> bool:
        """Whether all text is invisible above a picture: that is what recognised text of a scan looks like."""
        return self._has_picture and len(self._invisible) == len(self._texts)

    def _walk(self, container: object, count: _Count, get: _Get, matrix: Matrix, depth: int) -> None:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        outer_left, outer_bottom, outer_right, outer_top = self._bounds
        for index in range(min(count(container), MAX_OBJECTS)):
            item = get(container, index)
            mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
            pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
            colour = (red.value, green.value, blue.value)
            self._order += 1
            if mode < 0:
                self._other(item, matrix, depth, colour if alpha.value >= _OPAQUE else None)
                continue
            left, bottom, right, top = box = _moved(_bounds(item), matrix)
            text = _Text(item, self._order, box, matrix)
            self._texts.append(text)
            outside = right < outer_left or left > outer_right or top < outer_bottom or bottom > outer_top
            if mode in _INVISIBLE_MODES or outside or alpha.value < _MIN_ALPHA or _tiny(text):
                self._invisible.append(text)
            elif sum(colour) > _NEARLY_BLACK:
                self._coloured.append((text, colour))

    def _other(self, item: object, matrix: Matrix, depth: int, colour: Colour | None) -> None:
        """Note a form's content, or what else may lie under or over text; `colour` is None of a see-through path."""
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if depth < MAX_FORM_DEPTH:
                inner = _times(_matrix(item), matrix)
                self._walk(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            if colour is not None and _is_filled(item):
                self._fills.append(_Fill(item, self._order, colour, matrix))
        else:
            self._has_picture = self._has_picture or kind == pdfium.FPDF_PAGEOBJ_IMAGE
            self._fills.append(_Fill(item, self._order, None, matrix))

    def _camouflaged(self) -> list[_Text]:
        """Text in the colour of what lies beneath it."""
        if not self._coloured:
            return []
        shapes = [_shape(fill) for fill in self._fills]
        grounds = ((text, colour, _ground(shapes, text)) for text, colour in self._coloured)
        return [text for text, colour, ground in grounds if ground is not None and alike(colour, ground)]

    def _painted_over(self) -> list[_Text]:
        """Text under an opaque white shape."""
        first = self._texts[0].order if self._texts else self._order
        white = (fill for fill in self._fills if fill.order > first and fill.colour and alike(fill.colour, WHITE))
        covers = [shape for shape in map(_shape, white) if _is_large(shape.box)]
        return [
            text
            for text in self._texts
            if any(cover.order > text.order and _within(_middle(text.box), cover.box) for cover in covers)
        ]


def _is_filled(path: object) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroke)
    return bool(mode.value != pdfium.FPDF_FILLMODE_NONE)


def _shape(fill: _Fill) -> _Shape:
    return _Shape(fill.order, _moved(_bounds(fill.item), fill.matrix), fill.colour)


def _tiny(text: _Text) -> bool:
    """Whether a text object's letters are under three points.  Its height rules most out without asking."""
    if text.box[3] - text.box[1] >= MIN_POINTS:
        return False
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(text.item, size)
    a, b, c, d, _, _ = _times(_matrix(text.item), text.matrix)
    scale = math.sqrt(abs(a * d - b * c))
    return 0 <= size.value * scale < MIN_POINTS


def _ground(shapes: Sequence[_Shape], text: _Text) -> Colour | None:
    """The colour beneath a text: of the last shape painted under it before; None if that is a picture."""
    point = _middle(text.box)
    for shape in reversed(shapes):
        if shape.order < text.order and _within(point, shape.box):
            return shape.colour
    return WHITE


def _page_box(page: object) -> Box:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    return box.left, box.bottom, box.right, box.top


def _bounds(item: object) -> Box:
    left, bottom, right, top = ctypes.c_float(), ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def _matrix(item: object) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
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
