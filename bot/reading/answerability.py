"""Whether a paper seems to answer a question at all, told from retrieval alone.

Two signals: how much of the question's words (weighed by how rare they are in the paper) the five best passages hold,
and how close in meaning the best passage is.  A logistic curve makes them one number.  Its weights were fitted to
questions that their own paper answers, set against the same questions put to other papers and questions recorded as
unanswerable; `python -m benchmarks answerability` fits them anew in cross-validation and prints what they reach.

All this is about English.  A question in another language shares no words with a paper that may well answer it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.reading.lexical import terms, words
from bot.reading.retrieval import Hit

LOOKED_AT = 5  # passages
# Words of English alone: "is" is Dutch as well, "do" Portuguese, Polish and Czech, "are" Romanian.
_ENGLISH = frozenset(
    "what which who whom whose how why when where does did were the this that their they there "
    "those used with from between".split()
)


@dataclass(frozen=True, slots=True)
class Signals:
    """From 0 to 1: the question's words found, and the best cosine (None without an embedding)."""

    coverage: float
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over the signals."""

    bias: float
    coverage: float
    similarity: float = 0.0

    def probability(self, signals: Signals) -> float:
        """That the paper answers."""
        height = self.bias + self.coverage * signals.coverage + self.similarity * (signals.similarity or 0.0)
        return 1 / (1 + math.exp(-height))


WITH_MEANING = Curve(bias=-5.9, coverage=3.88, similarity=9.15)
BY_WORDS_ALONE = Curve(bias=-2.85, coverage=4.45)


def signals(question: str, hits: Sequence[Hit], idf: Callable[[str], float]) -> Signals:
    """What retrieval says of a question; `hits` best first, all that the paper has, `idf` of the same paper.

    Where there are no more passages than are looked at, as in an abstract, how rare a word is says nothing.
    """
    weight = idf if len(hits) > LOOKED_AT else _alike
    asked = set(terms(question))
    best = [set(terms(" ".join((*hit.passage.path, hit.passage.text)))) for hit in hits[:LOOKED_AT]]
    found = asked.intersection(set().union(*best))
    whole = sum(map(weight, asked))
    similar = [hit.similarity for hit in hits if hit.similarity is not None]
    return Signals(sum(map(weight, found)) / whole if whole else 0.0, max(similar, default=None))


def _alike(_: str) -> float:
    return 1.0


def can_be_judged(question: str) -> bool:
    """Whether the signals say anything of a question: it is English, told by the words that few questions lack."""
    return not _ENGLISH.isdisjoint(words(question))


def answerable(measured: Signals) -> float:
    """The probability that the paper answers, by the curve for the signals that there are."""
    curve = BY_WORDS_ALONE if measured.similarity is None else WITH_MEANING
    return curve.probability(measured)
