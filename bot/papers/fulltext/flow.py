"""Paragraphs that a page break, a column, a float or a converter has torn apart, put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.papers.fulltext.model import Block

MAX_BETWEEN = 4  # captions, tables and footnotes that may stand between the two parts

_FINISHED = re.compile(r"[.!?:;…]['\"”’)\]]*(?:\s*[\[(]?\d{1,3}[\])]?)?$")
_GOES_ON = re.compile(r"[a-zà-ÿα-ω\[(,;.:)\]]|[A-Z]_|[B-HJ-Z](?=[\s.,;)=])|\d")
_BEGINS_ITEM = re.compile(r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\[\d{1,3}\])\s")
_PARTED = re.compile(r"[^\W\d_]{2}-$")
_PART_OF_FIGURE = re.compile(r"\([a-z]\)\s.{0,80}$")
_FOOTNOTE = re.compile(r"\d{1,2}(?:[A-Z(]|https?://)|[∗*†‡§¶]\s?[A-Z(]")
_ASKS_FOR_MORE = re.compile(
    r"(?:,|\b(?:a|an|the|of|in|on|to|for|with|by|and|or|as|is|are|from|that|than|at|table|figure|fig\.?|section|sec\.?"
    r"|eq\.?|equation|appendix|algorithm|theorem|using|where|between))$",
    re.I,
)


def continues(before: str, after: str) -> bool:
    """Whether `after` goes on with the sentence that `before` leaves open."""
    if not before or not after:
        return False
    if after[0] in ".,;":
        return True
    if _FINISHED.search(before) or _PART_OF_FIGURE.match(after):
        return False
    if _ASKS_FOR_MORE.search(before):
        return True
    return _GOES_ON.match(after) is not None and not _BEGINS_ITEM.match(after)


def mended(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of one section, with each torn paragraph whole, standing where it began."""
    waiting: list[Block] = []  # a paragraph that is not finished, and the floats after it
    for block in blocks:
        if waiting and block.kind == "paragraph" and continues(waiting[0].text, block.text):
            waiting[0] = replace(waiting[0], text=_joined(waiting[0].text, block.text))
            continue
        if waiting and _stands_aside(block) and len(waiting) <= MAX_BETWEEN:
            waiting.append(block)
            continue
        yield from waiting
        waiting = [block] if block.kind == "paragraph" else []
        if block.kind != "paragraph":
            yield block
    yield from waiting


def is_footnote(text: str) -> bool:
    """Whether a line of a PDF opens a footnote: its mark, then a sentence."""
    return _FOOTNOTE.match(text) is not None


def _stands_aside(block: Block) -> bool:
    if block.kind in ("caption", "table"):
        return True
    if block.page is None:
        return False
    return block.kind == "quote" or is_footnote(block.text) or _PART_OF_FIGURE.match(block.text) is not None


def _joined(before: str, after: str) -> str:
    if before.endswith("-") and _PARTED.search(before) and after[0].islower():
        return before[:-1] + after
    return before + after if after[0] in ".,;" else f"{before} {after}"
