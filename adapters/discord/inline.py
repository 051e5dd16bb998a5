"""Running text: spans become Discord's Markdown, in pieces that fit.

Text is broken between words, best at the end of a paragraph, then of a line, then of a sentence; a style or a link that
reaches over the break is closed before and opened again after it.  A single word longer than a piece is broken between
visible characters, with a hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from adapters.discord.escape import ZERO_WIDTH, cleaned, escaped, in_code, safe_cut
from adapters.discord.limits import length
from bot.documents.model import Moment, Span, Text

HYPHEN = "\u2010"  # ends a piece of a word that had to be broken
_WORD = re.compile(r"\S+\s*|\s+")
_MOMENT_STYLES = {"date": "D", "time": "t", "datetime": "f", "relative": "R"}
_LONGEST_LINK = 1000


@dataclass(frozen=True, slots=True)
class _Style:
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""

    @property
    def overhead(self) -> int:
        """The most characters that the marks around one run take."""
        return 4 * self.bold + 2 * self.italic + 2 * self.code + (length(self.link) + 6 if self.link else 0) + 1


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with the white space after it, as read and as Markdown."""

    text: str
    markup: str
    style: _Style = _Style()


def markdown(text: Text, limit: int) -> list[str]:
    """The text as Markdown, in pieces of at most `limit` characters each; none if there is nothing to see."""
    words = [part for word in _words(text) for part in _broken(word, limit)]
    pieces = (_rendered(words[start:end]) for start, end in _pieces(words, limit))
    return [piece for piece in pieces if piece.strip()]


def _words(text: Text) -> Iterator[_Word]:
    for inline in text:
        if isinstance(inline, Moment):
            moment = f"<t:{int(inline.at.timestamp())}:{_MOMENT_STYLES[inline.style]}>"
            yield _Word(moment, moment)
            continue
        style = _style(inline)
        content = re.sub(r"\n{3,}", "\n\n", cleaned(inline.text))
        content = " ".join(content.split()) if style.link or style.code else content
        yield from (_word(word, style) for word in _WORD.findall(content))


def _word(text: str, style: _Style) -> _Word:
    return _Word(text, in_code(text) if style.code else escaped(text), style)


def _style(span: Span) -> _Style:
    """The span's style; a link's label is never code, because brackets cannot be escaped in there."""
    link = _safe_link(span.link)
    return _Style(span.bold, span.italic, span.code and not link, link)


def _safe_link(url: str | None) -> str:
    """The address as it may stand in a masked link, or "" if it cannot be one."""
    if not url or not url.startswith(("https://", "http://")) or len(url) > _LONGEST_LINK:
        return ""
    return re.sub(r"[\s<>()\\]", lambda match: f"%{ord(match[0]):02X}", url)


def _broken(word: _Word, limit: int) -> Iterator[_Word]:
    """The word itself, or parts of it that fit."""
    room = limit - word.style.overhead - 2
    while length(word.markup) > room:
        at = safe_cut(word.text, room // 3)
        yield _word(word.text[:at] + HYPHEN, word.style)
        word = _word(word.text[at:], word.style)
    yield word


def _pieces(words: Sequence[_Word], limit: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(words):
        end = _fitting(words, start, limit)
        if end < len(words):
            end = _good_break(words, start, end)
        yield start, end
        start = end


def _fitting(words: Sequence[_Word], start: int, limit: int) -> int:
    used, style = 0, None
    for place in range(start, len(words)):
        word = words[place]
        used += length(word.markup) + (0 if word.style == style else word.style.overhead)
        style = word.style
        if used > limit:
            return max(place, start + 1)
    return len(words)


def _good_break(words: Sequence[_Word], start: int, end: int) -> int:
    """The last good place to break within the second half of what fits."""
    candidates = range(end, start + (end - start) // 2, -1)
    for ending in ("\n\n", "\n", ". "):
        for place in candidates:
            if words[place - 1].text.endswith(ending) or (ending == "\n" and "\n" in words[place - 1].text):
                return place
    return end


def _rendered(words: Sequence[_Word]) -> str:
    runs = [
        _marked("".join(word.markup for word in run), style) for style, run in groupby(words, lambda word: word.style)
    ]
    joined = ""
    for run in runs:
        joined += ZERO_WIDTH + run if joined and run and _would_fuse(joined[-1], run[0]) else run
    return joined.strip("\n")


def _would_fuse(left: str, right: str) -> bool:
    return left in "*`" and right in "*`"


def _marked(content: str, style: _Style) -> str:
    """The run inside its marks, with white space left outside, where marks would not work."""
    core = content.strip()
    if not core:
        return content
    before, after = content[: content.index(core)], content[content.index(core) + len(core) :]
    if style.code:
        core = f"`{core}`"
    if style.italic:
        core = f"*{core}*"
    if style.bold:
        core = f"**{core}**"
    if style.link:
        core = f"[{core}](<{style.link}>)"
    return before + core + after
