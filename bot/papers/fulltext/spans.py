"""Cells that span rows or columns, repeated in every place that they cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_SPANNED = 60  # rows or columns by one cell; real tables have some twenty columns
MOST_CELLS = 20_000  # of one table


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is written, and the rows and columns that it covers, itself among them."""

    text: str
    rows: int = 1
    columns: int = 1


def span(value: str | None) -> int:
    """Read a `rowspan` or `colspan`; 1 where it says nothing of use."""
    return max(1, min(int(value), MOST_SPANNED)) if value and value.isascii() and value.isdecimal() else 1


def spread(rows: Iterable[list[Cell]]) -> Iterator[list[str]]:
    """Yield the texts of each row by column, so that a number stands below its own head and beside its own name."""
    covered: dict[int, tuple[int, str]] = {}  # by column: the rows that a cell above still covers, and its text
    budget = MOST_CELLS
    for row in rows:
        texts = _spread_row(row, covered)
        budget -= len(texts)
        if budget < 0:
            return
        yield texts


def _spread_row(row: list[Cell], covered: dict[int, tuple[int, str]]) -> list[str]:
    texts: list[str] = []
    waiting = list(row)
    while waiting or len(texts) in covered:
        column = len(texts)
        if column in covered:
            left, text = covered.pop(column)
            if left > 1:
                covered[column] = (left - 1, text)
            texts.append(text)
            continue
        cell = waiting.pop(0)
        for _ in range(cell.columns):
            if cell.rows > 1:
                covered[len(texts)] = (cell.rows - 1, cell.text)
            texts.append(cell.text)
    return texts
