"""The lines of a PDF's pages, without what belongs to the page rather than the text.

That is the stamp in the margin, running heads, page numbers, and the line numbers of a manuscript.  They go before
parted words are put together, as they stand between the two halves of a word that a page break parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot.papers.fulltext.accents import composed
from bot.papers.fulltext.clean import clean, is_caption
from bot.papers.fulltext.line import Line, usual_length
from bot.papers.fulltext.looks import Look
from bot.papers.fulltext.numbering import without_line_numbers
from bot.papers.fulltext.pdfium import PageText, TextLine

EDGE_LINES = 3  # of a page, above and below, that can be a running header or footer
MIN_REPEATS = 3
MIN_PAGES = 3  # from which on the place of the text on a page is known
MIN_LONG = 0.8  # of a full line, by which the place of the text is told
SAME = 1.5  # points between the baselines of lines that stand at one height
MAX_LINE = 1000  # characters, from which on no piece is added to a line
TOUCHING = 0.45  # of the letters' size, between two pieces of one line
RAISED = 0.7  # likewise, between their heights
MAX_OUTSIDE = 4  # lines that stand above or below the text of a page
MIN_SIZE = 10.0  # points, of the letters that the text's distance is told by
MARGIN = 1.2  # of the letters' size: what lies farther above or below the text is no part of it

_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?|[-–—]\s*\d{1,4}\s*[-–—]", re.I
)
_STAMP = re.compile(r"arXiv:\S{4,30}(?:\s+\[[\w.\-]{2,30}\])?\s+\d{1,2}\s+\w{3}\s+\d{4}")
_DIGITS = re.compile(r"\d+")


def lines(pages: Sequence[PageText]) -> list[Line]:
    """The lines of all pages in reading order."""
    split = [without_line_numbers(list(_rejoined(_upright(page)))) for page in pages]
    running = _running(split)
    area = _text_area(split)
    return [line for page in split for line in _inner(page, running, area)]


def _upright(page: PageText) -> Iterator[Line]:
    """A page's lines without those that are turned: stamps, and labels of axes.  A page that is turned stays whole."""
    turned = sum(line.look is not None and not line.look.is_upright for line in page.lines)
    keep_all = turned > len(page.lines) / 2
    for line in page.lines:
        if keep_all or line.look is None or line.look.is_upright:
            text = _plain(line)
            if text and not _STAMP.fullmatch(text):
                yield Line(text, page.number, is_parted=line.is_parted, look=line.look)


def _rejoined(page: Iterable[Line]) -> Iterator[Line]:
    """A page's lines with those whole again that PDFium breaks where a raised or lowered sign stands."""
    before: Line | None = None
    for line in page:
        if before is not None and _touches(before, line):
            before = _one_line(before, line)
            continue
        if before is not None:
            yield before
        before = line
    if before is not None:
        yield before


def _touches(before: Line, line: Line) -> bool:
    """Whether a line begins where the one before ends."""
    if before.look is None or line.look is None or before.is_parted or len(before.text) > MAX_LINE:
        return False
    size = max(before.look.style.size, line.look.style.size)
    gap = line.look.left - before.look.right
    return -TOUCHING * size <= gap <= TOUCHING * size and abs(line.look.base - before.look.base) <= RAISED * size


def _one_line(before: Line, line: Line) -> Line:
    glue = "" if line.text[0] in ",.;:)]" else " "
    look = before.look
    if look is not None and line.look is not None:
        style = look.style if len(before.text) >= len(line.text) else line.look.style
        base = look.base if look.style.size >= line.look.style.size else line.look.base
        gaps = look.gaps + line.look.gaps
        look = look._replace(style=style, is_uniform=False, right=line.look.right, base=base, gaps=gaps)
    return line._replace(text=f"{before.text}{glue}{line.text}", look=look)


def _plain(line: TextLine) -> str:
    if line.text.isascii() and line.text.isprintable():  # as most are, which saves looking at each character
        return " ".join(line.text.split())
    return composed(clean(line.text))


def _running(split: Sequence[Sequence[Line]]) -> set[str]:
    """Lines that recur at the edges of pages, numbers aside."""
    seen: Counter[str] = Counter()
    for page in split:
        seen.update({_DIGITS.sub("#", line.text) for line in (*page[:EDGE_LINES], *page[-EDGE_LINES:])})
    return {text for text, times in seen.items() if times >= MIN_REPEATS}


def _text_area(split: Sequence[Sequence[Line]]) -> tuple[float, float] | None:
    """The heights of the lowest and the highest line of running text, as at least two pages have them."""
    full = usual_length(line.text for page in split for line in page)
    long = [[line.look.base for line in page if line.look and len(line.text) >= MIN_LONG * full] for page in split]
    ends = [(min(bases), max(bases)) for bases in long if bases]
    if len(ends) < MIN_PAGES:
        return None
    bottoms, tops = (sorted(heights) for heights in zip(*ends, strict=True))
    bottom = next((low for low, high in pairwise(bottoms) if high - low <= SAME), None)
    top = next((high for low, high in pairwise(reversed(tops)) if low - high <= SAME), None)
    return (bottom, top) if bottom is not None and top is not None else None


def _inner(page: Sequence[Line], running: set[str], area: tuple[float, float] | None) -> Iterator[Line]:
    """A page's lines without what stands around the text."""
    outside = _outside(page, area)
    last = len(page) - EDGE_LINES
    is_first = True
    for position, line in enumerate(page):
        at_edge = position < EDGE_LINES or position >= last
        if not (position in outside or (at_edge and _is_furniture(line.text, running))):
            yield line._replace(first=True) if is_first else line
            is_first = False


def _outside(page: Sequence[Line], area: tuple[float, float] | None) -> set[int]:
    """The places of a page's lines that stand above or below the text; where many do, they are text themselves."""
    if area is None:
        return set()
    above = [place for place, line in enumerate(page) if line.look and line.look.base > area[1] + _margin(line.look)]
    below = [place for place, line in enumerate(page) if line.look and line.look.base < area[0] - _margin(line.look)]
    return {
        place
        for places in (above, below)
        if len(places) <= MAX_OUTSIDE
        for place in places
        if not is_caption(page[place].text)
    }


def _margin(look: Look) -> float:
    return MARGIN * max(look.style.size, MIN_SIZE)


def _is_furniture(text: str, running: set[str]) -> bool:
    return _PAGE_NUMBER.fullmatch(text) is not None or _DIGITS.sub("#", text) in running
