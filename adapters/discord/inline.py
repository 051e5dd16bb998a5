"""Running text: spans become Discord's Markdown, in pieces that fit.

Text is broken between words, best at the end of a paragraph, then of a line, then of a sentence; a style or a link that
reaches over the break is closed before and opened again after it.  A single word longer than a piece is broken between
visible characters, with a hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from adapters.discord.escape import ZERO_WIDTH, cleaned, escaped, in_code, safe_cut
from adapters.discord.limits import length
from bot.documents.model import Inline, Moment, Span, Text

HYPHEN = "\u2010"  # ends a piece of a word that had to be broken
_WORD = re.compile(r"\S+\s*|\s+")
_GAP = re.compile(r"\n{3,}")
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
    """A word with the white space after it, or a run of them, as read and as Markdown."""

    text: str
    markup: str
    style: _Style = _Style()
    whole: bool = False  # a moment, which is not made of words


def markdown(text: Text, limit: int) -> list[str]:
    """The text as Markdown, in pieces of at most `limit` characters each; none if there is nothing to see."""
    runs = runs_of(text)
    whole = [_rendered(runs)] if _fits(runs, limit) else broken(runs, limit)
    return [piece for piece in whole if piece.strip()]


def broken(runs: Iterable[_Word], limit: int) -> list[str]:
    """Runs as Markdown in pieces, word by word."""
    words = [part for word in _words(runs) for part in _broken(word, limit)]
    return [_rendered(words[start:end]) for start, end in _pieces(words, limit)]


def _fits(runs: Iterable[_Word], limit: int) -> bool:
    """Whether all of it, and so every word of it, is within the limit; nearly every text is."""
    return sum(length(run.markup) + run.style.overhead for run in runs) + 2 <= limit


def runs_of(text: Text) -> list[_Word]:
    """A run for each inline that is not empty; escaping looks at one word alone, so a run is escaped as a whole."""
    return [run for run in map(_run, text) if run.text]


def _run(inline: Inline) -> _Word:
    if isinstance(inline, Moment):
        moment = f"<t:{int(inline.at.timestamp())}:{_MOMENT_STYLES[inline.style]}>"
        return _Word(moment, moment, whole=True)
    if inline.refers and inline.text.isascii() and inline.text.isdecimal():
        mention = f"<{'#' if inline.refers == 'channel' else '@'}{inline.text}>"
        return _Word(mention, mention, whole=True)
    style = _style(inline)
    content = cleaned(inline.text)
    content = " ".join(content.split()) if style.link or style.code else _GAP.sub("\n\n", content)
    return _word(content, style)


def _words(runs: Iterable[_Word]) -> Iterator[_Word]:
    for run in runs:
        yield from [run] if run.whole else (_word(word, run.style) for word in _WORD.findall(run.text))


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
