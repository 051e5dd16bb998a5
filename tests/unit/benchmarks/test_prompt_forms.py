"""Forms of prompts are compared on replies that are recorded once, and judged whenever."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.prompts import ANSWERS, BEFORE, OWN, SUMMARIES, Bench, read_form, stages
from benchmarks.recorded_model import NotRecorded, RecordedModel
from bot.errors import AnswerCut
from bot.llm.model import Message, ModelCall
from bot.llm.prompts import load_prompt
from bot.reading.labelled import read_labelled
from bot.testing.model import Ending, FakeModel

NAMES = sorted({form.prompt for form in ANSWERS.values()} | set(SUMMARIES))
DUST = "The road was long and dry, and nobody knew where it went. " * 8


def paper(number: int, questions: int = 3) -> dict[str, Any]:
    """A labelled paper whose paragraphs are one gold sentence each, and dust."""
    facts = [f"Kite {number} flew {10 * number + fact} miles on day {fact}." for fact in range(questions)]
    return {
        "id": f"p{number}",
        "title": f"Kites, part {number}",
        "sections": [{"heading": "Flights", "paragraphs": [*facts, *(f"{DUST}{mile}." for mile in range(30))]}],
        "questions": [
            {"id": f"q{fact}", "question": f"How many miles did the kite fly on day {fact}?", "evidence": [words]}
            for fact, words in enumerate(facts)
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [paper(number) for number in range(1, 18)]
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "eval_open.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return tmp_path


def call(mark: str, **settings: Any) -> ModelCall:
    message = Message("user", f"The mark is {mark}.\n{mark}\nWho flew?\n{mark}")
    return ModelCall(purpose="answer", messages=(message,), max_tokens=10, prompt_hash="abc", **settings)


def of_form(asked: ModelCall, claims: list[Any], verdict: str) -> dict[str, Any]:
    """A reply of the form that a call asks for."""
    reply = {"asked": "the miles", "claims": claims, "verdict": verdict}
    return {name: reply[name] for name in (asked.schema or {})["properties"]}


@pytest.mark.parametrize("name", NAMES)
def test_every_form_takes_what_the_bots_own_prompt_takes(name: str) -> None:
    own = load_prompt(name.partition("-")[0])
    assert read_form(name).variables == own.variables


def test_the_bots_own_form_of_answer_is_among_them() -> None:
    own, form = load_prompt("answer"), read_form(OWN)
    assert (own.parts[0][1].render(), own.schema) == (form.parts[0][1].render(), form.schema)


def test_questions_of_the_last_stage_have_no_part_in_the_choice(folder: Path) -> None:
    chosen = stages(read_labelled(folder / "questions" / "eval_open.jsonl"))
    sizes = [len(papers) for papers in (chosen.first, chosen.second, chosen.last)]
    asked = [{paper.id for paper in papers} for papers in (chosen.first, chosen.second, chosen.last)]
    assert sizes == [8, 16, 24]
    assert not asked[2] & (asked[0] | asked[1])
    assert len(asked[0]) == 8
    assert all(len(paper.questions) == 1 for papers in (chosen.first, chosen.second, chosen.last) for paper in papers)


async def test_a_reply_is_asked_for_once_whatever_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    live = FakeModel(["A kite."])
    assert (await RecordedModel("m", path, live).complete(call("0123abcd"))).text == "A kite."
    assert (await RecordedModel("m", path, live).complete(call("89abcdef"))).text == "A kite."
    assert (await RecordedModel("m", path, None).complete(call("ffffffff"))).text == "A kite."
    with pytest.raises(NotRecorded):
        await RecordedModel("m", path, None).complete(call("ffffffff", temperature=0.5))


async def test_a_reply_that_was_cut_stays_cut(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    for live in (FakeModel([Ending("A ki", "length")]), None):
        with pytest.raises(AnswerCut) as cut:
            await RecordedModel("m", path, live).complete(call("0123abcd"))
        assert cut.value.answer is not None
        assert cut.value.answer.text == "A ki"


async def test_a_run_that_was_stopped_goes_on_and_says_what_limits_each_form(folder: Path, tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    stopped = 0

    def reading_well(asked: ModelCall) -> dict[str, Any]:
        nonlocal stopped
        stopped += 1
        if stopped == 3:
            raise asyncio.CancelledError
        prompt = asked.messages[-1].content
        day = prompt.rsplit(" on day ", 1)[1].split("?")[0]
        found = next((line for line in prompt.split("[") if f"on day {day}." in line), None)
        number, _, fact = (found or "0] nothing").partition("] ")
        claims = [{"text": fact.strip(), "sentences": [int(number)]}] if found else []
        return of_form(asked, claims, "answered" if found else "need_more")

    with pytest.raises(asyncio.CancelledError):
        await Bench(RecordedModel("m", replies, FakeModel(reading_well)), folder).figures(["first"])
    assert len(replies.read_text("utf-8").splitlines()) == 2
    done = await Bench(RecordedModel("m", replies, FakeModel(reading_well)), folder).figures(["first"])
    judged = await Bench(RecordedModel("m", replies, None), folder).figures(["first"])
    assert done == judged
    assert set(judged["first"]) == set(ANSWERS) >= {BEFORE}
    for figures in judged["first"].values():
        assert (figures["questions"], figures["cites_gold_of_all"]) == (8, 1.0)
        assert figures["limited_by"] == {"retrieval": 0, "form": 0, "model": 0}


async def test_a_model_that_finds_nothing_is_what_limits_an_answer(folder: Path, tmp_path: Path) -> None:
    live = FakeModel(lambda asked: of_form(asked, [], "not_in_paper"))
    found = await Bench(RecordedModel("m", tmp_path / "replies.jsonl", live), folder).figures(["first"])
    assert found["first"][BEFORE]["limited_by"] == {"retrieval": 0, "form": 0, "model": 8}


async def test_forms_are_compared_on_the_questions_that_all_of_them_were_asked(folder: Path, tmp_path: Path) -> None:
    better, worse = read_form("answer-asked-first"), read_form("answer-pointers-first")
    cited = {better.hash: (1, 2, 3, 4), worse.hash: (1, 2, 3)}  # papers; the worse form has a better share
    asked_about = {better.hash: range(1, 9), worse.hash: range(1, 5)}

    def reading(asked: ModelCall) -> dict[str, Any]:
        prompt = asked.messages[-1].content
        paper = int(prompt.split("Kites, part ")[1].split()[0])
        if paper not in asked_about.get(asked.prompt_hash, ()):
            raise NotRecorded
        number, _, fact = next(line for line in prompt.split("[") if "on day 0." in line).partition("] ")
        claims = [{"text": fact.strip(), "sentences": [int(number)]}] if paper in cited[asked.prompt_hash] else []
        return of_form(asked, claims, "answered" if claims else "not_in_paper")

    live = FakeModel(reading)
    found = await Bench(RecordedModel("m", tmp_path / "replies.jsonl", live), folder).figures(["first", "last"])
    assert found["first"][better.name]["cites_gold_of_all"] < found["first"][worse.name]["cites_gold_of_all"]
    assert list(found["last"]) == list(dict.fromkeys((better.name, OWN, BEFORE)))
