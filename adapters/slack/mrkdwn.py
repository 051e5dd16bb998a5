"""Texts of a document as mrkdwn, whole or in pieces that fit.

What is marked as code and begins with a command's name stands as it is typed at Slack, `/papers help`.

A piece is cut between words; a link or a style that is cut goes on in the next piece.  Only a single word longer than
a whole piece is cut inside, and then never within a character that is made of several code points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from adapters.slack.config import COMMAND
from adapters.slack.escape import escape, escape_url
from adapters.slack.limits import size
from bot.chat.commands import COMMANDS
from bot.documents.model import Inline, Moment, Span, Text

JOINER = "\u200d"
HAIR = "\u200b"  # lets a style begin or end inside a word
MARKS = 16  # the most that styles add to a run: `*_…_*` and a `HAIR` on each side, or `/papers …`, rounded up
LONGEST_URL = 1_000  # a longer address is not shown; no host of ours has one
LONGEST_CHARACTER = 40  # UTF-16 units that may follow to finish a character made of several code points

NAMES = frozenset(command.name for command in COMMANDS)

_MENTIONS = {"channel": "#", "person": "@"}
_ID = re.compile("[A-Z0-9]+")
_COSTS = {"&": 5, "<": 4, ">": 4}  # of characters that are escaped

_DATES = {
    "date": "{date_short_pretty}",
    "time": "{time}",
    "datetime": "{date_short_pretty} {time}",
    "relative": "{ago}",
}
_FALLBACKS = {"date": "%Y-%m-%d", "time": "%H:%M UTC"}


def mrkdwn(text: Text) -> str:
    """A text as mrkdwn, its words escaped."""
    parts: list[str] = []
    for index, inline in enumerate(text):
        before = parts[-1][-1:] if parts else ""
        after = _first(text[index + 1]) if index + 1 < len(text) else ""
        parts.append(_moment(inline) if isinstance(inline, Moment) else _span(inline, before, after))
    return "".join(parts)


def plain_words(text: Text) -> str:
    """A text as bare words, its instants in UTC; not escaped."""
    return "".join(_fallback(inline) if isinstance(inline, Moment) else _as_typed(inline) for inline in text)


def split(text: Text, limit: int) -> list[Text]:
    """Cut a text into pieces whose mrkdwn is at most `limit` long (1,500 at least); blanks at the cuts go."""
    if size(mrkdwn(text)) <= limit:
        return [trimmed] if (trimmed := _trimmed(text)) else []
    pieces = [_Piece()]
    for word in _words(text, limit):
        if pieces[-1].used + pieces[-1].cost(word) > limit and pieces[-1].runs:
            pieces.append(_Piece())
        pieces[-1].add(word)
    return [trimmed for piece in pieces if (trimmed := piece.text())]


class _Part(NamedTuple):
    """A part of a word that has one style; or a moment."""

    inline: Inline
    words: str
    cost: int  # of its words, escaped


class _Piece:
    """A piece in the making: runs of words, each in one style."""

    def __init__(self) -> None:
        self.runs: list[tuple[Inline, list[str]]] = []
        self.used = 0

    def cost(self, word: Sequence[_Part]) -> int:
        """What a word would add."""
        total, last = 0, self.runs[-1][0] if self.runs else None
        for part in word:
            total += part.cost + (0 if part.inline is last else _frame(part.inline))
            last = part.inline
        return total

    def add(self, word: Sequence[_Part]) -> None:
        """Append a word."""
        self.used += self.cost(word)
        for part in word:
            if not self.runs or self.runs[-1][0] is not part.inline:
                self.runs.append((part.inline, []))
            self.runs[-1][1].append(part.words)

    def text(self) -> Text:
        """The piece, without blanks at its ends."""
        return _trimmed(_with(inline, "".join(words)) for inline, words in self.runs)


def _trimmed(text: Iterable[Inline]) -> Text:
    """A text without blanks at its ends, which would show as gaps, and without empty spans."""
    inlines = list(text)
    if inlines and isinstance(first := inlines[0], Span):
        inlines[0] = replace(first, text=first.text.lstrip())
    if inlines and isinstance(last := inlines[-1], Span):
        inlines[-1] = replace(last, text=last.text.rstrip())
    return tuple(inline for inline in inlines if isinstance(inline, Moment) or inline.text)


def _moment(moment: Moment) -> str:
    return f"<!date^{int(moment.at.timestamp())}^{_DATES[moment.style]}|{_fallback(moment)}>"


def _fallback(moment: Moment) -> str:
    return f"{moment.at:{_FALLBACKS.get(moment.style, '%Y-%m-%d %H:%M UTC')}}"


def _as_typed(span: Span) -> str:
    """A span's words; a command with what leads it in at Slack."""
    is_command = span.code and span.text.partition(" ")[0] in NAMES
    return f"{COMMAND} {span.text}" if is_command else span.text


