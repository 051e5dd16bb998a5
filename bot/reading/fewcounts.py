"""Counts in words that often count nothing: "a single GPU" where the source has 8, "zero errors" where it has 5.

"One", "single", "zero" and "first" stand in many sentences that state no number, so they need no proof.  They are wrong
only where the source counts the same things and gets another number.
"""

from __future__ import annotations

import re

_COUNTED = (
    "gpu|tpu|cpu|accelerator|card|node|machine|server|core|epoch|iteration|second|minute|hour|day|week|month|year|layer|"
    "head|seed|rater|annotator|judge"
)
_NUMBER = r"(?:[2-9]|\d{2,9}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]{3,9}teen|[a-z]{3,5}ty)"
_WORD_BETWEEN = r"[ -](?:[\w.]{1,20}[ -])?"  # "8 H100 GPUs"
_SINGLE = re.compile(rf"\bsingle{_WORD_BETWEEN}({_COUNTED})\b")
_ZERO = re.compile(r"\bzero ([a-z]{2,20}s)\b")
_PLACES = "(?:place|rank|position|prize)"
_FIRST = re.compile(rf"\bfirst {_PLACES}\b")
_OTHER_PLACE = re.compile(rf"\b(?:second|third|fourth|fifth|sixth|\d{{1,3}}(?:nd|rd|th)) {_PLACES}\b")
_BEST = re.compile(r"\b(?:first|1st|best|top|wins?|won|winners?|winning|leading|leads)\b")
_NONE = re.compile(r"\b(?:zero|0|no|none|not|without|free)\b")


def contradicted(text: str, source: str) -> list[str]:
    """The counts of one, none or first in `text` that `source` gives otherwise; both in plain notation."""
    text = text.lower()
    if "single" not in text and "zero" not in text and "first" not in text:
        return []
    source = source.lower()
    return [
        *(found[0] for found in _SINGLE.finditer(text) if _has_several(found[1], source)),
        *(found[0] for found in _ZERO.finditer(text) if _has_some(found[1], source)),
        *(found[0] for found in _FIRST.finditer(text) if _OTHER_PLACE.search(source) and not _BEST.search(source)),
    ]


def _has_several(thing: str, source: str) -> bool:
    """Whether the source has several of a thing, and never speaks of one."""
    is_one = re.search(rf"\b(?:an?|one|1|single|each|per|every){_WORD_BETWEEN}{thing}\b", source)
    return not is_one and re.search(rf"\b{_NUMBER}{_WORD_BETWEEN}{thing}s?\b", source) is not None


def _has_some(things: str, source: str) -> bool:
    """Whether the source has a number of these things, and nothing in it says that there are none."""
    some = re.search(rf"\b(?:1|one|{_NUMBER}){_WORD_BETWEEN}{things}\b", source)
    return some is not None and not _NONE.search(source)
