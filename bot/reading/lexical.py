"""Okapi BM25 over the passages of one paper, with stop words left out and endings cut.

Scores follow Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the
always-positive idf that Lucene uses.  A whole paper is a few hundred passages, so postings in a dictionary are faster
to build and to ask than any index on disk.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from bot.reading.notation import GREEK

SATURATION = 1.6  # k1: how much a repeated word still adds
LENGTH_WEIGHT = 0.5  # b: how much long passages are held back; paragraphs of one paper differ little in verbosity

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing don down during each few for from further had has have having he her here hers him his
    how i if in into is it its itself just many may me might more most much must my no nor not now of off on once only
    or other our out over own s same shall she should so some such t than that the their them then there these they this
    those through to too under until up upon us very was we were what when where whether which while who whom whose why
    will with would you your
    """.split()
)
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\W_]+")  # of a name such as vocab_size


def words(text: str) -> list[str]:
    """Lower-cased words, stop words and all."""
    return _WORD.findall(text.casefold())


def terms(text: str) -> list[str]:
    """What is indexed: words without stop words and endings."""
    return [stem(word) for word in _telling(text)]


def trigrams(text: str) -> list[str]:
    """Each word's runs of three letters, its ends marked: what "vocab" shares with "vocabulary"."""
    marked = [f" {word} " for word in _telling(text)]
    return [word[start : start + 3] for word in marked for start in range(len(word) - 2)]


def _telling(text: str) -> list[str]:
    """Words that tell something; a formula's Greek letter by the name that a question has for it."""
    return [GREEK.get(word, word) for word in _PART.findall(text.casefold()) if word not in STOP_WORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its English ending."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer  # takes a tenth of a second to import

    return snowballstemmer.stemmer("english")


class Bm25:
    """An index over documents given as lists of terms."""

    def __init__(self, documents: Sequence[Sequence[str]], *, k1: float = SATURATION, b: float = LENGTH_WEIGHT) -> None:
        self.size = len(documents)
        mean_length = sum(map(len, documents)) / max(1, self.size) or 1.0
        counts: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, document in enumerate(documents):
            resistance = k1 * (1 - b + b * len(document) / mean_length)
            for term, count in Counter(document).items():
                counts[term].append((number, count * (k1 + 1) / (count + resistance)))
        self._postings = dict(counts)

    def idf(self, term: str) -> float:
        """How telling a term is: high for rare ones; that of an unknown term is the highest."""
        holding = len(self._postings.get(term, ()))
        return math.log(1 + (self.size - holding + 0.5) / (holding + 0.5))

    def scores(self, query: Sequence[str]) -> list[float]:
        """One score a document, in their order; 0 where no term is shared."""
        totals = [0.0] * self.size
        for term, times in Counter(query).items():
            weight = times * self.idf(term)
            for number, gain in self._postings.get(term, ()):
                totals[number] += weight * gain
        return totals
