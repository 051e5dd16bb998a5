"""Text from outside, made harmless: nothing in it opens a style, a fence, a link, a mention or a timestamp.

Discord shows a backslash before punctuation as the bare character, wherever it stands; so escaping more than needed
costs nothing that a reader sees, and no rule here depends on what stands around.
"""

from __future__ import annotations

import re
import unicodedata

from adapters.discord.limits import length

ZERO_WIDTH = "\u200b"
_MARKUP = re.compile(r"[\\*_~`|\[\]<>#@]")
_ADDRESS = re.compile(r"(?<=[A-Za-z]):(?=//)")
_LIST_MARK = re.compile(r"(?<!\S)([-+]|\d+(?=[.)](?:\s|$)))")
_BROADCAST = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # control characters but for the line end
    "\u202a-\u202e\u2066-\u2069"  # overrides of the writing direction, which reach beyond their own text
    "\ud800-\udfff]"  # lone surrogates
)


def cleaned(text: str) -> str:
    """Without control characters, lone surrogates and overrides of the writing direction; line ends become `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return _UNSEEN.sub("", text)


def in_one_line(text: str) -> str:
    """Cleaned, with every run of white space as one blank."""
    return " ".join(cleaned(text.replace("\t", " ")).split())


def escaped(text: str) -> str:
    """Cleaned text as Discord's Markdown that shows exactly these words."""
    text = _BROADCAST.sub("@" + ZERO_WIDTH, text)
    text = _ADDRESS.sub(r"\:", _MARKUP.sub(r"\\\g<0>", text))
    return _LIST_MARK.sub(_escape_list_mark, text)


def _escape_list_mark(match: re.Match[str]) -> str:
    mark = match[1]
    return f"\\{mark}" if mark in "-+" else f"{mark}\\"


def in_code(text: str) -> str:
    """Text for between single backticks: those inside become a look-alike, as no escape works there."""
    return text.replace("`", "ˋ")


def in_fence(text: str) -> str:
    """Text for between fences: three backticks in a row are kept apart."""
    return text.replace("``", f"`{ZERO_WIDTH}`{ZERO_WIDTH}")


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut between characters as people see them and marked by an ellipsis."""
    if length(text) <= limit:
        return text
    kept = text[: safe_cut(text, _position(text, limit - 1))]
    return kept.rstrip() + "…"


def safe_cut(text: str, at: int) -> int:
    """The nearest place at or before `at` that is not inside one visible character (a joined emoji, an accent)."""
    for place in range(min(at, len(text)), max(0, at - 40), -1):
        if place >= len(text) or not (_joins_back(text[place]) or text[place - 1] == "\u200d"):
            return place
    return min(at, len(text))


def _joins_back(char: str) -> bool:
    modifier = "\U0001f3fb" <= char <= "\U0001f3ff" or "\U0001f1e6" <= char <= "\U0001f1ff"
    return modifier or char == "\u200d" or unicodedata.category(char).startswith("M")


def _position(text: str, units: int) -> int:
    """How many code points of `text` fit into so many UTF-16 units."""
    if units >= 2 * len(text):
        return len(text)
    for place, char in enumerate(text):
        units -= 2 if char > "\uffff" else 1
        if units < 0:
            return place
    return len(text)
