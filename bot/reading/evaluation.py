"""How good retrieval is on labelled papers, ranking inside each paper.

MRR is the mean of 1/rank of the first gold paragraph; recall@k the share of a question's gold paragraphs among the
first k, averaged over questions; hit@5 the share of questions with any gold paragraph among the first five; gold
share the part of the gold paragraphs that stand in a packed context of 1,600 tokens.  A question without evidence is
left out.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from bot.errors import BadInput
from bot.reading.labelled import LabelledPaper, LabelledQuestion
from bot.reading.lexical import Bm25, terms, words
from bot.reading.packing import EVIDENCE_BUDGET, pack
from bot.reading.passages import Passage
from bot.reading.retrieval import Hit, PassageIndex
from bot.reading.semantic import Embedder, similarities

Search = Callable[[str], Awaitable[list[Hit]]]
Indexer = Callable[[Sequence[Passage]], Awaitable[Search]]


@dataclass(frozen=True, slots=True)
class Score:
    """What one question got.  `paper` names its paper, the same for all versions of it."""

    paper: str
    reciprocal_rank: float
    recall_at_5: float
    recall_at_10: float
    gold_share: float

    @property
    def hit_at_5(self) -> float:
        """1 if any gold paragraph is among the first five."""
        return float(self.recall_at_5 > 0)


@dataclass(slots=True)
class Measured:
    """The scores of one ranker, and the seconds that it took."""

    scores: list[Score] = field(default_factory=list)
    index_seconds: list[float] = field(default_factory=list)
    question_seconds: list[float] = field(default_factory=list)

    def report(self) -> dict[str, float]:
        """The means, under the names that `paperwire eval retrieval` prints."""
        return {
            "questions": len(self.scores),
            "mrr": _mean(score.reciprocal_rank for score in self.scores),
            "recall@5": _mean(score.recall_at_5 for score in self.scores),
            "recall@10": _mean(score.recall_at_10 for score in self.scores),
            "hit@5": _mean(score.hit_at_5 for score in self.scores),
            f"gold_share@{EVIDENCE_BUDGET}_tokens": _mean(score.gold_share for score in self.scores),
            "ms_per_question": round(1000 * _mean(self.question_seconds, digits=6), 3),
            "index_ms_per_paper": round(1000 * _mean(self.index_seconds, digits=6), 3),
        }


async def evaluate_retrieval(papers: Sequence[LabelledPaper], embedder: Embedder | None) -> dict[str, dict[str, float]]:
    """The reports of plain BM25 (the yardstick), the embedding alone, and what the bot does: `fused`.

    Without an embedder `semantic` is empty and `fused` is the bot's lexical ranking.

    Raises:
        BadInput: no question has evidence.
    """
    if not any(question.evidence for paper in papers for question in paper.questions):
        raise BadInput("No question in that file has evidence, so there is nothing to find.")
    rankers = {"bm25": plain_bm25, "semantic": by_meaning(embedder) if embedder else None, "fused": fused(embedder)}
    if embedder is not None:
        await embedder.embed(["a first text, so that loading is not counted"])
    return {
        name: (await measure(papers, indexer)).report() if indexer is not None else {}
        for name, indexer in rankers.items()
    }


async def measure(papers: Sequence[LabelledPaper], indexer: Indexer) -> Measured:
    """Rank every paper's passages for each of its questions that has evidence."""
    measured = Measured()
    for paper in papers:
        begun = time.perf_counter()
        search = await indexer(paper.passages)
        measured.index_seconds.append(time.perf_counter() - begun)
        for question in paper.questions:
            if question.evidence:
                begun = time.perf_counter()
                hits = await search(question.question)
                measured.question_seconds.append(time.perf_counter() - begun)
                measured.scores.append(score(paper.work, question, hits))
    return measured


def score(work: str, question: LabelledQuestion, hits: Sequence[Hit]) -> Score:
    """Compare a ranking with the gold paragraphs."""
    texts = [hit.passage.text for hit in hits]
    gold = question.evidence
    first = next((rank for rank, text in enumerate(texts, start=1) if text in gold), None)
    packed = {passage.text for passage in pack(hits)}
    return Score(
        work,
        reciprocal_rank=1 / first if first else 0.0,
        recall_at_5=len(gold.intersection(texts[:5])) / len(gold),
        recall_at_10=len(gold.intersection(texts[:10])) / len(gold),
        gold_share=len(gold & packed) / len(gold),
    )


def fused(embedder: Embedder | None) -> Indexer:
    """The bot's own ranking; lexical alone without an embedder."""

    async def index(passages: Sequence[Passage]) -> Search:
        return (await PassageIndex.build(passages, embedder)).search

    return index


async def plain_bm25(passages: Sequence[Passage]) -> Search:
    """Okapi BM25, k1 1.2 and b 0.75, over lower-cased words of paragraphs: no stop words, stems or headings."""
    return _bm25_search(passages, words)


async def stemmed_bm25(passages: Sequence[Passage]) -> Search:
    """The same with stop words left out and endings cut."""
    return _bm25_search(passages, terms)


def _bm25_search(passages: Sequence[Passage], split: Callable[[str], list[str]]) -> Search:
    index = Bm25([split(passage.text) for passage in passages], k1=1.2, b=0.75)

    async def search(question: str) -> list[Hit]:
        return _sorted(passages, index.scores(split(question)))

    return search


def by_meaning(embedder: Embedder) -> Indexer:
    """The embedding alone, cosine of question and paragraph."""

    async def index(passages: Sequence[Passage]) -> Search:
        rows = await embedder.embed([passage.text for passage in passages])

        async def search(question: str) -> list[Hit]:
            return _sorted(passages, similarities(rows, await embedder.embed([question])))

        return search

    return index


def _sorted(passages: Sequence[Passage], scores: Sequence[float]) -> list[Hit]:
    hits = [Hit(passage, value, value, None) for passage, value in zip(passages, scores, strict=True)]
    return sorted(hits, key=lambda hit: -hit.score)


def _mean(values: Iterable[float], digits: int = 4) -> float:
    values = list(values)
    return round(fmean(values), digits) if values else 0.0
