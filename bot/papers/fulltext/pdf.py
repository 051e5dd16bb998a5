"""A PDF into sections: PDFium's words, line by line, told apart into headings, captions, rows and running text.

PDFium gives two columns in reading order.  What it cannot give are paragraphs: a short line that ends a sentence
closes one.  Short lines in a row are a formula or pieces of a figure, and are kept apart from the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.papers.fulltext.clean import hidden_message, is_caption
from bot.papers.fulltext.concealed import concealed
from bot.papers.fulltext.contents import without_contents
from bot.papers.fulltext.flow import is_footnote
from bot.papers.fulltext.fonts import Fonts, is_maths, is_typewriter
from bot.papers.fulltext.headings import split_abstract
from bot.papers.fulltext.line import Line, joined, joiner, usual_length
from bot.papers.fulltext.lines import lines
from bot.papers.fulltext.looks import Look
from bot.papers.fulltext.model import Block, BlockKind, Parsed
from bot.papers.fulltext.outline import Outline
from bot.papers.fulltext.pdfium import PageText, read_pages
from bot.papers.fulltext.sections import ends_sentence, find_sections
from bot.papers.fulltext.tables import table_rows

MAX_CAPTION_LINES = 25
SHORT = 0.85  # of a full line: one that ends its paragraph
SCRAP = 0.4  # of a full line: one that is no running text, where several stand together
MIN_SCRAPS = 3
OTHER_SIZE = 0.75  # points between the letters of a caption and of the text, at least
FAR = 1.75  # of the letters' size, from one line down to the next: a new paragraph
RAISED = 1.3  # of the letters' size: farther from the line before, nothing belongs to its sentence
MAX_RAISED = 60  # characters of scraps within a sentence that are its raised and lowered signs

_ITEM = re.compile(r"(?:[•·▪◦‣∙–]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)|\d{1,2}\.)\s+\S")
_KEYWORDS = re.compile(r"(?:index terms|key ?words|ccs concepts)\b", re.I)
_LABEL = re.compile(r"\([a-z]\)\s")  # of a part of a figure
_MATH = re.compile(r"[=∑∏∫∈≤≥∀∃→⇒∂√≈∝∥]")


def parse(body: bytes, address: str = "") -> Parsed:
    """The sections of a PDF; `address` is not needed, as a page's number is link enough.

    Raises:
        Unreadable: it is no PDF, a damaged or locked one, or one without text, as a scan is.
    """
    read, count = read_pages(body)
    outline = Outline()
    for text in (*concealed(read), *map(_message, read)):
        outline.hide(text)
    join = joiner(line.text for page in read for line in page.lines)
    _Layout(outline, join, without_contents(lines(read))).read()
    left_out = count - len(read)
    return outline.finish(f"Only the first {len(read)} of {count} pages were read." if left_out else None, mend=True)


def _message(page: PageText) -> str:
    return hidden_message("".join(line.text for line in page.lines))


class _Layout:
    """Reads lines one after the other and gathers them into blocks."""

    def __init__(self, outline: Outline, join: Callable[[str, str], str], lines: Sequence[Line]) -> None:
        self._outline = outline
        self._join = join
        self._lines = lines
        self._full = usual_length(line.text for line in lines)
        self._fonts = Fonts(lines, self._full)
        self._sections = find_sections(lines, self._fonts, self._full)
        self._rows = table_rows(lines, self._fonts, self._full, self._sections.keys())
        self._gathered: list[Line] = []
        self._kind: BlockKind = "paragraph"
        self._in_references = False

    def read(self) -> None:
        """Fill the outline."""
        place = 0
        while place < len(self._lines):
            place += self._section(place) or self._table(place) or self._scraps(place) or self._line(place)
        self._close()

    def _section(self, place: int) -> int:
        """Open the section that begins at a place, or pass over a line of the references.  How many were taken."""
        found = self._sections.get(place)
        if found is None:
            return 1 if self._in_references else 0
        self._close()
        self._in_references = found.opens_references
        if found.heading and not self._in_references:
            self._outline.open(found.heading.text, found.heading.level, page=self._lines[place].page)
        return found.lines or 1

    def _table(self, place: int) -> int:
        """Take the rows of a table.  How many were taken."""
        end = place
        while end in self._rows and self._lines[end].page == self._lines[place].page:
            end += 1
        if end > place:
            self._add("table", self._lines[place:end])
        return end - place

    def _line(self, place: int) -> int:
        """Take one line of text."""
        line = self._lines[place]
        if (rest := split_abstract(line.text)) is not None:
            self._close()
            self._outline.open("Abstract", 1, page=line.page)
            self._gathered.append(line._replace(text=rest))
            return 1
        kind = self._begins(line)
        if kind is not None or self._stands_apart(line):
            self._close()
            self._kind = kind or "paragraph"
        self._gathered.append(line)
        if self._ends(line):
            self._close()
        return 1

    def _mid_sentence(self, line: Line) -> bool:
        """Whether a sentence is under way that this line can only go on with."""
        if not self._gathered or self._kind == "caption" or line.first:
            return False
        before = self._gathered[-1].text
        return len(before) > SHORT * self._full and not ends_sentence(before)

    def _stands_apart(self, line: Line) -> bool:
        """Whether a line is in another size than the open block, or far below it: the text under a caption."""
        before = self._gathered[-1] if self._gathered else None
        if before is None or before.look is None or line.look is None or len(line.text) < SCRAP * self._full:
            return False
        if abs(before.look.style.size - line.look.style.size) >= OTHER_SIZE:
            return True
        is_far = before.look.base - line.look.base > FAR * line.look.style.size and before.page == line.page
        return is_far and (self._kind == "caption" or ends_sentence(before.text))

    def _begins(self, line: Line) -> BlockKind | None:
        """The kind of block that this line opens; None if it goes on with the open one."""
        if is_caption(line.text):
            return "caption"
        if _KEYWORDS.match(line.text):
            return "paragraph"
        if _ITEM.match(line.text) and not self._mid_sentence(line):
            return "list"
        return "paragraph" if is_footnote(line.text) and not self._mid_sentence(line) else None

    def _ends(self, line: Line) -> bool:
        if self._kind == "caption" and len(self._gathered) >= MAX_CAPTION_LINES:
            return True
        return len(line.text) < SHORT * self._full and ends_sentence(line.text)

    def _scraps(self, start: int) -> int:
        """Take a run of short or foreign lines: a formula set in pieces, or a figure's words.  How many were taken."""
        end = start
        while end < len(self._lines) and self._is_scrap(end):
            end += 1
        run = self._lines[start:end]
        if not run or (len(run) < MIN_SCRAPS and not all(map(self._fonts.is_foreign, run))) or self._is_raised(run):
            return 0
        if self._are_labels(run):
            self._close()
        elif any(is_maths(line) or _MATH.search(line.text) for line in run):
            self._add("equation", run)
        else:
            self._add("quote" if any(len(line.text) > SHORT * self._full for line in run) else "table", run)
        return len(run)

    def _are_labels(self, run: Sequence[Line]) -> bool:
        """Whether a run is the words of a figure, which say nothing without it; code and formulas are kept."""
        return all(
            self._fonts.is_foreign(line)
            and self._fonts.is_small(line)
            and len(line.text) < SHORT * self._full
            and not (is_maths(line) or is_typewriter(line) or ends_sentence(line.text))
            for line in run
        )

    def _is_raised(self, run: Sequence[Line]) -> bool:
        """Whether these are the exponents and indices of an open sentence, which PDFium sets on lines of their own."""
        if not self._gathered or self._kind not in ("paragraph", "caption", "list") or run[0].first:
            return False
        before = self._gathered[-1]
        if ends_sentence(before.text) or sum(len(line.text) for line in run) > MAX_RAISED:
            return False
        return before.look is None or all(_is_near(line.look, before.look) for line in run)

    def _is_scrap(self, place: int) -> bool:
        line = self._lines[place]
        text = line.text
        if place in self._sections or place in self._rows or is_caption(text):
            return False
        if self._fonts.is_foreign(line):
            return not (is_footnote(text) or self._in_caption(line))
        is_item = _ITEM.match(text) and not _LABEL.match(text)
        return len(text) < SCRAP * self._full and not ends_sentence(text) and not is_item

    def _in_caption(self, line: Line) -> bool:
        """Whether a line goes on with the open caption, by its size."""
        before = self._gathered[-1].look if self._gathered and self._kind == "caption" else None
        return before is not None and line.look is not None and before.style.size == line.look.style.size

    def _add(self, kind: BlockKind, lines: Sequence[Line]) -> None:
        """Add lines as a block of their own; those of a table stay apart."""
        self._close()
        text = "\n".join(line.text for line in lines) if kind == "table" else joined(lines, self._join)
        self._outline.add(Block(kind, text, page=lines[0].page))

    def _close(self) -> None:
        gathered, kind = self._gathered, self._kind
        self._gathered, self._kind = [], "paragraph"
        if gathered and (len(gathered) > 1 or len(gathered[0].text) > 1):
            self._add(kind, gathered)


def _is_near(one: Look | None, other: Look) -> bool:
    """Whether a line stands at another's height, a little above or below."""
    return one is not None and abs(one.base - other.base) <= RAISED * other.style.size
