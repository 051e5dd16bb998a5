"""Finding the headings of a PDF by their looks, their numbers and their words.

Lines that are numbered or have well-known words show what headings look like in this paper.  From then on looks decide,
so that a missed number, a list of contributions or an unnumbered heading does no harm.  Where headings look like the
running text, numbers must follow one another.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.papers.fulltext.bibliography import bibliography_start
from bot.papers.fulltext.clean import is_caption, is_reference_heading
from bot.papers.fulltext.fonts import LARGER, Fonts, Kind
from bot.papers.fulltext.headings import (
    MAX_LENGTH,
    Heading,
    Headings,
    holds_sentence,
    is_known,
    is_lettered,
    is_numbered,
)
from bot.papers.fulltext.line import Line

MAX_WORD = 25  # characters of a heading of one word
MAX_LINES = 4  # of a heading
NEXT_LINE = 1.8  # of its size below: the farthest that a heading's next line is
MIN_UNNAMED = 3  # lines in large letters that are headings although no word or number says so
MIN_NUMBERED = 2  # headings that show what numbered ones look like
SHORT = 0.85  # of a full line: a shorter one may end a paragraph
LAST_SIGNS = 12  # of a line, by which the end of a sentence is told

_SENTENCE_END = re.compile(r"(?:[.!?:][\"'”’)\]]*|(?<=[a-z)])\.\d{1,2})$")  # a footnote's mark may follow
_TELLING = re.compile(  # words that make no row of a table and no label of a figure
    r"introduction|related works?|background|conclusions?(?: and future work)?|discussions?|acknowledge?ments?|"
    r"references|bibliography|experiments?|methodology|preliminaries|limitations?|(?:materials and )?methods",
    re.I,
)
_UNMISTAKABLE = re.compile(r"abstract|acknowledge?ments?|references|bibliography|append\w{2,6}", re.I)
_APPENDIX = re.compile(r"(?:Appendix|Appendices|Supplementary)\b|A(?:\.1)?[.:]?\s+[A-Z][\w\- ]{3,60}")
_KEYWORDS = re.compile(r"(?:index terms|key ?words|ccs concepts|categories and subject|general terms)\b", re.I)
_TITLE = re.compile(r"(?:[^\W\d_]|[“\"'(]|\d).*[^.,;=+\-–—]$")
_THREE_LETTERS = re.compile(r"[^\W\d_]{3}")


class Found(NamedTuple):
    """A heading and how many lines it has; `heading` is None where references begin without one."""

    heading: Heading | None
    lines: int

    @property
    def opens_references(self) -> bool:
        """Whether a list of works follows."""
        return self.heading is None or is_reference_heading(self.heading.text)


def find_sections(lines: Sequence[Line], fonts: Fonts, full: float) -> Mapping[int, Found]:
    """The headings by the place of their first line; `full` is the usual length of a line in characters."""
    return _Finder(lines, fonts, full).find()


def ends_sentence(text: str) -> bool:
    """Whether a line ends with a sentence."""
    return _SENTENCE_END.search(text, max(0, len(text) - LAST_SIGNS)) is not None


class _Finder:
    def __init__(self, lines: Sequence[Line], fonts: Fonts, full: float) -> None:
        self._lines = lines
        self._fonts = fonts
        self._full = full
        self._tracker = Headings()
        self._kinds = {place: kind for place in range(len(lines)) if (kind := self._kind(place))}
        learned = self._learn()
        self._is_paper = bool(learned)  # otherwise it is any document, whose headings have words of their own
        self._levels = learned or self._largest()
        has_numbers = any(map(is_numbered, self._texts(self._levels)))
        self._unnumbered = {1} if has_numbers else {1, 2}  # levels at which a heading needs no number

    def find(self) -> Mapping[int, Found]:
        """Go through the lines from top to bottom."""
        found: dict[int, Found] = {}
        bibliography = bibliography_start(self._lines)
        in_references, has_begun = False, not self._is_paper
        place = 0
        while place < len(self._lines):
            one = self._references(place) if in_references else self._at(place, has_begun)
            if one is None and place == bibliography and not in_references:
                one = Found(None, 0)
            if one is not None:
                found[place] = one
                in_references = one.opens_references
                has_begun = True
            place += one.lines if one and one.lines else 1
        return found

    def _kind(self, place: int) -> Kind | None:
        """The kind of heading that a line would be by its looks; None if it can be none."""
        line = self._lines[place]
        text = line.text
        if len(text) > MAX_LENGTH or line.gaps > 1 or (kind := self._fonts.kind(line)) is None:
            return None
        is_title = _TITLE.match(text) and _THREE_LETTERS.search(text)
        return kind if is_title and not is_caption(text) and not holds_sentence(text) else None

    def _learn(self) -> dict[Kind, int]:
        """What the headings of each level look like here; empty if they look like running text."""
        levels: dict[Kind, Counter[int]] = defaultdict(Counter)
        telling: set[Kind] = set()
        for place, kind in self._kinds.items():
            text = self._lines[place].text
            if numbered := is_numbered(text):
                number = numbered["number"]
                levels[kind][1 + number.count(".")] += 1
            elif _TELLING.fullmatch(text.strip(" .:")):
                levels[kind][1] += 1
                telling.add(kind)
            elif is_lettered(text):
                levels[kind][2] += 1
        known = {
            kind: max(counts, key=counts.__getitem__)
            for kind, counts in levels.items()
            if kind in telling or counts.total() >= MIN_NUMBERED
        }
        return known | self._subsections(known)

    def _largest(self) -> dict[Kind, int]:
        """What stands out by its size often enough to be headings."""
        body = self._fonts.body
        times = Counter(kind for kind in self._kinds.values() if body and kind.style.size >= body.size + LARGER)
        return {kind: 1 for kind, count in times.items() if count >= MIN_UNNAMED}

    def _texts(self, kinds: Mapping[Kind, int]) -> list[str]:
        """The lines that look like these kinds of headings."""
        return [self._lines[place].text for place, kind in self._kinds.items() if kind in kinds]

    def _subsections(self, known: Mapping[Kind, int]) -> dict[Kind, int]:
        """Where headings have no numbers: what is bold and between sections and running text in size."""
        sections = [kind.style.size for kind, level in known.items() if level == 1 and kind.style.is_bold]
        body = self._fonts.body
        if not sections or body is None or any(map(is_numbered, self._texts(known))):
            return {}
        times = Counter(kind for kind in self._kinds.values() if kind.style.is_bold and kind not in known)
        return {
            kind: 2
            for kind, count in times.items()
            if count >= MIN_NUMBERED and body.size + 0.4 < kind.style.size < max(sections) and not kind.is_capitals
        }

    def _at(self, place: int, has_begun: bool) -> Found | None:
        """The heading that begins at a place outside the references."""
        kind = self._kinds.get(place)
        if kind is not None and kind in self._levels:
            return self._by_looks(place, kind, has_begun)
        line = self._lines[place]
        if self._levels and not self._may_differ(place, kind):
            return None
        if (self._is_inside_sentence(place) or self._runs_on(place)) and not _is_unmistakable(line.text):
            return None
        heading = self._tracker.match(line.text)
        return Found(heading, 1) if heading else None

    def _by_looks(self, place: int, kind: Kind, has_begun: bool) -> Found | None:
        """The heading that a line is which looks like others."""
        text, count = self._whole(place, kind)
        level = self._levels[kind]
        heading = self._tracker.match(text, looks_like_one=True)
        if heading:
            return Found(heading, count)
        is_unnumbered = (
            has_begun and not is_numbered(text) and text[0].isupper() and not self._is_inside_sentence(place)
        )
        return Found(Heading(text, level), count) if is_unnumbered and level in self._unnumbered else None

    def _whole(self, place: int, kind: Kind) -> tuple[str, int]:
        """A heading with its further lines, and how many lines it has."""
        parts = [self._lines[place]]
        for next_place in range(place + 1, min(place + MAX_LINES, len(self._lines))):
            line = self._lines[next_place]
            if not self._goes_on(parts[-1], line, kind):
                break
            parts.append(line)
        text = parts[0].text
        for before, line in pairwise(parts):
            text += line.text if before.is_parted or before.text.endswith("-") else f" {line.text}"
        return text.strip(" .:") if is_known(text) else text, len(parts)

    def _goes_on(self, before: Line, line: Line, kind: Kind) -> bool:
        """Whether a line is the next one of a heading."""
        if before.look is None or line.look is None or before.page != line.page:
            return False
        other = self._fonts.kind(line)
        if other != kind or is_numbered(line.text) or is_known(line.text) or is_known(before.text):
            return False
        return 0 < before.look.base - line.look.base <= NEXT_LINE * kind.style.size

    def _may_differ(self, place: int, kind: Kind | None) -> bool:
        """Whether a line may be a heading although it does not look like those that are known."""
        text = self._lines[place].text
        if len(text) <= MAX_WORD and _UNMISTAKABLE.fullmatch(text.strip(" .:")):
            return True
        if kind is None:
            return False
        numbered = is_numbered(text)
        return 1 + numbered["number"].count(".") not in self._levels.values() if numbered else is_known(text)

    def _references(self, place: int) -> Found | None:
        """After the references an appendix may come."""
        text = self._lines[place].text
        kind = self._kinds.get(place)
        looks_like_one = kind is not None and self._levels.get(kind) == 1
        if not looks_like_one and not (len(text) < 60 and _APPENDIX.match(text)):
            return None
        self._tracker.enter_appendix()
        if kind is not None and looks_like_one:
            return self._by_looks(place, kind, has_begun=True)
        heading = self._tracker.match(text)
        return Found(heading, 1) if heading else None

    def _is_inside_sentence(self, place: int) -> bool:
        """Whether the line before leaves a sentence open that this line can only go on with."""
        line = self._lines[place]
        if place == 0 or line.first:
            return False
        before = self._lines[place - 1]
        if len(before.text) <= SHORT * self._full or ends_sentence(before.text) or is_caption(before.text):
            return False
        if line.look and before.look and line.page == before.page:
            drop = before.look.base - line.look.base
            if not 0 <= drop <= NEXT_LINE * line.look.style.size:
                return False
        return not any(_KEYWORDS.match(one.text) for one in self._lines[max(0, place - 4) : place])

    def _runs_on(self, place: int) -> bool:
        """Whether a line is the first of a paragraph or an item: it is long, and the next one goes on with it."""
        if place + 1 == len(self._lines) or len(self._lines[place].text) < SHORT * self._full:
            return False
        return self._lines[place].is_parted or self._lines[place + 1].text[0].islower()


def _is_unmistakable(text: str) -> bool:
    numbered = is_numbered(text)
    return numbered is not None and _TELLING.fullmatch(numbered["title"].strip(" .:")) is not None
