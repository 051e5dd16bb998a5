"""Numbered sentences in passages: what retrieval ranks, a model reads, and pointers point into.

A passage is a piece of a paper (a paragraph, a table with its caption) with the headings above it.  Its sentences carry
numbers that run through the whole paper, so a number means the same sentence in every call about that paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a paper.  `path` are the headings above it, outermost first; `first` numbers its first sentence."""

    path: tuple[str, ...]
    sentences: tuple[str, ...]
    first: int = 1
    paper_id: str = ""
    link: str = ""  # public https address of the place
    page: int | None = None  # of the PDF, from 1
    figure: str | None = None  # public https address of the picture that the passage is the caption of

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


def moved(passage: Passage, by: int) -> Passage:
    """The same passage with its sentences' numbers higher by so much: where several papers are read as one."""
    return replace(passage, first=passage.first + by)


def distinct(passages: Sequence[Passage]) -> list[Passage]:
    """Without passages that repeat an earlier one word for word: captions printed twice, running headers."""
    seen: set[str] = set()
    kept = []
    for passage in passages:
        words = " ".join(passage.text.casefold().split())
        if words not in seen:
            seen.add(words)
            kept.append(passage)
    return kept
