"""Forms of the prompts, judged by a real, weak model that runs here (`benchmarks.local_model`).

Five forms of the answer's prompt are put to 8 open questions, the best two to 16 more; then the winner, the bot's own
form and the one it had before to 24 questions that had no part in the choice.  Three forms of the summaries' prompt are
put to 10 abstracts.  One question is asked at a time, by the bot's own code, and every reply is kept: a run that was
stopped goes on where it was.  It takes hours, so it is asked for by `--run`; else the recorded replies are judged.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.local_model import NAME_OF_MODEL, ModelMissing, cache_folder, served
from benchmarks.recorded_model import NotRecorded, RecordedModel, SteadyCounter
from bot.errors import BadInput, BotError
from bot.llm.budget import Meter
from bot.llm.openai import OpenAIModel
from bot.llm.prompts import Prompt, parse_prompt
from bot.llm.timeouts import Timeouts
from bot.llm.tokens import TokenCounter
from bot.reading.answering import Answerer
from bot.reading.evaluation_answers import Judged, ask_all, report
from bot.reading.evaluation_summaries import evaluate_summaries, read_gold
from bot.reading.inquiry import ROUNDS, Rounds
from bot.reading.labelled import LabelledPaper, read_labelled
from bot.reading.semantic import StaticEmbedder
from bot.reading.summaries import Summarizer
from bot.testing.clock import FakeClock
from bot.testing.store import FakeStore

NAME = "prompts"
FOLDER = Path("../shared/data")
FORMS = Path(__file__).parent / "prompt_forms"
OWN = "answer-claims-first"  # what the bot asks by
BEFORE = "answer-verdict-first"  # what it asked by before
FIRST, SECOND, LAST = 8, 16, 24  # questions of each stage
ABSTRACTS = 10
PAPERS_TO_CHOOSE_BY = 8
UNHURRIED = Timeouts(answer=3_000, first_piece=3_000, silence=600)


@dataclass(frozen=True, slots=True)
class Form:
    """A prompt, and how much evidence goes with it."""

    prompt: str
    rounds: Rounds = ROUNDS


ANSWERS = {
    "answer-claims-first": Form("answer-claims-first"),
    "answer-pointers-first": Form("answer-pointers-first"),
    "answer-claims-first-few": Form("answer-claims-first", ((800, 1_400), (2_400, 3_400))),
    "answer-asked-first": Form("answer-asked-first"),
    BEFORE: Form(BEFORE),
}

SUMMARIES = ("summaries-today", "summaries-line-last", "summaries-short")


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question that was put to a model, and whether a sentence of its evidence was shown to it."""

    judged: Judged
    gold_shown: bool

    @property
    def limit(self) -> str:
        """What kept the answer from citing the evidence; empty if nothing did."""
        if self.judged.answered and self.judged.cites_gold:
            return ""
        if not self.gold_shown:
            return "retrieval"
        return "form" if self.judged.is_unusable else "model"


