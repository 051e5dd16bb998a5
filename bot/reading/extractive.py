"""An abstract's own best sentence, found without a model.

A sentence that says what the authors did ("we propose", "this paper presents") and shares words with the title is the
one.
"""

from __future__ import annotations

import re

from bot.reading.plain import plain_sentence, word_count
from bot.reading.sentences import split_sentences
from bot.reading.shortening import LONGEST, WHOLE, without_lead_in

_CUE = re.compile(
    r"\b(?:we|this (?:paper|work|article|study|report|survey)|here)\b(?:\W+\w+){0,3}?\W+"
    r"(?:propos|introduc|present|develop|show|demonstrat|investigat|stud[yi]|describ|explor|find|address|"
    r"releas|design|build|formulat|provid|offer|survey|review|propose)\w*",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\b(?:code|project page|homepage|available at|https?:|github)\b", re.IGNORECASE)
_LEANS_BACK = re.compile(
    r"(?:however|moreover|furthermore|these|such|they|it|in addition|additionally)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = 5


def best_sentence(title: str, abstract: str) -> str:
    """Return the whole sentence of the abstract that tells most; the title if there is none of a fit length."""
    sentences = split_sentences(plain_sentence(abstract))
    topic = _stems(title)
    fitting = [place for place, sentence in enumerate(sentences) if word_count(sentence) <= WHOLE]
    if not fitting:
        return plain_sentence(title)
    return without_lead_in(sentences[max(fitting, key=lambda place: _worth(sentences[place], place, topic))])


def first_sentence(text: str) -> str:
    """Return the first sentence of somebody's summary; "" if it is too long for a line."""
    sentences = split_sentences(plain_sentence(text))
    first = without_lead_in(sentences[0]) if sentences else ""
    return first if word_count(first) <= WHOLE else ""


def _worth(sentence: str, place: int, topic: set[str]) -> float:
    """Higher is better.  The weights were set by hand on SciTLDR's development set."""
    stems = _stems(sentence)
    overlap = len(stems & topic) / max(1, len(topic))
    cue = _CUE.search(sentence) is not None
    length = word_count(sentence)
    return (
        overlap
        + 0.5 * cue
        - 0.02 * place
        - 0.35 * (length > LONGEST)
        - 0.3 * (length > 40)
        - 0.4 * (length < 6)
        - 0.2 * (_LEANS_BACK.match(sentence) is not None)
        - 1.0 * (_ASIDE.search(sentence) is not None)
    )


def _stems(text: str) -> set[str]:
    return {word.lower()[:_STEM] for word in _WORD.findall(text)}
