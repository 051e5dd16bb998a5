"""Which passages of a paper answer a question: BM25 and an embedding, each with the same view of a passage's worth,
fused by reciprocal rank (Cormack, Clarke and Buettcher, SIGIR 2009; k = 60 as there).  Where there is no embedding,
BM25 over runs of three letters is the second opinion: it knows at least which words are alike in writing.

A passage's worth does not depend on the question.  Questions about a paper are answered where things are first said:
abstract, conclusion and related work retell, so they come later; passages with figures or citations say something
specific; long ones say more.  The weights were chosen on one half of the labelled papers and rounded; values near them
do about as well (`python -m benchmarks retrieval` prints both halves).
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

import structlog

from bot.errors import BotError
from bot.reading.lexical import Bm25, terms, trigrams
from bot.reading.passages import Passage
from bot.reading.semantic import Embedder, similarities

if TYPE_CHECKING:
    from bot.reading.semantic import Vectors

log = structlog.get_logger(__name__)

RANK_OFFSET = 60
RETELLING_WEIGHT, SPECIFIC_WEIGHT, LENGTH_WEIGHT = 1.0, 0.5, 0.3  # in standard deviations of a ranker's scores

_RETELLING = re.compile(
    r"\b(abstract|conclu\w+|future|acknowl\w+|final remarks|related|previous|prior)\b", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with what each ranker found; `similarity` is None without an embedding."""

    passage: Passage
    score: float  # the fused one; only its order means something
    lexical: float  # BM25
    similarity: float | None  # cosine


class PassageIndex:
    """The passages of one paper, ready to be asked.  Build it once with `build` and ask it many times."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder | None, vectors: Vectors | None) -> None:
        self.passages = tuple(passages)
        self.lexical = Bm25([terms(_indexed(passage)) for passage in self.passages])
        self._letters = _by_letters(self.passages) if vectors is None else None
        self._worth = worth(self.passages)
        self._embedder = embedder if vectors is not None else None
        self._vectors = vectors

    @classmethod
    async def build(cls, passages: Sequence[Passage], embedder: Embedder | None = None) -> PassageIndex:
        """Index passages.  Where the embedder fails, BM25 serves alone."""
        vectors = None
        if embedder is not None and passages:
            vectors = await _embedded(embedder, [_described(passage) for passage in passages])
        return await asyncio.to_thread(cls, passages, embedder, vectors)

    async def search(self, question: str) -> list[Hit]:
        """Every passage, best first."""
        lexical = self.lexical.scores(terms(question))
        similar = await self._similarities(question)
        rankings = [lexical]
        if similar is not None:
            rankings.append(similar)
        elif self._letters is not None:
            rankings.append(self._letters.scores(trigrams(question)))
        fused = fuse([_plus(standardized(scores), self._worth) for scores in rankings])
        hits = [
            Hit(passage, fused[number], lexical[number], None if similar is None else similar[number])
            for number, passage in enumerate(self.passages)
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    async def _similarities(self, question: str) -> list[float] | None:
        if self._embedder is None or self._vectors is None:
            return None
        asked = await _embedded(self._embedder, [question])
        return None if asked is None else similarities(self._vectors, asked)


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors | None:
    try:
        return await embedder.embed(texts)
    except BotError as error:
        log.warning("embedding_failed", action="rank_by_words_alone", error=type(error).__name__)
        return None


def fuse(rankings: Sequence[Sequence[float]]) -> list[float]:
    """Reciprocal rank fusion of several scorings of the same things; equal scores keep the given order."""
    fused = [0.0] * len(rankings[0])
    for scores in rankings:
        order = sorted(range(len(scores)), key=lambda number: -scores[number])
        for rank, number in enumerate(order, start=1):
            fused[number] += 1 / (RANK_OFFSET + rank)
    return fused


def worth(passages: Sequence[Passage]) -> list[float]:
    """How much each passage is worth whatever is asked, in standard deviations of a ranker's scores."""
    lengths = standardized([math.log(5 + len(terms(passage.text))) for passage in passages])
    return [
        SPECIFIC_WEIGHT * specificity(passage.text) + LENGTH_WEIGHT * length - RETELLING_WEIGHT * retells(passage)
        for passage, length in zip(passages, lengths, strict=True)
    ]


def retells(passage: Passage) -> bool:
    """Whether a passage's section says again, or of others, what the paper says elsewhere."""
    return any(_RETELLING.search(heading) for heading in passage.path)


def specificity(text: str) -> float:
    """From 0 to 1 with the first three digits: a measurement, a size, a year, a citation."""
    return min(3, len(_DIGIT.findall(text))) / 3


def standardized(values: Sequence[float]) -> list[float]:
    """Mean 0, standard deviation 1; all zeros where all are equal."""
    if not values:
        return []
    mean, spread = fmean(values), pstdev(values)
    if spread <= 1e-12:
        return [0.0] * len(values)
    deviations = [value - mean for value in values]
    rounding = fmean(deviations)  # of the mean, which counts where the values hardly differ
    return [(deviation - rounding) / spread for deviation in deviations]


def _plus(first: Sequence[float], second: Sequence[float]) -> list[float]:
    return [one + other for one, other in zip(first, second, strict=True)]


def _by_letters(passages: Sequence[Passage]) -> Bm25:
    """BM25 over runs of letters, with the constants that are usual for words."""
    return Bm25([trigrams(_indexed(passage)) for passage in passages], k1=1.2, b=0.75)


def _indexed(passage: Passage) -> str:
    return " ".join((*passage.path, passage.text))


def _described(passage: Passage) -> str:
    return f"{passage.heading}: {passage.text}" if passage.heading else passage.text
