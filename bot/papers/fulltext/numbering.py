"""The numbers that a manuscript under review has at its lines; they are no part of its sentences.

They stand before a line, after it, or on lines of their own, and count on by one, or by five in some journals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from bot.papers.fulltext.line import Line

MIN_RUN = 8  # numbers that count on, on one page
MIN_SHARE = 0.4  # of the lines of running text that have one
MIN_FIVES = 4  # numbers that count on by five; they must stand left of the text
MIN_TEXT = 25  # characters of a line of running text
OUT = 5.0  # points left of the text

_RULER = re.compile(r"\d{1,4}(?: \d{1,4}){3,}")
_MAX_DIGITS = 4


def without_line_numbers(page: Sequence[Line]) -> list[Line]:
    """A page's lines without such numbers."""
    lines = [line for line in page if not _is_ruler(line.text)]
    for at_end in (False, True):
        numbers = {place: number for place, line in enumerate(lines) if (number := _number(line.text, at_end))}
        chosen = _counting(numbers, 1)
        if len(chosen) < max(MIN_RUN, MIN_SHARE * sum(len(line.text) > MIN_TEXT for line in lines)):
            chosen = _in_margin(lines, _counting(numbers, 5))
        for place in chosen:
            lines[place] = _without(lines[place], numbers[place], at_end)
    return [line for line in lines if line.text]


def _number(text: str, at_end: bool) -> str:
    """The number with which a line ends or begins; empty if it does not."""
    if not (text[-1:] if at_end else text[:1]).isdigit():
        return ""
    word = text.rpartition(" ")[2] if at_end else text.partition(" ")[0]
    return word if len(word) <= _MAX_DIGITS and word.isascii() and word.isdigit() else ""


def _is_ruler(text: str) -> bool:
    """Whether a line is nothing but numbers that count on: the numbers of a column, drawn in one go."""
    if not text[0].isdigit() or not _RULER.fullmatch(text):
        return False
    numbers = [int(number) for number in text.split()]
    return all(after - before == 1 for before, after in pairwise(numbers))


def _counting(numbers: Mapping[int, str], step: int) -> set[int]:
    """The places of the longest run of numbers that count on by that step."""
    ends: dict[int, list[int]] = {}  # of the run that ends with that number
    best: list[int] = []
    for place, word in numbers.items():
        number = int(word)
        run = ends.pop(number - step, [])
        run.append(place)
        ends[number] = run
        best = max(best, run, key=len)
    return set(best)


def _in_margin(lines: Sequence[Line], places: set[int]) -> set[int]:
    """The places, if their lines begin left of the others."""
    if len(places) < MIN_FIVES:
        return set()
    numbered = [look.left for place in places if (look := lines[place].look)]
    others = [line.look.left for line in lines if line.look and not line.text[0].isdigit()]
    return places if numbered and others and max(numbered) < median(others) - OUT else set()


def _without(line: Line, number: str, at_end: bool) -> Line:
    text = line.text.removesuffix(number) if at_end else line.text.removeprefix(number)
    look = line.look and line.look._replace(gaps=max(0, line.look.gaps - 1))  # the one next to the number
    return line._replace(text=text.strip(), look=look)
