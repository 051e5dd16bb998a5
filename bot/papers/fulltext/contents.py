"""A PDF without its contents pages, whose lines look like the headings that they list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.papers.fulltext.line import Line

MIN_ENTRIES = 3  # below a heading that says "Contents"
MIN_LEADERS = 5  # lines with dot leaders that are a list of contents without a heading
MAX_BETWEEN = 2  # lines between two entries: the parts of long ones
MAX_HEADING = 25  # characters
MAX_ENTRY = 200  # characters

_HEADING = re.compile(r"(?:table of )?contents|list of (?:figures|tables|algorithms)", re.I)
_LEADER = re.compile(r"(?:[.·…] ?){4}")
_NUMBER = re.compile(r"(\d{1,4}|[ivxl]{1,6})$")


def without_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines that list no headings with their pages."""
    listed: set[int] = set()
    for start, line in enumerate(lines):
        if start in listed:
            continue
        if len(line.text) <= MAX_HEADING and _HEADING.fullmatch(line.text.strip(" .:")):
            last = _last_entry(lines, start + 1)
            listed.update(range(start, last + 1) if last is not None else ())
        elif _has_leader(line.text):
            listed.update(_leaders(lines, start))
    return [line for place, line in enumerate(lines) if place not in listed]


def _last_entry(lines: Sequence[Line], start: int) -> int | None:
    """The place of the last entry of a list that begins there; None if it is none."""
    seen: set[str] = set()
    last, entries, between = None, 0, 0
    for place in range(start, len(lines)):
        text = lines[place].text
        if text.casefold() in seen:  # the first heading of the text itself
            break
        if len(text) <= MAX_ENTRY and _is_entry(text):
            last, entries, between = place, entries + 1, 0
            seen.add(text[: _end(text)].casefold())
        else:
            between += 1
            if between > MAX_BETWEEN:
                break
    return last if entries >= MIN_ENTRIES else None


def _is_entry(text: str) -> bool:
    return _NUMBER.search(text[-6:]) is not None


def _end(text: str) -> int:
    """Where an entry's words end."""
    return len(text.rpartition(" ")[0].rstrip(" .·…"))


def _has_leader(text: str) -> bool:
    may = ".." in text or ". ." in text or "·" in text or "…" in text
    return may and _LEADER.search(text) is not None


def _leaders(lines: Sequence[Line], start: int) -> range:
    """The places of a run of lines with dot leaders."""
    last, count = start, 0
    for place in range(start, len(lines)):
        if _has_leader(lines[place].text):
            last, count = place, count + 1
        elif place - last > 1:
            break
    return range(start, last + 1) if count >= MIN_LEADERS else range(0)
