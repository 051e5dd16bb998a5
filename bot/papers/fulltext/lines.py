"""The lines of a PDF's pages, without what belongs to the page rather than the text.

Words that were parted at a line's end are whole again: PDFium marks such hyphens (U+FFFE), and the paper's own
vocabulary tells "pa-pers" from "self-attention".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bot.papers.fulltext.clean import visible
from bot.papers.fulltext.pdfium import PageText

EDGE_LINES = 3  # of a page, above and below, that can be a running header or footer
MIN_REPEATS = 3

_HYPHEN = re.compile(r"-\r\n(?=[a-z])")  # at a line's end, where PDFium saw no break of a word
_WORD_START = re.compile(r"\w*")
_WORD_END = re.compile(r"\w*$")
_MAX_WORD = 60
_BREAK = re.compile(r"[\r\n\u2028\u2029\x0b\x0c]+")
_PUNCTUATION = ".,;:!?()[]{}\"'“”‘’"
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?|[-–—]\s*\d{1,4}\s*[-–—]", re.I
)
_STAMP = re.compile(r"arXiv:\S+(?:\s+\[[\w.\-]+\])?\s+\d{1,2}\s+\w{3}\s+\d{4}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line, clean, with the page that it stands on."""

    text: str
    page: int
    first: bool = False  # of its page


def lines(pages: Sequence[PageText]) -> list[Line]:
    """The lines of all pages in reading order."""
    join = joiner(page.text for page in pages)
    split = [_page_lines(page.text, join) for page in pages]
    running = _running(split)
    return [
        Line(text, page.number, first=position == 0)
        for page, texts in zip(pages, split, strict=True)
        for position, text in enumerate(_inner(texts, running))
    ]


def joiner(texts: Iterable[str]) -> Callable[[str, str], str]:
    """A function that puts the two halves of a parted word together as the paper writes that word elsewhere."""
    compounds = {word.strip(_PUNCTUATION) for text in texts for word in text.lower().split() if "-" in word}

    def join(first: str, second: str) -> str:
        compound = f"{first}-{second}"
        return compound if compound.lower() in compounds else f"{first}{second}"

    return join


def usual_length(texts: Iterable[str]) -> float:
    """The length of a full line of running text, in characters."""
    lengths = [len(text) for text in texts if len(text) > 25]
    return median(lengths) if lengths else 80.0


def _page_lines(text: str, join: Callable[[str, str], str]) -> list[str]:
    whole = _with_whole_words(text, join)
    spaced = (" ".join(line.split()) for line in _BREAK.split(visible(whole)))
    return [line for line in spaced if line]


def _with_whole_words(text: str, join: Callable[[str, str], str]) -> str:
    before, *rest = _HYPHEN.sub("\ufffe", text).split("\ufffe")
    pieces = [before]
    for after in map(str.lstrip, rest):
        first = (_WORD_END.search(pieces[-1][-_MAX_WORD:]) or [""])[0]
        second = (_WORD_START.match(after) or [""])[0]
        if first and second:
            pieces[-1] = pieces[-1][: -len(first)]
            pieces.append(join(first, second) + after[len(second) :])
        else:
            pieces.append(after)
    return "".join(pieces)


def _running(split: Sequence[list[str]]) -> set[str]:
    """Lines that recur at the edges of pages, numbers aside."""
    seen: Counter[str] = Counter()
    for texts in split:
        seen.update({_DIGITS.sub("#", text) for text in (*texts[:EDGE_LINES], *texts[-EDGE_LINES:])})
    return {text for text, times in seen.items() if times >= MIN_REPEATS}


def _inner(texts: list[str], running: set[str]) -> list[str]:
    last = len(texts) - EDGE_LINES
    return [
        text
        for position, text in enumerate(texts)
        if not _STAMP.fullmatch(text)
        and not ((position < EDGE_LINES or position >= last) and _is_furniture(text, running))
    ]


def _is_furniture(text: str, running: set[str]) -> bool:
    return _PAGE_NUMBER.fullmatch(text) is not None or _DIGITS.sub("#", text) in running
