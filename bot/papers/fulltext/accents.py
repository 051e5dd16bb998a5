"""Accents that a PDF draws apart from their letters: "Sch¨utze" becomes "Schütze", "Franc¸ois" becomes "François".

TeX's older fonts draw the accent first, others after the letter.  Which letter is meant is told by which of the two
carries that accent in some language; a hat or a bar on a lone letter is mathematics and stays.  Unicode's combining
marks, which follow their letter, are left alone unless that letter cannot carry them.
"""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    "¨": "\u0308", "´": "\u0301", "`": "\u0300", "ˋ": "\u0300", "ˊ": "\u0301", "ˆ": "\u0302", "˜": "\u0303",
    "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327",
    "˛": "\u0328",
}  # fmt: skip
_CARRIERS = {
    "\u0308": "aeiouyAEIOU", "\u0301": "aeiouycnszAEIOUYCNSZ", "\u0300": "aeiouAEIOU", "\u0302": "aeiouAEIOU",
    "\u0303": "anoANO", "\u0304": "aeiouAEIOU", "\u0306": "agAG", "\u0307": "zIZ", "\u030a": "auAU",
    "\u030b": "ouOU", "\u030c": "cszrendtlCSZRD", "\u0327": "cstCST", "\u0328": "aeAE",
}  # fmt: skip
_OFTEN_MATHS = "\u0302\u0303\u0304\u0307"  # hat, tilde, bar, dot
_DOTLESS = {"ı": "i", "ȷ": "j"}
_MIN_WORD = 3  # letters of a word; fewer are mathematics

_APART = re.compile(f"[{''.join(_COMBINING)}{''.join(_CARRIERS)}]")
_WORD_BEFORE = re.compile(r"[^\W\d_]*$")
_WORD_AFTER = re.compile(r"[^\W\d_]*")
_APOSTROPHE = re.compile(r"(?:s|t|d|m|re|ve|ll)\b")
_MAX_WORD = 40


def composed(text: str) -> str:
    """The text with each accent on its letter, as far as that is certain."""
    pieces: list[str] = []
    position = 0
    for accent in _APART.finditer(text):
        pieces.append(text[position : accent.start()])
        position = accent.end()
        position += _place(pieces, accent[0], text[position : position + _MAX_WORD])
    return "".join(pieces) + text[position:]


def _place(pieces: list[str], accent: str, after: str) -> int:
    """Put an accent behind these pieces of text, or on a letter; how many of the characters after it were used."""
    mark = _COMBINING.get(accent, accent)
    word = _last_word("".join(piece[-_MAX_WORD:] for piece in pieces[-3:]))
    gap = 1 if after[:1] == " " and word else 0
    rest = (_WORD_AFTER.match(after[gap:]) or [""])[0]
    carriers = _carriers(accent, word, rest)
    following = _DOTLESS.get(rest[:1], rest[:1])
    preceding = pieces[-1][-1:]
    fits_before = bool(preceding) and preceding in carriers
    if following and following in carriers and not (fits_before and (gap or accent == mark)):
        pieces.append(unicodedata.normalize("NFC", following + mark))
        return gap + 1
    if fits_before:
        pieces[-1] = pieces[-1][:-1] + unicodedata.normalize("NFC", preceding + mark)
        return gap if rest[:1].islower() else 0
    pieces.append(accent)
    return 0


def _carriers(accent: str, word: str, rest: str) -> str:
    """The letters that may carry an accent which stands between these letters; none where it is no accent."""
    mark = _COMBINING.get(accent, accent)
    if len(word) + len(rest) < _MIN_WORD or (mark in _OFTEN_MATHS and not _is_word(word)):
        return ""
    if accent in "´`" and (_APOSTROPHE.match(rest) or (accent == "`" and not word)):
        return ""
    return _CARRIERS[mark]


def _last_word(text: str) -> str:
    found = _WORD_BEFORE.search(text[-_MAX_WORD:])
    return found[0] if found else ""


def _is_word(word: str) -> bool:
    """Whether what stands before a hat is part of a word rather than a variable."""
    return len(word) >= 2 or word.isupper()
