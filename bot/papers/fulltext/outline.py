"""Collects sections in reading order; every parser fills one of these."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import Unreadable
from bot.papers.fulltext.flow import mended
from bot.papers.fulltext.model import Block, Parsed, Section

MIN_TEXT = 600  # characters; a page with less is a notice, an error or a scan, and the abstract says more
MAX_BLOCKS = 20_000
MAX_BLOCK_CHARS = 20_000
MAX_HIDDEN = 50
MAX_HIDDEN_CHARS = 500
MAX_FRONT_SECTIONS = 4
MAX_FRONT_CHARS = 8_000

_MIN_HIDDEN_LETTERS = 3  # fewer say nothing: struts, phantoms, spacing


class Outline:
    """A paper being read: the open section takes every block until the next one opens."""

    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._open = Section("")
        self._blocks: list[Block] = []
        self._count = 0
        self._lead = ""
        self._hidden: dict[str, None] = {}

    def open(self, heading: str, level: int, *, anchor: str | None = None, page: int | None = None) -> None:
        """Begin a section."""
        self._close()
        self._open = Section(heading, level, anchor=anchor, page=page)

    def add(self, block: Block) -> None:
        """Put a block into the open section; an empty one is passed over."""
        if not block.text or self._count >= MAX_BLOCKS:
            return
        if self._lead and block.kind == "paragraph":
            block, self._lead = replace(block, text=f"{self._lead} {block.text}"), ""
        self._count += 1
        self._blocks.append(replace(block, text=block.text[:MAX_BLOCK_CHARS]))

    def lead(self, words: str) -> None:
        """Words that stand in front of the next paragraph, such as "Theorem 1."."""
        self._lead = words

    def hide(self, text: str) -> None:
        """Note a text that a reader would not have seen."""
        said = sum(char.isalpha() for char in text) >= _MIN_HIDDEN_LETTERS
        if said and len(self._hidden) < MAX_HIDDEN:
            self._hidden[text[:MAX_HIDDEN_CHARS]] = None

    def finish(self, truncated: str | None = None, *, mend: bool = False) -> Parsed:
        """Everything collected; `mend` puts torn paragraphs together.

        Raises:
            Unreadable: there is hardly any text.
        """
        self._close()
        sections = _without_front(self._sections)
        if mend:
            sections = [replace(section, blocks=tuple(mended(section.blocks))) for section in sections]
        if sum(len(block.text) for section in sections for block in section.blocks) < MIN_TEXT:
            raise Unreadable("The document holds hardly any text.")
        if self._count >= MAX_BLOCKS:
            truncated = truncated or "Only the first part of this very long document was read."
        return Parsed(tuple(sections), tuple(self._hidden), truncated)

    def _close(self) -> None:
        if self._open.heading or self._blocks:
            self._sections.append(replace(self._open, blocks=tuple(self._blocks)))
        self._blocks = []


def _without_front(sections: list[Section]) -> list[Section]:
    """Without title, authors and notices, which stand before the abstract."""
    for index, section in enumerate(sections[:MAX_FRONT_SECTIONS]):
        if section.heading.strip(" .:").lower() == "abstract":
            front = sum(len(block.text) for before in sections[:index] for block in before.blocks)
            return sections[index:] if front <= MAX_FRONT_CHARS else sections
    return sections
