"""Raised numbers in HTML: a power such as `10<sup>6</sup>`, or the mark of a note or a citation."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

_POWER = re.compile(r"[-−–+]?\d{1,9}(?:[./]\d{1,9})?")
_SYMBOLS = re.compile(r"[-−–+]?\d{0,3}[ijkmnqtxyzDKLMNT](?:[-−–+]\d{1,3})?")  # a to h are marks of a table's notes
_NUMBERS = re.compile(r"\d{1,9}(?:\s?[,;–-]\s?\d{1,9})*")
_MARKS = re.compile(r"note|cite|bib|ltx_ref|\bfn|\bref", re.IGNORECASE)
_FONTS = frozenset("span a em i b strong cite u small font".split())
_FONT_CLASSES = ("ltx_text", "ltx_font", "ltx_cite", "ltx_ref")


def raised(node: LexborNode, text: str) -> str:
    """Return the text of a `<sup>` so that it does not become part of a number before it.

    A power is written `^6`, and the mark of a note or a citation `[6]`.  A mark is a link, a list of numbers, or has a
    class of notes or citations.
    """
    number = text.strip()
    if _SYMBOLS.fullmatch(number):
        outermost = _outermost(node)
        is_power = _ends_in_digit(outermost.prev) and not _is_mark(node, outermost)
        return f"^{number if len(number) == 1 else f'({number})'}" if is_power else text
    is_power = _POWER.fullmatch(number) is not None
    if not is_power and not _NUMBERS.fullmatch(number):
        return text
    outermost = _outermost(node)
    if not _ends_in_digit(outermost.prev):
        return text
    return f"^{number}" if is_power and not _is_mark(node, outermost) else f"[{number}]"


def _outermost(node: LexborNode) -> LexborNode:
    """The largest element that begins with this one and only sets its font or its link."""
    while node.prev is None and (parent := node.parent) is not None and _is_font(parent):
        node = parent
    return node


def _ends_in_digit(node: LexborNode | None) -> bool:
    if node is None or not (node.tag in ("-text", "math") or (_is_font(node) and not _has_mark(node))):
        return False
    return node.text(deep=True)[-1:].isdecimal()


def _is_font(node: LexborNode) -> bool:
    classes = (node.attributes.get("class") or "").split()
    return node.tag in _FONTS and all(name.startswith(_FONT_CLASSES) for name in classes)


def _is_mark(node: LexborNode, outermost: LexborNode) -> bool:
    if node.css_first("a, cite") is not None or any(map(_has_mark, node.css("*"))):
        return True
    while not _has_mark(node):
        if node.mem_id == outermost.mem_id or node.parent is None:
            return False
        node = node.parent
    return True


def _has_mark(node: LexborNode) -> bool:
    if node.tag in ("a", "cite"):
        return True
    return any(_MARKS.search(node.attributes.get(name) or "") for name in ("class", "id", "role"))