def _span(span: Span, before: str, after: str) -> str:
    words = _as_typed(span)
    if not words.strip():
        return words
    if mark := _MENTIONS.get(span.refers if _ID.fullmatch(words) else ""):
        return f"<{mark}{words}>"
    if url := _url(span):
        label = escape(re.sub(r"[|\s]+", " ", words))
        return _styled(f"<{url}|{label}>", span, before, after)
    if span.code:
        return f"{words[: len(words) - len(words.lstrip())]}`{escape(' '.join(words.split()))}`{_tail(words)}"
    return _styled(escape(words), span, before, after)


def _url(span: Span) -> str:
    """The address of a link as it may be shown; "" if there is none, or none that may."""
    if span.link is None or not span.link.startswith("https://"):
        return ""
    url = escape_url(span.link)
    return url if size(url) <= LONGEST_URL else ""


def _styled(shown: str, span: Span, before: str, after: str) -> str:
    """Slack sees `*bold*` only on one line, without blanks inside the marks, and between things that are no letters."""
    free = span.link is not None  # a mark inside `<…>` does not end the style around it
    wanted = (("*", span.bold), ("_", span.italic))
    marks = "".join(mark for mark, asked in wanted if asked and (free or mark not in shown))
    body = shown.strip()
    if not marks or not body or "\n" in body:
        return shown
    lead, tail = shown[: len(shown) - len(shown.lstrip())], _tail(shown)
    opening = HAIR if before.isalnum() and not lead else ""
    closing = HAIR if after.isalnum() and not tail else ""
    return f"{lead}{opening}{marks}{body}{marks[::-1]}{closing}{tail}"


def _tail(words: str) -> str:
    return words[len(words.rstrip()) :]


def _first(inline: Inline) -> str:
    return "" if isinstance(inline, Moment) else inline.text[:1]


def _frame(inline: Inline) -> int:
    """What an inline costs beyond its words."""
    if isinstance(inline, Moment):
        return size(_moment(inline))
    return MARKS + size(_url(inline)) + 3


def _with(inline: Inline, words: str) -> Inline:
    return inline if isinstance(inline, Moment) else replace(inline, text=words)


def _words(text: Text, limit: int) -> Iterator[list[_Part]]:
    """The words of a text, each with its styles; runs of blanks by themselves; too long ones in their parts."""
    word: list[_Part] = []
    for part in _all_parts(text, limit):
        blank = part.words.isspace()
        if word and (blank or sum(each.cost + MARKS for each in word) + part.cost > limit // 4):
            yield word
            word = []
        if blank:
            yield [part]
        else:
            word.append(part)
    if word:
        yield word


def _all_parts(text: Text, limit: int) -> Iterator[_Part]:
    for inline in text:
        if isinstance(inline, Moment):
            yield _Part(inline, "", 0)
            continue
        room = limit - _frame(inline) - LONGEST_CHARACTER
        for run in re.findall(r"\s+|\S+", inline.text):
            for words in _parts(run, room):
                yield _Part(inline, words, size(escape(words)))


def _parts(word: str, room: int) -> Iterator[str]:
    """A word cut into parts that fit, between whole characters."""
    start, used = 0, 0
    for index, char in enumerate(word):
        cost = _COSTS.get(char) or (2 if char > "\uffff" else 1)
        full, too_full = used + cost > room, used + cost > room + LONGEST_CHARACTER
        if too_full or (full and not _continues(word, index)):
            yield word[start:index]
            start, used = index, 0
        used += cost
    yield word[start:]


def _continues(word: str, index: int) -> bool:
    """Whether the code point at `index` belongs to the character before it."""
    if index == 0:
        return False
    joined = word[index] == JOINER or word[index - 1] == JOINER
    return joined or unicodedata.category(word[index]) in {"Mn", "Me", "Mc", "Sk"}
