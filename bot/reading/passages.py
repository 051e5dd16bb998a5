"""A paper as numbered sentences in passages: what retrieval ranks, a model reads, and pointers point into.

A passage is one block of a paper (a paragraph, a caption, a table) with the headings above it.  Its sentences carry
numbers that run through the whole paper, so a number means the same sentence in every call about that paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a paper something stands, as far as the source tells."""

    anchor: str | None = None  # of the HTML source, without "#"
    page: int | None = None  # of the PDF, from 1
    figure: str | None = None  # https address of the figure that a caption belongs to


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A block of a paper.  `path` are the headings above it, outermost first; `first` numbers its first sentence."""

    path: tuple[str, ...]
    sentences: tuple[str, ...]
    first: int = 1
    place: Place = field(default_factory=Place)
    suspicious: bool = False  # holds a sentence that reads like an instruction to a model

    @property
    def text(self) -> str:
        """The whole passage, running."""
        return " ".join(self.sentences)

    @property
    def heading(self) -> str:
        """The nearest heading; "" if it has none."""
        return self.path[-1] if self.path else ""

    @property
    def numbers(self) -> range:
        """The numbers of its sentences."""
        return range(self.first, self.first + len(self.sentences))


def numbered(passages: Iterable[Passage], first: int = 1) -> tuple[Passage, ...]:
    """The same passages with sentences numbered through, beginning with `first`."""
    done = []
    for passage in passages:
        done.append(replace(passage, first=first))
        first += len(passage.sentences)
    return tuple(done)


def distinct(passages: Sequence[Passage]) -> list[Passage]:
    """Without passages whose words have all stood in an earlier one: captions repeated, headers, double conversions."""
    seen: set[str] = set()
    kept = []
    for passage in passages:
        words = " ".join(passage.text.casefold().split())
        if words not in seen:
            seen.add(words)
            kept.append(passage)
    return kept
