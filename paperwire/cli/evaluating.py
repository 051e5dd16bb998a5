"""`paperwire eval`: quality on a labelled file, printed as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paperwire.bootstrap import make_meter, open_app, open_embedder
from paperwire.cli.oneshot import surroundings
from paperwire.cli.printing import print_json


async def retrieval(file: Path) -> int:
    """Rank the passages of labelled papers.  Needs no model, no store, no network."""
    from bot.reading.evaluation import evaluate_retrieval
    from bot.reading.labelled import read_labelled

    papers = read_labelled(file)
    settings, _ = surroundings(demo=False)
    async with open_embedder(settings) as embedder:
        return _print(await evaluate_retrieval(papers, embedder))


async def answers(file: Path) -> int:
    """Ask labelled papers their questions, with the model that is set."""
    from bot.reading.answering import Answerer
    from bot.reading.evaluation_answers import evaluate_answers
    from bot.reading.labelled import read_labelled

    papers = read_labelled(file)
    settings, parts = surroundings(demo=False)
    async with open_app(settings, parts) as app, open_embedder(settings) as embedder:
        answerer = Answerer(make_meter(settings, app.model, app.store, app.clock))
        return _print(await evaluate_answers(papers, answerer, embedder))


async def summaries(file: Path) -> int:
    """Summarize papers with gold lines, with the model that is set or without one."""
    from bot.reading.evaluation_summaries import evaluate_summaries, read_gold
    from bot.reading.summaries import Summarizer

    papers = read_gold(file)
    settings, parts = surroundings(demo=False)
    async with open_app(settings, parts) as app:
        summarizer = Summarizer(make_meter(settings, app.model, app.store, app.clock), app.store.summaries)
        return _print(await evaluate_summaries(papers, summarizer))


def _print(report: dict[str, Any]) -> int:
    print_json(report)
    return 0