@dataclass(frozen=True, slots=True)
class Stages:
    """The questions of each stage, each as its paper with that question alone."""

    first: tuple[LabelledPaper, ...]
    second: tuple[LabelledPaper, ...]
    last: tuple[LabelledPaper, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to ask the model, and what."""
    parser.add_argument("--run", action="store_true", help="ask the model for what is not recorded; takes hours")
    parser.add_argument("--server", help="an OpenAI-compatible base URL that serves the model; else it is served here")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the recorded data")
    parser.add_argument("--results", type=Path, help="the file of replies; else one in the user's cache folder")
    parser.add_argument("--stages", default="first,second,last,summaries", help="which, in which order")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of every stage, as far as replies are recorded."""
    results = options.results or cache_folder() / "prompts.jsonl"
    if not (options.run or results.exists()):
        return {"recorded": "No reply is recorded yet; `python -m benchmarks prompts --run` asks the model."}
    try:
        return asyncio.run(_run(options, results))
    except BadInput:  # recorded data that are missing are told of with where they come from
        raise
    except (BotError, ModelMissing) as error:
        sys.exit(str(error))


async def _run(options: argparse.Namespace, results: Path) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        live = None
        if options.run:
            url = options.server or stack.enter_context(served())
            live = OpenAIModel(
                NAME_OF_MODEL,
                api_key=None,
                base_url=url,
                counter=TokenCounter(NAME_OF_MODEL),
                clock=FakeClock(),
                timeouts=UNHURRIED,
            )
            stack.push_async_callback(live.aclose)
        bench = Bench(RecordedModel(NAME_OF_MODEL, results, live), options.folder)
        return await bench.figures(options.stages.split(","))


class Bench:
    """Asks and judges, stage by stage."""

    def __init__(self, model: RecordedModel, folder: Path) -> None:
        self._model = model
        self._folder = folder
        self._stages = stages(read_labelled(folder / "questions" / "eval_open.jsonl"))
        self._embedder = StaticEmbedder() if StaticEmbedder.available() else None

    async def figures(self, wanted: Iterable[str]) -> dict[str, Any]:
        """The figures of the stages that are wanted, in that order."""
        by_stage = {"first": self.first, "second": self.second, "last": self.last, "summaries": self.summaries}
        return {stage: await by_stage[stage]() for stage in wanted}

    async def first(self) -> dict[str, Any]:
        """All forms on the first questions."""
        return {form: figures(await self._ask(form, self._stages.first)) for form in ANSWERS}

    async def second(self) -> dict[str, Any]:
        """The best two on more questions; their figures are those of both stages."""
        both = (*self._stages.first, *self._stages.second)
        return {form: figures(await self._ask(form, both)) for form in await self._best(2, self._stages.first)}

    async def last(self) -> dict[str, Any]:
        """The winner, the bot's own form and that before, on questions that had no part in the choice."""
        finalists = await self._best(2, self._stages.first)
        both = (*self._stages.first, *self._stages.second)
        winner = await self._best(1, both, finalists)
        forms = dict.fromkeys((*winner, OWN, BEFORE))
        return {form: figures(await self._ask(form, self._stages.last)) for form in forms}

    async def summaries(self) -> dict[str, Any]:
        """Every form of the summaries on the same abstracts."""
        papers = read_gold(self._folder / "summaries" / "scitldr_dev.jsonl")[:ABSTRACTS]
        found = {}
        for form in SUMMARIES:
            self._say(f"{form}: {len(papers)} abstracts")
            before = len(self._model.calls)
            try:
                summarizer = Summarizer(self._meter(), FakeStore().summaries, prompt=read_form(form))
                measured = await evaluate_summaries(papers, summarizer)
            except NotRecorded:
                found[form] = {"papers": 0}
                continue
            found[form] = {**measured, "calls": len(self._model.calls) - before}
        return found

    async def _best(self, count: int, asked: Sequence[LabelledPaper], among: Iterable[str] = ANSWERS) -> list[str]:
        """The forms with most answers that cite evidence; of equal ones fewer false absences, then fewer tokens.

        They are compared on the questions that all of them were asked; a form that was asked none is left out.
        """
        answers = {form: {one.judged.question: one.judged for one in await self._ask(form, asked)} for form in among}
        answers = {form: judged for form, judged in answers.items() if judged}
        common = set.intersection(*map(set, answers.values())) if answers else set()

        def rank(form: str) -> tuple[float, float, float]:
            measured = report([answers[form][question] for question in common])
            return (-measured["cites_gold_of_all"], measured["false_absence"], measured["prompt_tokens_mean"])

        return sorted(answers, key=rank)[:count]

    async def _ask(self, form: str, papers: Sequence[LabelledPaper]) -> list[Asked]:
        """The questions whose replies are recorded, or can be had."""
        settings = ANSWERS[form]
        answerer = Answerer(self._meter(), prompt=read_form(settings.prompt), rounds=settings.rounds)
        asked = []
        for number, paper in enumerate(papers, start=1):
            self._say(f"{form}: question {number} of {len(papers)}")
            before = len(self._model.calls)
            try:
                judged = [one async for one in ask_all([paper], answerer, self._embedder)]
            except NotRecorded:
                continue
            sent = "".join(call.messages[-1].content for call in self._model.calls[before:])
            asked += [Asked(one, _shows_gold(sent, one)) for one in judged]
        return asked

    def _say(self, progress: str) -> None:
        if self._model.is_live:
            print(progress, file=sys.stderr, flush=True)

    def _meter(self) -> Meter:
        counter = SteadyCounter(NAME_OF_MODEL)
        return Meter(model=self._model, ledger=FakeStore().ledger, counter=counter, clock=FakeClock())


def read_form(name: str) -> Prompt:
    """A form of a prompt."""
    return parse_prompt(name, (FORMS / f"{name}.md").read_text(encoding="utf-8"))


def stages(papers: Sequence[LabelledPaper]) -> Stages:
    """Answerable questions, a paper's in turn: the first papers' to choose by, the others' for the last stage.

    A second version of a paper is left out.
    """
    works: dict[str, LabelledPaper] = {}
    for paper in papers:
        works.setdefault(paper.work, paper)
    distinct = list(works.values())
    choosing = _in_turn(distinct[:PAPERS_TO_CHOOSE_BY])
    return Stages(
        first=choosing[:FIRST],
        second=choosing[FIRST : FIRST + SECOND],
        last=_in_turn(distinct[PAPERS_TO_CHOOSE_BY:])[:LAST],
    )


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """What `paperwire eval answers` says of them, and what kept the others from citing evidence."""
    if not asked:
        return {"questions": 0}
    limits = [one.limit for one in asked]
    return {
        **report([one.judged for one in asked]),
        "limited_by": {name: limits.count(name) for name in ("retrieval", "form", "model")},
    }


def _in_turn(papers: Iterable[LabelledPaper]) -> tuple[LabelledPaper, ...]:
    rows = [[replace(paper, questions=(asked,)) for asked in paper.questions if asked.evidence] for paper in papers]
    return tuple(one for row in zip_longest(*rows) for one in row if one is not None)


def _shows_gold(sent: str, judged: Judged) -> bool:
    sentences = (sentence for passage in judged.answer.found.passages for sentence in passage.sentences)
    return any(f"] {sentence}" in sent for sentence in sentences if judged.stands_in_gold(sentence))
