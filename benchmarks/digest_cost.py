"""What a digest's summaries cost in tokens, against the least that is possible.

Recorded papers are summarized for one workspace, then for a second one, by a model that counts: it answers every
paper with five sentences of full length taken from the abstract.  The prompt is counted as it is billed, with its
schema and with what chat messages cost.  The lower bound is titles and abstracts, plus what the model wrote.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.llm.budget import Meter
from bot.llm.model import ModelCall
from bot.llm.tokens import TokenCounter
from bot.papers.model import Paper
from bot.papers.text import clean, clean_title
from bot.reading.drafts import LIMITS, LONGEST_QUESTION
from bot.reading.summaries import Summarizer
from bot.testing.clock import FakeClock
from bot.testing.model import FakeModel
from bot.testing.store import FakeStore

NAME = "digest-cost"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "huggingface" / "archive.jsonl.gz"
MODEL = "gpt-6-luna"
_NEWEST = 8_000  # rows to skip: the newest recorded days come last


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large a digest."""
    parser.add_argument("--papers", type=int, default=10, help="papers in the digest")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Calls and tokens; `exact` tells whether tokens were counted by tiktoken or estimated."""
    return asyncio.run(_measure(_papers(options.papers)))


async def _measure(papers: list[Paper]) -> dict[str, Any]:
    counter, clock, store = TokenCounter(MODEL), FakeClock(), FakeStore()
    model = FakeModel(lambda call: summaries_of(call, papers), name=MODEL, counter=counter)
    summarizer = Summarizer(Meter(model=model, ledger=store.ledger, counter=counter, clock=clock), store.summaries)

    first = await summarizer.summarize(papers, workspace="slack:T1")
    calls = len(model.calls)
    await summarizer.summarize(papers, workspace="slack:T2")

    (spent,) = await store.ledger.usage("slack:T1", clock.now().date())
    read = sum(counter.count(f"{paper.title}\n{paper.abstract}") for paper in papers)
    bound = read + spent.completion_tokens
    return {
        "papers": len(papers),
        "by_model": sum(summary.source == "model" for summary in first.by_id.values()),
        "calls": calls,
        "prompt_tokens": spent.prompt_tokens,
        "completion_tokens": spent.completion_tokens,
        "lower_bound_tokens": bound,
        "ratio": round((spent.prompt_tokens + spent.completion_tokens) / bound, 3),
        "second_workspace_calls": len(model.calls) - calls,
        "exact": counter.exact,
    }


def summaries_of(call: ModelCall, papers: Sequence[Paper]) -> Mapping[str, Any]:
    """What a model answers that is asked for summaries of some of these papers."""
    prompt = call.messages[-1].content
    return {"papers": [_summary(paper) for paper in papers if re.search(rf"^id: {re.escape(paper.id)}$", prompt, re.M)]}


def _summary(paper: Paper) -> dict[str, str]:
    """As long as a summary may be: runs of the abstract's own words, three short of the limit, without numbers."""
    words = itertools.cycle(word for word in paper.abstract.split() if word.isalpha())
    return {"id": paper.id} | {
        **{name: " ".join(itertools.islice(words, limit - 3)) + "." for name, limit in LIMITS.items()},
        "question": " ".join(itertools.islice(words, LONGEST_QUESTION - 6)) + "?",
    }


def _papers(count: int) -> list[Paper]:
    with gzip.open(DATA, "rt", encoding="utf-8") as rows:
        entries = [json.loads(row)["entry"]["paper"] for row in itertools.islice(rows, _NEWEST, _NEWEST + count)]
    return [Paper(id=row["id"], title=clean_title(row["title"]), abstract=clean(row["summary"])) for row in entries]
