"""The one place that opens PDFs: the words of each page, and which of them a reader does not see."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from bot.errors import Unreadable
from bot.papers.fulltext.hidden import hidden_objects
from bot.papers.fulltext.native import address

MAX_PAGES = 200
MAX_CHARS = 400_000  # of a page


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
        hidden = hidden_objects(address(page))
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
            into = unseen if address(pdfium.FPDFText_GetTextObject(text_page, index)) in hidden else seen
        into.append(char)
        if char.isspace() and into is unseen:
            seen.append(char)
    return "".join(seen), "".join(unseen)
