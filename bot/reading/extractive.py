"""An abstract's own best sentence, found without a model, and long sentences shortened without changing a word.

A sentence that says what the authors did ("we propose", "this paper presents") and shares words with the title is the
one.  On SciTLDR such a sentence comes within four ROUGE-1 points of fine-tuned summarisers (arXiv 2004.15011).
"""

from __future__ import annotations

import re

from bot.reading.plain import plain_sentence, word_count
from bot.reading.sentences import split_sentences

LONGEST = 40  # words; a sentence of somebody else's is rather shown whole than cut short
SHORT = 25  # words that a line should have

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
_BORDER = re.compile(r"[;:,](?=\s)|\s[—–](?=\s)|(?=\s\()")
_STEM = 5


def best_sentence(title: str, abstract: str) -> str:
    """The sentence of the abstract that tells most, in its own words; the title if there is no abstract."""
    sentences = split_sentences(plain_sentence(abstract))
    if not sentences:
        return plain_sentence(title)
    topic = _stems(title)
    ranked = sorted(range(len(sentences)), key=lambda place: -_worth(sentences[place], place, topic))
    best = sentences[ranked[0]]
    return shortened(best)


def first_sentence(text: str) -> str:
    """The first sentence of somebody's summary, shortened if it is very long."""
    sentences = split_sentences(plain_sentence(text))
    return shortened(sentences[0]) if sentences else ""


def shortened(sentence: str, limit: int = LONGEST) -> str:
    """The sentence if it has at most `limit` words; else its beginning up to a clause's border, with an ellipsis.

    Where no border leaves at least a third of `limit`, it is cut between words.
    """
    if word_count(sentence) <= limit:
        return sentence
    heads = [sentence[: border.start()] for border in _BORDER.finditer(sentence)]
    fitting = [head for head in heads if limit // 3 <= word_count(head) < limit]
    return (fitting[-1] if fitting else _cut(sentence, limit - 1)).rstrip(" ,;:") + " …"


def _cut(sentence: str, limit: int) -> str:
    words = sentence.split()[:limit]
    while len(words) > 1 and word_count(" ".join(words)) > limit:
        words.pop()
    head = " ".join(words)
    return head if word_count(head) <= limit else head[: 2 * limit]


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
        - 0.3 * (length > LONGEST)
        - 0.1 * (length > SHORT)
        - 0.4 * (length < 6)
        - 0.2 * (_LEANS_BACK.match(sentence) is not None)
        - 1.0 * (_ASIDE.search(sentence) is not None)
    )


def _stems(text: str) -> set[str]:
    return {word.lower()[:_STEM] for word in _WORD.findall(text)}


def clause_within(sentence: str, limit: int) -> str:
    """A sentence of more than `limit` words up to the last clause's border within, if most of it is left by then."""
    if word_count(sentence) <= limit:
        return sentence
    heads = [sentence[: border.start()] for border in _BORDER.finditer(sentence)]
    fitting = [head for head in heads if 0.6 * limit <= word_count(head) <= limit and _is_balanced(head)]
    return fitting[-1].rstrip(" ,;:") + "." if fitting else sentence


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")")
