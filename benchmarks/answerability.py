"""Telling from retrieval alone whether a paper answers a question, by cross-validation over papers.

Answerable: labelled questions put to their own paper.  Unanswerable: the same questions put to another paper, recorded
questions that their paper leaves open, and labelled ones without evidence (the hardest: same paper, same words).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from bot.reading.answerability import Curve, Signals, answerable, signals
from bot.reading.labelled import LabelledPaper, read_labelled
from bot.reading.retrieval import PassageIndex
from bot.reading.semantic import Embedder, StaticEmbedder

NAME = "answerability"
FOLDER = Path("../shared/data/questions")
SEED = 20260710
FOLDS = 5
STEPS, RATE = 3_000, 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A question put to a paper (`work`), of one kind, and whether the paper answers it."""

    work: str
    kind: str
    answers: bool
    signals: Signals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the recorded questions are."""
    parser.add_argument("--folder", type=Path, default=FOLDER, help="holds eval_open.jsonl and unanswerable.json")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Fit and judge with the embedding where it is installed, and by words alone."""
    folder = getattr(options, "folder", None) or FOLDER
    papers = read_labelled(folder / "eval_open.jsonl")
    recorded = [entry["question"] for entry in json.loads((folder / "unanswerable.json").read_text("utf-8"))]
    report: dict[str, Any] = {}
    if StaticEmbedder.available():
        report["with_meaning"] = judge(asyncio.run(collect(papers, recorded, StaticEmbedder())))
    report["by_words_alone"] = judge(asyncio.run(collect(papers, recorded, None)))
    return report


async def collect(papers: Sequence[LabelledPaper], recorded: Iterable[str], embedder: Embedder | None) -> list[Case]:
    """Ask every question, of its own paper and of a wrong one."""
    draw = random.Random(SEED)  # noqa: S311 - choosing papers, no secret
    indexes = {paper.id: await PassageIndex.build(paper.passages, embedder) for paper in papers}

    async def case(paper: LabelledPaper, kind: str, answers: bool, question: str) -> Case:
        index = indexes[paper.id]
        return Case(paper.work, kind, answers, signals(question, await index.search(question), index.lexical.idf))

    cases = []
    for paper in papers:
        others = [other for other in papers if other.work != paper.work]
        for asked in paper.questions:
            if not asked.evidence:
                cases.append(await case(paper, "no_evidence", False, asked.question))
                continue
            cases.append(await case(paper, "answered", True, asked.question))
            cases.append(await case(draw.choice(others), "swapped", False, asked.question))
    for question in recorded:
        cases.append(await case(draw.choice(papers), "recorded", False, question))
    return cases


def judge(cases: Sequence[Case]) -> dict[str, Any]:
    """Macro-F1 by cross-validation over papers, of all cases and of each kind of unanswerable ones."""
    judged = list(cross_validated(cases))
    kinds = sorted({case.kind for case in cases if not case.answers})
    return {
        "cases": {kind: sum(case.kind == kind for case in cases) for kind in ("answered", *kinds)},
        **macro_f1(judged),
        "macro_f1_by_kind": {
            kind: macro_f1([(case, said) for case, said in judged if case.answers or case.kind == kind])["macro_f1"]
            for kind in kinds
        },
        "shipped_curve": macro_f1([(case, answerable(case.signals) >= 0.5) for case in cases]),
        "fitted_to_all": str(fit(cases)),
    }


def cross_validated(cases: Sequence[Case]) -> Iterable[tuple[Case, bool]]:
    """Each case with what a curve says of it that was fitted to other papers."""
    works = sorted({case.work for case in cases})
    random.Random(SEED).shuffle(works)  # noqa: S311
    for fold in range(FOLDS):
        left_out = set(works[fold::FOLDS])
        curve = fit([case for case in cases if case.work not in left_out])
        for case in cases:
            if case.work in left_out:
                yield case, curve.probability(case.signals) >= 0.5


def fit(cases: Sequence[Case]) -> Curve:
    """Logistic regression by gradient descent, both answers weighing the same."""
    positive = fmean(case.answers for case in cases)
    weights = {True: 0.5 / positive, False: 0.5 / (1 - positive)}
    rows = [
        (case.signals.coverage, case.signals.similarity or 0.0, case.answers, weights[case.answers]) for case in cases
    ]
    bias = by_coverage = by_similarity = 0.0
    for _ in range(STEPS):
        errors = [
            weight * (answers - 1 / (1 + math.exp(-bias - by_coverage * cover - by_similarity * similar)))
            for cover, similar, answers, weight in rows
        ]
        bias += RATE * fmean(errors)
        by_coverage += RATE * fmean(error * row[0] for error, row in zip(errors, rows, strict=True))
        by_similarity += RATE * fmean(error * row[1] for error, row in zip(errors, rows, strict=True))
    return Curve(round(bias, 2), round(by_coverage, 2), round(by_similarity, 2))


def macro_f1(judged: Sequence[tuple[Case, bool]]) -> dict[str, float]:
    """F1 of "answerable", of "unanswerable", and their mean."""
    scores = {"answerable_f1": _f1(judged, wanted=True), "unanswerable_f1": _f1(judged, wanted=False)}
    return scores | {"macro_f1": round(fmean(scores.values()), 3)}


def _f1(judged: Sequence[tuple[Case, bool]], *, wanted: bool) -> float:
    hits = sum(case.answers == wanted == said for case, said in judged)
    named = sum(said == wanted for _, said in judged) + sum(case.answers == wanted for case, _ in judged)
    return round(2 * hits / named, 3) if named else 0.0
