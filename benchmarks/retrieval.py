"""Evidence retrieval inside a paper: what the bot does against plain BM25, on labelled questions.

Which signals count was found by cross-validation over the papers, their weights chosen on one half (every other paper;
two versions of one paper stay together); both halves are reported.  A paired bootstrap over papers says how sure the
difference is.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from bot.reading.evaluation import Indexer, Measured, Score, by_meaning, fused, measure, plain_bm25, stemmed_bm25
from bot.reading.labelled import LabelledPaper, read_labelled
from bot.reading.semantic import StaticEmbedder

NAME = "retrieval"
QUESTIONS = Path("../shared/data/questions/eval_open.jsonl")
RESAMPLES = 10_000
SEED = 20260710


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which labelled papers to use."""
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="labelled papers, JSON Lines")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Rank every labelled question with every ranker."""
    papers = read_labelled(getattr(options, "questions", None) or QUESTIONS)
    measured = asyncio.run(_measure_all(papers))
    ours, plain = measured["fused"].scores, measured["plain_bm25"].scores
    tuned = set(sorted({paper.work for paper in papers})[::2])
    report: dict[str, Any] = {name: result.report() for name, result in measured.items()}
    report["recall@5_ratio"] = round(_recall(ours) / _recall(plain), 3)
    report["halves"] = {
        name: {ranker: _part(measured[ranker], inside) for ranker in ("plain_bm25", "fused")}
        for name, inside in (("tuned_on", tuned.__contains__), ("held_out", lambda paper: paper not in tuned))
    }
    report["paired_bootstrap"] = {
        "mrr": bootstrap(ours, plain, lambda score: score.reciprocal_rank),
        "recall@5": bootstrap(ours, plain, lambda score: score.recall_at_5),
    }
    return report


async def _measure_all(papers: Sequence[LabelledPaper]) -> dict[str, Measured]:
    rankers: dict[str, Indexer] = {
        "plain_bm25": plain_bm25,
        "stemmed_bm25": stemmed_bm25,
        "lexical_only": fused(None),
    }
    if StaticEmbedder.available():
        embedder = StaticEmbedder()
        embedder.vectors(["a first text, so that loading is not counted"])
        rankers |= {"semantic": by_meaning(embedder), "fused": fused(embedder)}
    else:
        rankers["fused"] = fused(None)
    return {name: await measure(papers, indexer) for name, indexer in rankers.items()}


def _part(measured: Measured, inside: Callable[[str], bool]) -> dict[str, float]:
    part = Measured(scores=[score for score in measured.scores if inside(score.paper)])
    return {key: value for key, value in part.report().items() if not key.endswith(("_question", "_paper"))}


def bootstrap(ours: Sequence[Score], theirs: Sequence[Score], metric: Callable[[Score], float]) -> dict[str, float]:
    """The mean difference, its 95 % interval, and the share of resamples without gain; whole papers are drawn."""
    by_paper: dict[str, list[float]] = defaultdict(list)
    for mine, other in zip(ours, theirs, strict=True):
        by_paper[mine.paper].append(metric(mine) - metric(other))
    draw = random.Random(SEED)  # noqa: S311 - resampling, no secret
    clusters = list(by_paper.values())
    means = sorted(
        fmean(value for cluster in draw.choices(clusters, k=len(clusters)) for value in cluster)
        for _ in range(RESAMPLES)
    )
    return {
        "difference": round(fmean(value for cluster in clusters for value in cluster), 4),
        "low": round(means[int(0.025 * RESAMPLES)], 4),
        "high": round(means[int(0.975 * RESAMPLES)], 4),
        "p": sum(mean <= 0 for mean in means) / RESAMPLES,
    }


def _recall(scores: Sequence[Score]) -> float:
    return fmean(score.recall_at_5 for score in scores)
