"""Which hidden texts of a PDF are told to the reader: to call one hidden accuses its authors.

All of them stay out of the paper's text.  A chart's labels in tiny letters, a journal's white logo and printer's marks
outside the page say nothing to a model, so nobody is told of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.papers.fulltext.clean import clean
from bot.papers.fulltext.pdfium import PageText
from bot.papers.fulltext.suspicious import is_instruction_like

MIN_WORDS = 4  # of a line that says something
MIN_UNSPACED = 8  # letters of such a line in a script that does without spaces
MARK_WORDS = 8  # a longer line is no printer's mark
MIN_REPEATS = 3  # pages on which a printer's mark stands, numbers aside

_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile(f"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{{{MIN_UNSPACED}}}")
_DIGITS = re.compile(r"\d+")


def concealed(pages: Sequence[PageText]) -> Iterator[str]:
    """The hidden text of each page that says something."""
    hidden = [[line for line in map(clean, page.hidden.splitlines()) if line] for page in pages]
    seen = Counter(mark for lines in hidden for mark in {_mark(line) for line in lines})
    for lines in hidden:
        telling = [line for line in lines if _says_something(line) and not _is_printers_mark(line, seen)]
        text = " ".join(lines)
        if telling or is_instruction_like(text):
            yield text


def _says_something(line: str) -> bool:
    return len(_WORD.findall(line)) >= MIN_WORDS or _UNSPACED.search(line) is not None


def _is_printers_mark(line: str, seen: Counter[str]) -> bool:
    return seen[_mark(line)] >= MIN_REPEATS and len(_WORD.findall(line)) < MARK_WORDS


def _mark(line: str) -> str:
    return _DIGITS.sub("#", line)
