"""Bar charts as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bot.documents.model import Bars
from bot.documents.words import on_one_line

WIDEST = 40  # columns of the longest bar
NARROWEST = 4
EIGHTHS = " ▏▎▍▌▋▊▉"


def bar_lines(bars: Bars, width: int = 78) -> Iterator[str]:
    """A line for each label: `Agents  ████████ 17 (34)`, with the other series' figures in brackets.

    Each bar is the first series' figure, in proportion to the largest.  Lines keep to `width` columns where that leaves
    room for bars at all.
    """
    labels = [on_one_line(label) for label, _ in bars.rows]
    figures = [_figures(counts) for _, counts in bars.rows]
    label_width, figure_width = (max(map(len, column), default=0) for column in (labels, figures))
    room = min(WIDEST, max(NARROWEST, width - label_width - figure_width - 2))
    largest = max((counts[0] for _, counts in bars.rows if counts), default=0)
    for label, figure, (_, counts) in zip(labels, figures, bars.rows, strict=True):
        yield f"{label:<{label_width}} {_bar(counts[0] if counts else 0, largest, room)} {figure}"


def legend(bars: Bars) -> str:
    """What the figures are: `This week (the week before)`."""
    first, *others = map(on_one_line, bars.series)
    return f"{first} ({', '.join(others)})" if others else first


def _figures(counts: tuple[int, ...]) -> str:
    first, *others = (f"{count:,}" for count in counts or (0,))
    return f"{first} ({', '.join(others)})" if others else first


def _bar(count: int, largest: int, room: int) -> str:
    eighths = round(Fraction(8 * room * max(0, count), largest)) if largest > 0 else 0
    whole, part = divmod(eighths, 8)
    return "█" * whole + (EIGHTHS[part] if part else "")
