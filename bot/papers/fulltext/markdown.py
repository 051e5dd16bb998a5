"""The Markdown of Hugging Face (`/papers/{id}.md`) into sections.

It is made from arXiv's HTML, or by some converter of TeX; so headings, paragraphs, pipe tables, lists, fences and
display formulas are known, and "Figure 1: …" opens a caption.  Where Hugging Face has no text it silently answers
with its own page about the paper, as HTML or as Markdown: that is told from a paper by its shape.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bot.errors import Unreadable
from bot.papers.fulltext.clean import clean, clean_lines, hidden_message, is_caption, is_reference_heading
from bot.papers.fulltext.formula import readable
from bot.papers.fulltext.model import Block, BlockKind, Parsed
from bot.papers.fulltext.outline import Outline

MIN_SECTIONS = 3  # a paper has them; a page about a paper has one heading or two

MIN_COMMENT_WORDS = 4  # shorter ones are a converter's marks

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?|[-*_=]{3,}")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_PAGE_MARKS = (  # of Hugging Face's page; two of them do not meet in a paper
    "Models citing this paper",
    "Datasets citing this paper",
    "Collections including this paper",
    "No model linking this paper",
    "View arXiv page",
    "Upvote",
)
_UNDERLINED = re.compile(r"(?m)^(?![|>\s#])(.{1,200})\n(?:(=)|-){3,}[=-]*[ \t]*$")
_DISPLAY = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", re.S)
_MATH = re.compile(r"\$([^$\n]{1,500})\$|\\\((.{1,500}?)\\\)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_PLACEHOLDER = re.compile(r"(?:Image|Figure): \S+")
_LINK = re.compile(r"\[([^\]]+)\]\((?:https?:|#|/)[^)]*\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|<!--.*?-->", re.S)
_HIDDEN_HTML = re.compile(r"<!--(.*?)-->", re.S)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~$])")


def parse(body: bytes, address: str = "") -> Parsed:
    """The sections of a Markdown text; `address` is not needed, as pictures are left to the HTML.

    Raises:
        Unreadable: it is a page about the paper, not the paper.
    """
    text = body.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    text = _UNDERLINED.sub(lambda found: ("# " if found[2] else "## ") + found[1], text)
    _refuse_page(text)
    outline = Outline()
    for comment in _HIDDEN_HTML.findall(text):
        if len(comment.split()) >= MIN_COMMENT_WORDS:
            outline.hide(clean(comment))
    outline.hide(hidden_message(text))
    skipped_level = 0  # of the reference list's heading; everything below it is left out
    for kind, content in _blocks(text.split("\n")):
        if kind == "heading":
            marks, _, title = content.partition(" ")
            skipped_level = _opened(outline, len(marks), inline(title), skipped_level)
        elif not skipped_level:
            outline.add(_block(kind, content))
    return outline.finish(mend=True)


def inline(text: str) -> str:
    """Running text without its markup."""
    text = html.unescape(_TAG.sub(" ", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))))
    text = _MATH.sub(lambda found: readable(found[1] or found[2]), text)
    text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    return clean(_ESCAPE.sub(r"\1", text).replace("`", ""))


def _refuse_page(text: str) -> None:
    start = text[:2_000].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "{")) or "<head>" in start:
        raise Unreadable("Hugging Face has only its page about the paper.")
    headings = sum(1 for line in text.split("\n") if _HEADING.fullmatch(line))
    if headings < MIN_SECTIONS or sum(mark in text for mark in _PAGE_MARKS) >= 2:
        raise Unreadable("Hugging Face has only its page about the paper.")


def _opened(outline: Outline, level: int, title: str, skipped_level: int) -> int:
    """Open a section; the level of the reference list while it goes on, else 0."""
    if skipped_level and level > skipped_level:
        return skipped_level
    if is_reference_heading(title):
        return level
    outline.open(title, max(1, level - 1))
    return 0


def _blocks(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Kinds and contents; a block ends at an empty line, a heading, a fence, or where a list or table ends."""
    kind, held = "", list[str]()
    fence = ""
    for line in lines:
        if fence:
            if line.strip().startswith(fence):
                yield "code", "\n".join(held)
                kind, held, fence = "", [], ""
            else:
                held.append(line)
            continue
        now = _kind(line, kind)
        if held and now != kind:
            yield kind, "\n".join(held)
            held = []
        kind = now
        if now == "fence":
            fence, kind = (_FENCE.match(line) or [""])[0].strip()[:3], "code"
        elif now == "heading":
            yield now, line.strip()
            kind = ""
        elif now:
            held.append(line)
    if held:
        yield kind, "\n".join(held)


def _kind(line: str, before: str) -> str:
    stripped = line.strip()
    if not stripped:
        return ""
    if _FENCE.match(line):
        return "fence"
    if _HEADING.fullmatch(stripped):
        return "heading"
    if stripped.startswith("|") or (before == "table" and stripped.count("|") > 1):
        return "table"
    if _ITEM.match(line) or (before == "list" and line.startswith("  ")):
        return "list"
    return "quote" if stripped.startswith(">") else "paragraph"


def _block(kind: str, content: str) -> Block:
    match kind:
        case "code":
            return Block("code", clean_lines(content))
        case "table":
            return Block("table", "\n".join(_row(line) for line in content.split("\n") if not _is_rule(line)))
        case "list":
            return Block("list", "\n".join(_items(content)))
        case "quote":
            return Block("quote", inline(re.sub(r"(?m)^\s*>\s?", "", content)))
        case _:
            return _paragraph(content)


def _paragraph(content: str) -> Block:
    if display := _DISPLAY.fullmatch(content.strip()):
        return Block("equation", readable(display[1] or display[2]))
    if _is_rule(content) or _PLACEHOLDER.fullmatch(content.strip()):
        return Block("paragraph", "")
    text = inline(_DISPLAY.sub(lambda found: f" {readable(found[1] or found[2])} ", content))
    kind: BlockKind = "caption" if is_caption(text) else "paragraph"
    return Block(kind, text)


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line.strip()) is not None


def _row(line: str) -> str:
    return " | ".join(inline(cell) for cell in line.strip().strip("|").split("|"))


def _items(content: str) -> Iterator[str]:
    item: list[str] = []
    for line in content.split("\n"):
        if _ITEM.match(line) and item:
            yield inline(" ".join(item))
            item = []
        item.append(_ITEM.sub("• ", line, count=1) if _ITEM.match(line) else line)
    yield inline(" ".join(item))
