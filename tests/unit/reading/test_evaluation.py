"""Labelled files are read, and rankings and answers judged by hand-checked figures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadInput
from bot.llm.budget import Meter
from bot.llm.model import Completion, ModelCall
from bot.llm.tokens import TokenCounter
from bot.papers.model import Paper
from bot.reading.answerability import BY_WORDS_ALONE, Signals, answerable, can_be_judged, signals
from bot.reading.answering import Answerer
from bot.reading.evaluation import evaluate_retrieval, score
from bot.reading.evaluation_answers import evaluate_answers, full_text_of
from bot.reading.evaluation_summaries import GoldPaper, evaluate_summaries, read_gold, rouge_1, rouge_2, rouge_l
from bot.reading.intervals import bootstrap_interval
from bot.reading.labelled import LabelledQuestion, read_labelled
from bot.reading.papertext import PaperText
from bot.reading.passages import Passage
from bot.reading.retrieval import Hit, PassageIndex
from bot.reading.summaries import Summarizer
from bot.testing.clock import FakeClock
from bot.testing.model import FakeModel
from bot.testing.simulation import SimulatedClock, simulate
from bot.testing.store import FakeStore

PAPER: dict[str, Any] = {
    "id": "p1",
    "title": "On Bread",
    "sections": [
        {"heading": "Introduction", "paragraphs": ["Bread is old.", "We bake  it anew."]},
        {"heading": "Method ::: Oven", "paragraphs": ["The oven was held at 230 degrees for 45 minutes."]},
        {"heading": "Method ::: Dough", "paragraphs": ["The dough rose for two hours in a warm room."]},
    ],
    "questions": [
        {
            "id": "q1",
            "question": "At how many degrees was the oven held?",
            "evidence": ["The oven was held at 230 degrees for 45 minutes."],
        },
        {"id": "q2", "question": "Which wine was served with it?", "evidence": []},
    ],
}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text(json.dumps(PAPER) + "\n\n")
    return path


def hits(*texts: str) -> list[Hit]:
    return [Hit(Passage(path=("All",), sentences=(text,)), 0, 0, None) for text in texts]


def test_a_labelled_file_is_read(labelled: Path) -> None:
    (paper,) = read_labelled(labelled)
    assert [passage.text for passage in paper.passages][:2] == ["Bread is old.", "We bake it anew."]
    assert paper.passages[2].path == ("Method", "Oven")
    assert [len(question.evidence) for question in paper.questions] == [1, 0]


def test_what_other_tools_write_is_read(tmp_path: Path) -> None:
    odd = "Bread\u2028is\x85old."
    sections = [{"heading": None, "paragraphs": [odd, None, ""]}]
    paper = {"id": 7, "title": None, "sections": sections, "questions": [{"question": "Old?", "evidence": None}]}
    path = tmp_path / "odd.jsonl"
    path.write_text(json.dumps(paper, ensure_ascii=False) + "\r\n", encoding="utf-8-sig", newline="")
    (read,) = read_labelled(path)
    assert (read.work, [passage.text for passage in read.passages]) == ("7", ["Bread is old."])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", "it: input should be an object"),
        ('{"id": "x"}', "it has no sections"),
        ('{"id": [], "sections": [], "questions": []}', "id: input should be a valid string"),
        ('{"id": 1, "sections": [], "questions": [{"id": 2}]}', "it has no questions.0.question"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(PAPER) + "\n" + line)
    with pytest.raises(BadInput, match=f"^Line 2 is not a labelled paper: {why}"):
        read_labelled(path)


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("read", [read_labelled, read_gold])
def test_a_file_with_nothing_in_it_is_refused(tmp_path: Path, read: Callable[[Path], object], content: bytes) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is empty"):
        read(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.gz"
    path.write_bytes(b"\x1f\x8b\xff")
    with pytest.raises(BadInput, match="not text in UTF-8"):
        read_labelled(path)


async def test_a_file_without_anything_to_find_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.jsonl"
    path.write_text(json.dumps(PAPER | {"questions": PAPER["questions"][1:]}))
    with pytest.raises(BadInput, match="nothing to find"):
        await evaluate_retrieval(read_labelled(path), None)
    path.write_text(json.dumps(PAPER | {"questions": []}))
    with pytest.raises(BadInput, match="has a question"):
        await evaluate_answers(read_labelled(path), Answerer(None), None)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_labelled(tmp_path / "none.jsonl")


def test_a_ranking_is_scored() -> None:
    gold = LabelledQuestion("q", "?", frozenset({"b", "f"}))
    scored = score("p", gold, hits("a", "b", "c", "d", "e", "f"))
    assert scored.reciprocal_rank == 1 / 2
    assert (scored.recall_at_5, scored.recall_at_10, scored.hit_at_5) == (0.5, 1.0, 1.0)
    assert scored.gold_share == 1.0


def test_a_ranking_without_gold_scores_nothing() -> None:
    scored = score("p", LabelledQuestion("q", "?", frozenset({"z"})), hits("a", "b"))
    assert (scored.reciprocal_rank, scored.recall_at_10, scored.gold_share) == (0, 0, 0)


async def test_retrieval_is_reported_under_the_agreed_names(labelled: Path) -> None:
    report = await evaluate_retrieval(read_labelled(labelled), None)
    assert set(report) == {"bm25", "semantic", "fused"}
    assert set(report["fused"]) == {
        "questions", "mrr", "recall@5", "recall@10", "hit@5",
        "gold_share@1600_tokens", "ms_per_question", "index_ms_per_paper",
    }  # fmt: skip
    assert (report["fused"]["questions"], report["fused"]["mrr"]) == (1, 1.0)


async def test_answers_are_judged(labelled: Path) -> None:
    def script(call: ModelCall) -> dict[str, Any]:
        prompt = call.messages[-1].content
        if "wine" in prompt:
            return {"verdict": "not_in_paper", "claims": []}
        number = int(prompt.split("The oven was", 1)[0].rsplit("[", 1)[1].rstrip(" ]"))
        good, bad = ({"text": f"It was {heat} degrees hot.", "sentences": [number]} for heat in (230, 250))
        return {"verdict": "answered", "claims": [good, bad]}

    store, clock = FakeStore(), FakeClock()
    meter = Meter(model=FakeModel(script), ledger=store.ledger, counter=TokenCounter("fake"), clock=clock)
    report = await evaluate_answers(read_labelled(labelled), Answerer(meter), None)
    assert {outcome: count for outcome, count in report["outcomes"].items() if count} == {
        "answered": 1,
        "not_in_paper": 1,
    }
    assert (report["claims"], report["pointer_validity"]) == (2, 0.5)
    assert (report["verbatim_share"], report["cites_gold"]) == (1.0, 1.0)
    assert report["answerability"]["macro_f1"] == 1.0
    assert (report["cites_gold_of_all"], report["false_absence"], report["unusable"]) == (1.0, 0.0, 0.0)
    assert report["ci"] == {"cites_gold_of_all": [1.0, 1.0], "false_absence": [0.0, 0.0], "unusable": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("said", "figure"),
    [({"claims": [], "verdict": "not_in_paper"}, "false_absence"), ("I cannot say.", "unusable")],
)
async def test_answers_that_miss_the_evidence_are_told_apart(labelled: Path, said: Any, figure: str) -> None:
    (paper,) = read_labelled(labelled)
    asked = replace(paper.questions[0], question="Which protein folding benchmark was evaluated?")
    store, clock = FakeStore(), FakeClock()
    model = FakeModel(lambda call: said)
    meter = Meter(model=model, ledger=store.ledger, counter=TokenCounter("fake"), clock=clock)
    report = await evaluate_answers([replace(paper, questions=(asked,))], Answerer(meter), None)
    names = ("cites_gold_of_all", "false_absence", "unusable")
    assert {name: report[name] for name in names} == {name: float(name == figure) for name in names}


def test_an_interval_holds_the_mean_and_narrows_with_more_cases() -> None:
    few, many = (bootstrap_interval([1, 0, 0, 1] * times) for times in (4, 100))
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert bootstrap_interval([]) == [0.0, 0.0]
    assert bootstrap_interval([1, 0, 0, 1]) == bootstrap_interval([1, 0, 0, 1])


def test_a_labelled_paper_keeps_its_headings_as_a_full_text(labelled: Path) -> None:
    (paper,) = read_labelled(labelled)
    paths = [passage.path for passage in PaperText.of(full_text_of(paper)).passages]
    assert paths == [passage.path for passage in paper.passages]


async def test_signals_tell_an_answerable_question(labelled: Path) -> None:
    (paper,) = read_labelled(labelled)
    index = await PassageIndex.build(paper.passages)
    measured = [
        signals(question.question, await index.search(question.question), index.lexical.idf)
        for question in paper.questions
    ]
    assert answerable(measured[0]) > 0.5 > answerable(measured[1])


async def test_the_words_of_an_abstract_count_alike() -> None:
    abstract = Passage(path=("Abstract",), sentences=("It runs at up to 42 frames a second.",))
    index = await PassageIndex.build([abstract])
    for asked, known in (("How many frames a second does it reach?", True), ("Which wine?", False)):
        measured = signals(asked, await index.search(asked), index.lexical.idf)
        assert (answerable(measured) > 0.5) is known


def test_a_question_without_words_is_not_answerable() -> None:
    assert answerable(signals("of the", [], lambda term: 1.0)) < 0.5


def test_more_coverage_is_more_likely() -> None:
    low, high = (BY_WORDS_ALONE.probability(Signals(coverage, None)) for coverage in (0.2, 0.9))
    assert low < high


def test_rouge_counts_words_pairs_and_order() -> None:
    line, gold = "the bread rose slowly", "the bread fell slowly"
    assert rouge_1(line, gold) == 0.75
    assert rouge_2(line, gold) == pytest.approx(1 / 3)
    assert rouge_l(line, gold) == 0.75
    assert rouge_l("slowly rose bread the", gold) == 0.25
    assert rouge_1("", "") == 0


async def test_summaries_are_judged_without_a_model(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    row = {
        "title": "On Bread",
        "source": ["We show that bread rises in 2 hours."],
        "target": ["Bread rises in 2 hours."],
    }
    path.write_text(json.dumps(row))
    report = await evaluate_summaries(read_gold(path), Summarizer(None, FakeStore().summaries))
    assert report["papers"] == 1
    assert report["grounded"] == 1.0
    assert 0 < report["rouge"]["1"] <= 1


def test_summaries_of_a_slow_model_are_waited_for() -> None:
    class Slow(FakeModel):
        async def complete(self, call: ModelCall) -> Completion:
            await asyncio.sleep(3_600)
            return await super().complete(call)

    written = {"id": "p1", "line": "Bread rises in 2 hours.", "problem": "", "method": "", "result": "", "why": ""}
    meter = Meter(
        model=Slow(lambda _: {"papers": [written]}),
        ledger=FakeStore().ledger,
        counter=TokenCounter("fake"),
        clock=SimulatedClock(),
    )
    gold = GoldPaper(Paper(id="p1", title="On Bread", abstract="We show that bread rises in 2 hours."), ())
    report = simulate(evaluate_summaries([gold], Summarizer(meter, FakeStore().summaries)))
    assert report["by"]["model"] == 1


@pytest.mark.parametrize("line", ['{"title": 3}', '{"title": "On Bread", "sections": []}'])
def test_gold_lines_of_another_form_are_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(line)
    with pytest.raises(BadInput, match="Line 1 is not a paper with gold lines"):
        read_gold(path)


@pytest.mark.parametrize(
    ("question", "is_english"),
    [
        ("How long did training take?", True),
        ("Is dropout used with attention?", True),
        ("Do they compare with earlier work?", True),
        ("Are there any baselines?", True),
        ("Hoe lang duurde is training?", False),
        ("Wat is de nauwkeurigheid?", False),
        ("Quantas horas durou o treino do modelo?", False),
        ("Ce arhitectură are modelul?", False),
        ("Do czego służy ten model?", False),
        ("Do jaké míry model pomáhá?", False),
        ("Wie lange dauerte das Training?", False),
        ("Combien d'heures a duré l'entraînement ?", False),
        ("¿Cuántas horas duró el entrenamiento?", False),
        ("Quante ore è durato l'addestramento?", False),
        ("Hur lång tid tog träningen?", False),
    ],
)
def test_only_a_question_in_english_can_be_judged(question: str, is_english: bool) -> None:
    assert can_be_judged(question) is is_english
