"""Sentences of others made to fit a line, in their own words and whole.

A part of a sentence may say another thing than all of it ("It boils, but only under pressure."), so what is too long is
left out or kept whole; only an opening phrase and an aside that changes nothing are taken off.
"""

from __future__ import annotations

import re

from bot.reading.plain import word_count

LONGEST = 25  # words of a line, as it is asked for and looked for
WHOLE = 40  # words of a sentence that is kept though it is longer than a line should be
_MOST_CHARACTERS = 4_000  # of a sentence that is looked at; longer ones are no sentences

_LEAD_IN = re.compile(
    r"(?:in (?:this|our) (?:paper|work|article|study|report|survey)"
    r"|to this end|here|therefore|thus|hence|in particular|specifically|finally|as a result|consequently|moreover"
    r"|furthermore|in addition|additionally),\s+",
    re.IGNORECASE,
)
# A border behind which nothing but more of the same comes, unless it limits what was said.
_ASIDE = re.compile(
    r";\s|,\s(?=which\b|thereby\b|thus\b|making\b|enabling\b|allowing\b|leading\b|resulting\b)|\s[—–]\s"
)
_LIMITS = re.compile(
    r"\b(?:but|yet|however|although|though|unless|except|only|if|when|while|whereas|not|no|never|without|despite|"
    r"provided|limited|fails?|worse|under|given|assuming|loss(?:es)?|los(?:es?|ing|t)|drop(?:s|ped|ping)?|degrad\w+|"
    r"lower|fewer|slower|less|costs?|penalty|cannot)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"(?:at|by|for|from|in|of|on|over|to|with|within)\b", re.IGNORECASE)  # behind a dash


def without_lead_in(sentence: str) -> str:
    """Return the sentence without an opening such as "In this paper,", which says nothing of the paper."""
    lead = _LEAD_IN.match(sentence)
    rest = sentence[lead.end() :] if lead else ""
    if not rest or rest.split()[0][1:] != rest.split()[0][1:].lower():  # vLLM is written so
        return rest or sentence
    return rest[:1].upper() + rest[1:]


def without_aside(sentence: str, limit: int) -> str:
    """Return a sentence of more than `limit` words without its last asides, if it is whole and short enough then."""
    if word_count(sentence) <= limit or len(sentence) > _MOST_CHARACTERS:
        return sentence
    for border in _ASIDE.finditer(sentence):
        head, rest = sentence[: border.start()], sentence[border.end() :]
        is_balanced = head.count("(") == head.count(")")
        if 0.6 * limit <= word_count(head) <= limit and is_balanced and not _is_limit(border.group(), rest):
            return head.rstrip(" ,;:") + "."
    return sentence


def _is_limit(border: str, rest: str) -> bool:
    """Whether an aside limits what was said before it."""
    return _LIMITS.search(rest) is not None or (border.strip() in "—–" and _CONDITION.match(rest) is not None)


def shortened_title(title: str, limit: int = LONGEST) -> str:
    """Return a title of at most `limit` words, with an ellipsis where words are left out."""
    words = title.split()
    kept = words[:limit]
    while len(kept) > 1 and word_count(" ".join(kept)) > limit:  # of scripts without spaces
        kept.pop()
    head = " ".join(kept)
    if word_count(head) > limit:
        head = head[: 2 * limit]
    return title if head == " ".join(words) else f"{head.rstrip(' ,;:')} …"
