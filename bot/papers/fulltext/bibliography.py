"""Finding a list of references that has no heading, as journals of physics print it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.papers.fulltext.line import Line

MIN_ENTRIES = 5
MIN_DATED = 0.6  # of the entries name a year
FIRST_PART = 0.4  # of a document, in which a numbered list is no bibliography
MAX_ENTRY_LINES = 15

_ENTRY = re.compile(r"\[(\d{1,3})\]\s?\S")
_YEAR = re.compile(r"\b(?:18|19|20)\d\d[a-z]?\b")


def bibliography_start(lines: Sequence[Line]) -> int | None:
    """The place of the first entry "[1] …" of a list of works; None if there is no such list."""
    for start in range(int(FIRST_PART * len(lines)), len(lines)):
        found = _ENTRY.match(lines[start].text)
        if found and found[1] == "1" and _is_bibliography(lines, start):
            return start
    return None


def _is_bibliography(lines: Sequence[Line], start: int) -> bool:
    """Whether entries that count on follow, most of them with a year."""
    entries = dated = 0
    place, is_dated = start, False
    since = 0  # lines of the entry
    for place in range(start, len(lines)):
        found = _ENTRY.match(lines[place].text)
        if found and int(found[1]) == entries + 1:
            dated += is_dated
            entries, is_dated, since = entries + 1, False, 0
        since += 1
        if since > MAX_ENTRY_LINES:
            break
        is_dated = is_dated or _YEAR.search(lines[place].text) is not None
    dated += is_dated
    return entries >= MIN_ENTRIES and dated >= MIN_DATED * entries
