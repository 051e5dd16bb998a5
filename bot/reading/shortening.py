"""Sentences of others made to fit a line, in their own words."""

from __future__ import annotations

import re

from bot.reading.plain import word_count

LONGEST = 25  # words of a line

_LEAD_IN = re.compile(
    r"(?:in (?:this|our) (?:paper|work|article|study|report|survey)"
    r"|to (?:this end|(?:address|tackle|overcome|solve)[^,]{0,50})|(?:inspired|motivated) by[^,]{0,60}"
    r"|here|therefore|thus|hence|in particular|specifically|finally|as a result|consequently|however|moreover"
    r"|furthermore|in addition|additionally),\s+",
    re.IGNORECASE,
)
_BORDER = re.compile(r"[;:,](?=\s)|\s[—–](?=\s)|(?=\s\()")
_SEAM = re.compile(
    r"(?=\s(?:by|through|via|using|while|without|across|with|for|including|such as|where|when|whereas|that|from"
    r"|based on)\s)"
)
_LISTED = re.compile(r",\s+(?!\w+ing\b|which\b|while\b|with\b|but\b)(?:[^,;:]{1,60},\s+)*(?:and|or)\s")
_BUT = re.compile(r"[,;]\s+(?:but|yet|however,)\s+(?=\w)")
_NEVER_LAST = frozenset(
    """a an and as at based between both by for from in including into its of on or such that the their through to
    using via where which while with without""".split()
)


def shortened(sentence: str, limit: int = LONGEST) -> str:
    """The sentence if it has at most `limit` words, with or without its lead-in; else a part of it, with an ellipsis.

    That part is what comes after a "but", where the news is; else the beginning: up to a clause's border outside a
    list of things, if most of it is left then; else up to a word that a phrase begins with; else up to any border;
    else up to a word.
    """
    if word_count(sentence) <= limit:
        return sentence
    if lead := _LEAD_IN.match(sentence):
        rest = sentence[lead.end() :]
        return shortened(rest[:1].upper() + rest[1:], limit)
    turn = _BUT.search(sentence)
    if turn and limit // 3 <= word_count(sentence[turn.end() :]) < limit:
        return f"… {sentence[turn.end() :]}"
    return _whole(_beginning(sentence, limit - 1)) + " …"


def _beginning(sentence: str, limit: int) -> str:
    """The most of a sentence's beginning that can stand alone within `limit` words."""
    borders = [border.start() for border in _BORDER.finditer(sentence)]
    outside = [place for place in borders if not _LISTED.match(sentence, place)]
    seams = [seam.start() for seam in _SEAM.finditer(sentence)]
    for places, least in ((outside, 2 * limit // 3), ([*outside, *seams], limit // 2), (borders, limit // 3)):
        fitting = sorted(place for place in places if least <= word_count(sentence[:place]) <= limit)
        if fitting:
            return sentence[: fitting[-1]]
    return _cut(sentence, limit)


def _whole(head: str) -> str:
    """A beginning without words at its end that wait for others."""
    head = head.rstrip(" ,;:")
    before, _, last = head.rpartition(" ")
    return _whole(before) if before and last.lower() in _NEVER_LAST else head


def _cut(sentence: str, limit: int) -> str:
    words = sentence.split()[:limit]
    while len(words) > 1 and word_count(" ".join(words)) > limit:
        words.pop()
    head = " ".join(words)
    return head if word_count(head) <= limit else head[: 2 * limit]


def clause_within(sentence: str, limit: int) -> str:
    """A sentence of more than `limit` words up to the last clause's border within, if most of it is left by then."""
    if word_count(sentence) <= limit:
        return sentence
    heads = [sentence[: border.start()] for border in _BORDER.finditer(sentence)]
    fitting = [head for head in heads if 0.6 * limit <= word_count(head) <= limit and _is_balanced(head)]
    return fitting[-1].rstrip(" ,;:") + "." if fitting else sentence


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")")
