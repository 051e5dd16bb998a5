"""What a paper's text is: sections of blocks, each with the anchor or page that a link can go to.  Pure data.

All text is clean (see `clean.py`): single spaces, no invisible characters, formulas as readable Unicode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

BlockKind = Literal["paragraph", "caption", "table", "list", "code", "quote", "equation"]


class TextSource(StrEnum):
    """Where a text was read, best first; always shown to the reader."""

    ARXIV_HTML = "arxiv_html"
    AR5IV = "ar5iv"
    HF_MARKDOWN = "hf_markdown"
    PDF = "pdf"
    ABSTRACT = "abstract"

    @property
    def label(self) -> str:
        """The source's name for people."""
        return _LABELS[self]


_LABELS = {
    TextSource.ARXIV_HTML: "arXiv's HTML",
    TextSource.AR5IV: "ar5iv's HTML",
    TextSource.HF_MARKDOWN: "Hugging Face's text",
    TextSource.PDF: "the PDF",
    TextSource.ABSTRACT: "the abstract only",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section.  In a table and a list each line of `text` is a row or an item."""

    kind: BlockKind
    text: str
    anchor: str | None = None  # id within the HTML: "S3.SS2.p1"
    page: int | None = None  # of the PDF, from 1
    figure: str | None = None  # of a caption: its picture's public https address


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    `heading` keeps its number ("3.2 Attention") and is empty for what comes before the first one; `level` is 1 for
    a paper's sections, 2 for their subsections, and so on.
    """

    heading: str
    level: int = 1
    blocks: tuple[Block, ...] = ()
    anchor: str | None = None
    page: int | None = None

    @property
    def text(self) -> str:
        """All blocks, a line or more each, without the heading."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser makes of one document."""

    sections: tuple[Section, ...]
    hidden: tuple[str, ...] = ()  # texts that a reader would not have seen; dropped from the sections
    truncated: str | None = None  # what was left out, as a plain sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class FullText:
    """The text of one version of a paper, without its references."""

    paper_id: str
    version: int  # 0 where the source names none
    source: TextSource
    sections: tuple[Section, ...]
    hidden: tuple[str, ...] = ()
    truncated: str | None = None
    fallbacks: tuple[str, ...] = ()  # why each better source was passed over, as plain sentences

    @property
    def figures(self) -> tuple[Block, ...]:
        """The captions whose picture has an address."""
        return tuple(block for _, block in self.blocks() if block.figure)

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Every block with its section, in reading order."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block

    def link(self, place: Block | Section | None = None) -> str:
        """The public address of this text, or of one place in it; https, built from the id alone."""
        name = quote(self.paper_id) + (f"v{self.version}" if self.version else "")
        anchor, page = (place.anchor, place.page) if place else (None, None)
        fragment = f"#{quote(anchor)}" if anchor else ""
        match self.source:
            case TextSource.ARXIV_HTML:
                return f"https://arxiv.org/html/{name}{fragment}"
            case TextSource.AR5IV:
                return f"https://ar5iv.labs.arxiv.org/html/{quote(self.paper_id)}{fragment}"
            case TextSource.PDF:
                return f"https://arxiv.org/pdf/{name}" + (f"#page={page}" if page else "")
            case _:
                return f"https://arxiv.org/abs/{name}"
