"""What a question to a paper costs: prompt tokens and calls, with a scripted model, on labelled questions.

The script is a model that reads perfectly: it points to a gold sentence if one is shown, and asks for more if not.  So
the figures tell how often the passages packed first suffice, and what a second look adds.
Beside them stands what paper-qa 2026.8.12 spends on one question to one paper by its default settings (a quoted figure:
11 calls and 13,970 prompt tokens by the rule of four characters a token).
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from statistics import fmean, median
from typing import Any

from bot.llm.budget import Meter
from bot.llm.model import ModelCall
from bot.llm.tokens import TokenCounter
from bot.reading.answering import Answerer
from bot.reading.evaluation_answers import Judged, ask_all, report
from bot.reading.labelled import LabelledPaper, read_labelled
from bot.reading.semantic import StaticEmbedder
from bot.testing.clock import FakeClock
from bot.testing.model import FakeModel
from bot.testing.store import FakeStore

NAME = "ask"
QUESTIONS = Path("../shared/data/questions/eval_open.jsonl")
MODEL = "gpt-6-luna"
PAPER_QA = {"prompt_tokens": 13_970, "calls": 11}
LIMITS = {"first_call_tokens_max": 2_200, "tokens_mean": 4_000, "calls_max": 2}

_NUMBERED = re.compile(r"\[(\d+)\] (.*?)(?= \[\d+\] | ?$)", re.MULTILINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which labelled papers to ask."""
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="labelled papers, JSON Lines")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Ask every labelled question."""
    papers = read_labelled(getattr(options, "questions", None) or QUESTIONS)
    counter = TokenCounter(MODEL)
    model = FakeModel(PerfectReader(papers), counter=counter)
    meter = Meter(model=model, ledger=FakeStore().ledger, counter=counter, clock=FakeClock())
    embedder = StaticEmbedder() if StaticEmbedder.available() else None
    judged = asyncio.run(_collect(papers, Answerer(meter), embedder))
    firsts = [counter.count_call(call) for call in first_calls(model.calls, judged)]
    used = [one.answer.usage.prompt_tokens for one in judged if one.answer.usage]
    return {
        "counted_exactly": counter.exact,
        "questions": len(judged),
        "first_call_tokens_mean": round(fmean(firsts)),
        "first_call_tokens_max": max(firsts),
        "tokens_mean": round(fmean(used)),
        "tokens_median": round(median(used)),
        "tokens_max": max(used),
        "calls_mean": round(fmean(one.answer.calls for one in judged), 2),
        "calls_max": max(one.answer.calls for one in judged),
        "limits": LIMITS,
        "paper_qa": PAPER_QA,
        "tokens_ratio": round(PAPER_QA["prompt_tokens"] / fmean(used), 1),
        "answers": report(judged),
    }


def first_calls(calls: Sequence[ModelCall], judged: Sequence[Judged]) -> list[ModelCall]:
    """Of all calls in order, the first of each question."""
    starts = accumulate((one.answer.calls for one in judged[:-1]), initial=0)
    return [calls[start] for start in starts]


async def _collect(
    papers: Sequence[LabelledPaper], answerer: Answerer, embedder: StaticEmbedder | None
) -> list[Judged]:
    return [judged async for judged in ask_all(papers, answerer, embedder)]


class PerfectReader:
    """Answers a call as a model would that finds whatever is shown and invents nothing."""

    def __init__(self, papers: Sequence[LabelledPaper]) -> None:
        self._gold: dict[str, frozenset[str]] = {}
        for question in (question for paper in papers for question in paper.questions):
            self._gold[question.question] = self._gold.get(question.question, frozenset()) | question.evidence

    def __call__(self, call: ModelCall) -> dict[str, Any]:
        """The reply to a call."""
        prompt = _user(call)
        question = prompt.rsplit("Question: ", 1)[1].rsplit("\n", 1)[0]
        gold = self._gold.get(question, frozenset())
        for number, sentence in _NUMBERED.findall(prompt):
            if any(sentence in paragraph for paragraph in gold):
                return {"claims": [{"text": "It says so.", "sentences": [int(number)]}], "verdict": "answered"}
        return {"claims": [], "verdict": "need_more"}


def _user(call: ModelCall) -> str:
    return call.messages[-1].content
