"""A PDF into sections: PDFium's words, line by line, told apart into headings, captions, rows and running text.

PDFium gives two columns in reading order.  What it cannot give are paragraphs: a short line that ends a sentence
closes one.  Short lines in a row are a formula or pieces of a figure, and are kept apart from the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.papers.fulltext import pdfium
from bot.papers.fulltext.clean import hidden_message, is_caption, is_reference_heading
from bot.papers.fulltext.concealed import concealed
from bot.papers.fulltext.flow import is_footnote
from bot.papers.fulltext.headings import Headings, split_abstract
from bot.papers.fulltext.line import Line, joined, joiner, usual_length
from bot.papers.fulltext.lines import lines
from bot.papers.fulltext.model import Block, BlockKind, Parsed
from bot.papers.fulltext.outline import Outline
from bot.papers.fulltext.pdfium import PageText

MAX_CAPTION_LINES = 25
SHORT = 0.85  # of a full line: one that ends its paragraph
SCRAP = 0.4  # of a full line: one that is no running text, where several stand together
MIN_SCRAPS = 3
MAX_RAISED = 60  # characters of scraps within a sentence that are its raised and lowered signs
LAST_SIGNS = 12  # of a line, by which the end of a sentence is told
ROW = 0.5  # of a line's words are numbers: a table begins
NEXT_ROW = 0.3  # … and goes on

_SENTENCE_END = re.compile(r"(?:[.!?:][\"'”’)\]]*|(?<=[a-z)])\.\d{1,2})$")  # a footnote's mark may follow
_ITEM = re.compile(r"(?:[•·▪◦‣∙–]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)|\d{1,2}\.)\s+\S")
_LABEL = re.compile(r"\([a-z]\)\s")  # of a part of a figure
_NUMBER = re.compile(r"[-+±~<>≤≥]?\$?\d[\d.,%×x/±()]*[kKMB%]?|[-–—✓✗]|N/?A|\([\d.,±]+\)")
_MATH = re.compile(r"[=∑∏∫∈≤≥∀∃→⇒∂√≈∝∥]")
_APPENDIX = re.compile(r"(?:Appendix|Appendices|Supplementary)\b|A(?:\.1)?[.:]?\s+[A-Z][\w\- ]{3,60}")


def parse(body: bytes, address: str = "") -> Parsed:
    """The sections of a PDF; `address` is not needed, as a page's number is link enough.

    Raises:
        Unreadable: it is no PDF, a damaged or locked one, or one without text, as a scan is.
    """
    count = pdfium.page_count(body)
    read = list(pdfium.pages(body))
    outline = Outline()
    for text in (*concealed(read), *map(_message, read)):
        outline.hide(text)
    join = joiner(line.text for page in read for line in page.lines)
    _Layout(outline, join).read(lines(read))
    left_out = count - len(read)
    return outline.finish(f"Only the first {len(read)} of {count} pages were read." if left_out else None, mend=True)


def _message(page: PageText) -> str:
    return hidden_message("".join(line.text for line in page.lines))


class _Layout:
    """Reads lines one after the other and gathers them into blocks."""

    def __init__(self, outline: Outline, join: Callable[[str, str], str]) -> None:
        self._outline = outline
        self._join = join
        self._headings = Headings()
        self._gathered: list[Line] = []
        self._kind: BlockKind = "paragraph"
        self._in_references = False
        self._full = 80.0

    def read(self, all_lines: Sequence[Line]) -> None:
        """Fill the outline."""
        self._full = usual_length(line.text for line in all_lines)
        position = 0
        while position < len(all_lines):
            position += self._scraps(all_lines, position) or self._line(all_lines[position])
        self._close()

    def _line(self, line: Line) -> int:
        """Take one line; how many were taken."""
        if self._in_references:
            self._leave_references(line)
            return 1
        if self._opens_section(line):
            return 1
        kind = self._begins(line)
        if kind is not None:
            self._close()
            self._kind = kind
        self._gathered.append(line)
        if self._ends(line):
            self._close()
        return 1

    def _opens_section(self, line: Line) -> bool:
        if (rest := split_abstract(line.text)) is not None:
            self._close()
            self._outline.open("Abstract", 1, page=line.page)
            self._gathered.append(replace(line, text=rest))
            return True
        if self._mid_sentence(line) or (heading := self._headings.match(line.text)) is None:
            return False
        self._close()
        self._in_references = is_reference_heading(heading.text)
        if not self._in_references:
            self._outline.open(heading.text, heading.level, page=line.page)
        return True

    def _leave_references(self, line: Line) -> None:
        """After the references an appendix may come."""
        if len(line.text) >= 60 or not _APPENDIX.match(line.text):
            return
        self._headings.enter_appendix()
        if heading := self._headings.match(line.text):
            self._in_references = False
            self._outline.open(heading.text, heading.level, page=line.page)

    def _mid_sentence(self, line: Line) -> bool:
        """Whether a sentence is under way that this line can only go on with."""
        if not self._gathered or self._kind == "caption" or line.first:
            return False
        before = self._gathered[-1].text
        return len(before) > SHORT * self._full and not _ends_sentence(before)

    def _begins(self, line: Line) -> BlockKind | None:
        """The kind of block that this line opens; None if it goes on with the open one."""
        if is_caption(line.text):
            return "caption"
        if _ITEM.match(line.text) and not self._mid_sentence(line):
            return "list"
        in_table = self._kind == "table" and bool(self._gathered)
        if _is_row(line.text, NEXT_ROW if in_table else ROW):
            return None if in_table else "table"
        return "paragraph" if in_table or (is_footnote(line.text) and not self._mid_sentence(line)) else None

    def _ends(self, line: Line) -> bool:
        if self._kind == "caption" and len(self._gathered) >= MAX_CAPTION_LINES:
            return True
        return self._kind != "table" and len(line.text) < SHORT * self._full and _ends_sentence(line.text)

    def _scraps(self, all_lines: Sequence[Line], start: int) -> int:
        """Take a run of short lines: a formula set in pieces, or a figure's labels.  How many were taken."""
        if self._in_references:
            return 0
        end = start
        while end < len(all_lines) and self._is_scrap(all_lines[end]):
            end += 1
        if end - start < MIN_SCRAPS:
            return 0
        run = all_lines[start:end]
        if self._is_raised(run):
            return 0
        self._close()
        kind: BlockKind = "equation" if any(_MATH.search(line.text) for line in run) else "table"
        glue = " " if kind == "equation" else "\n"
        self._outline.add(Block(kind, glue.join(line.text for line in run), page=run[0].page))
        return len(run)

    def _is_raised(self, run: Sequence[Line]) -> bool:
        """Whether these are the exponents and indices of an open sentence, which PDFium sets on lines of their own."""
        if not self._gathered or self._kind != "paragraph" or run[0].first:
            return False
        open_sentence = not _ends_sentence(self._gathered[-1].text)
        return open_sentence and sum(len(line.text) for line in run) <= MAX_RAISED

    def _is_scrap(self, line: Line) -> bool:
        text = line.text
        return (
            len(text) < SCRAP * self._full
            and not _ends_sentence(text)
            and (_LABEL.match(text) is not None or not _ITEM.match(text))
            and not is_caption(text)
            and not self._headings.could_be(text)
        )

    def _close(self) -> None:
        if self._gathered:
            is_table = self._kind == "table"
            text = "\n".join(line.text for line in self._gathered) if is_table else joined(self._gathered, self._join)
            if len(text) > 1:
                self._outline.add(Block(self._kind, text, page=self._gathered[0].page))
        self._gathered, self._kind = [], "paragraph"


def _ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text, max(0, len(text) - LAST_SIGNS)) is not None


def _is_row(text: str, share: float) -> bool:
    """Whether a line looks like a row of a table: that share of its words are numbers, the last one too."""
    words = text.split()
    if len(words) < 3 or not _NUMBER.fullmatch(words[-1]):
        return False
    return sum(1 for word in words if _NUMBER.fullmatch(word)) >= share * len(words)
