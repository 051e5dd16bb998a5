"""The one place that opens PDFs: the words of each page, and which of them a reader does not see."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from ctypes import c_int, c_uint, c_void_p
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from bot.errors import Unreadable
from bot.papers.fulltext.hidden import hidden_objects
from bot.papers.fulltext.looks import Look, Looks
from bot.papers.fulltext.native import address, plain

MAX_PAGES = 200
MAX_CHARS = 400_000  # of a page

_LINE = re.compile("[ \\t\\xa0]*([^\\r\\n\\u2028\\u2029\\x0b\\x0c\\ufffe]*)(\\ufffe?)[\\r\\n\\u2028\\u2029\\x0b\\x0c]?")

_char_at = plain(pdfium.FPDFText_GetCharIndexFromTextIndex, c_int, c_void_p, c_int)
_count_chars = plain(pdfium.FPDFText_CountChars, c_int, c_void_p)
_get_text = plain(pdfium.FPDFText_GetText, c_int, c_void_p, c_int, c_int, c_void_p)
_unicode = plain(pdfium.FPDFText_GetUnicode, c_uint, c_void_p, c_int)
_is_generated = plain(pdfium.FPDFText_IsGenerated, c_int, c_void_p, c_int)
_text_object = plain(pdfium.FPDFText_GetTextObject, c_void_p, c_void_p, c_int)


class TextLine(NamedTuple):
    """A line as PDFium reads it; `look` is None where nothing is known of it."""

    text: str
    is_parted: bool = False  # within its last word, by a hyphen that is left out
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's lines in PDFium's reading order, which is that of the file."""

    number: int  # from 1
    lines: tuple[TextLine, ...]
    hidden: str = ""


def read_pages(body: bytes) -> tuple[list[PageText], int]:
    """The texts of the first `MAX_PAGES` pages, and how many pages there are.

    Raises:
        Unreadable: it is no PDF, a damaged one, or one that asks for a password.
    """
    document = _open(body)
    try:
        count = len(document)
        return [_page(document, index) for index in range(min(count, MAX_PAGES))], count
    finally:
        document.close()


def page_count(body: bytes) -> int:
    """How many pages there are.  Raises as `read_pages` does."""
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


def split_lines(text: str, look: Callable[[int, int], Look] | None = None) -> Iterator[TextLine]:
    """The lines of a text in which U+FFFE marks a hyphen at a line's end; `look` tells how a slice of it looks."""
    for found in _LINE.finditer(text):
        start, end = found.span(1)
        if start < end:
            yield TextLine(found[1], bool(found[2]), look(start, end) if look else None)


def _page(document: pypdfium2.PdfDocument, index: int) -> PageText:
    page = pdfium.FPDF_LoadPage(document.raw, index)
    if not page:
        return PageText(index + 1, ())
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        hidden = hidden_objects(address(page))
        return _read(address(text_page), index + 1, hidden)
    finally:
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _read(text_page: int, number: int, hidden: set[int]) -> PageText:
    looks = Looks(text_page)
    if hidden:
        text, chars, unseen = _split(text_page, hidden)
        char_at: Callable[[int], int] = chars.__getitem__
    else:
        text, unseen = _whole(text_page), ""
        is_same = len(text) == _count_chars(text_page)  # as long as each character has one sign
        char_at = range(len(text)).__getitem__ if is_same else partial(_char_at, text_page)
    lines = split_lines(text, lambda start, end: looks.of(text, start, end, char_at))
    return PageText(number, tuple(lines), unseen)


def _whole(text_page: int) -> str:
    count = min(_count_chars(text_page), MAX_CHARS)
    buffer = (ctypes.c_ushort * (count + 1))()
    written = _get_text(text_page, 0, count, ctypes.addressof(buffer))
    return bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", errors="ignore")


def _split(text_page: int, hidden: set[int]) -> tuple[str, list[int], str]:
    """The text that is seen with each character's index, and the text that is not, told apart by each one's object."""
    seen: list[str] = []
    chars: list[int] = []
    unseen: list[str] = []
    is_hidden = False
    for index in range(min(_count_chars(text_page), MAX_CHARS)):
        char = chr(_unicode(text_page, index))
        if not _is_generated(text_page, index):
            is_hidden = _text_object(text_page, index) in hidden
        if is_hidden:
            unseen.append(char)
        if not is_hidden or char.isspace():
            seen.append(char)
            chars.append(index)
    return "".join(seen), chars, "".join(unseen)
