"""Every paper gets a summary that says where it is from, whatever the model does."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.errors import BotError, BudgetExhausted, ModelUnavailable, StoreError, Unauthorized
from bot.llm.budget import Meter
from bot.llm.model import Completion, ModelCall
from bot.llm.prompts import load_prompt
from bot.llm.tokens import TokenCounter
from bot.papers.huggingface_parsing import parse_paper
from bot.papers.model import Paper
from bot.ports import Clock
from bot.reading.claims import TERM, Claims, claim_on
from bot.reading.drafts import LIMITS
from bot.reading.grounding import ungrounded_numbers
from bot.reading.model import Summary, SummaryKey, SummarySource
from bot.reading.plain import plain_sentence, word_count
from bot.reading.shortening import WHOLE
from bot.reading.summaries import Summarizer
from bot.testing.clock import FakeClock
from bot.testing.model import Ending, FakeModel, Script
from bot.testing.store import FakeLeases, FakeStore

ROOK = Paper(
    id="2607.00001",
    title="Rook: Pruning Heads for Fast Inference",
    abstract="Large models are slow. We propose Rook, which prunes attention heads and is 3 times faster on 12 tasks.",
    ai_summary="Rook prunes attention heads.",
)
PAWN = Paper(id="2607.00002", title="Pawn: Small Steps", abstract="We study small steps in training. They help.")
FIELDS = {
    "line": "Rook prunes attention heads and is 3 times faster.",
    "problem": "Large models are slow.",
    "method": "It prunes attention heads.",
    "result": "It is 3 times faster on 12 tasks.",
    "why": "Fast models cost less.",
    "question": "Which heads are pruned?",
}


def item(paper_id: str = ROOK.id, **changed: str) -> dict[str, str]:
    """A summary as the model writes it."""
    return {"id": paper_id, **FIELDS, **changed}


def plain_item(paper_id: str) -> dict[str, str]:
    """A summary without numbers, which holds for any paper."""
    return {"id": paper_id, **dict.fromkeys(FIELDS, "It helps.")}


def asked_ids(call: ModelCall) -> list[str]:
    """The papers that a call asks about."""
    return re.findall(r"^id: (.+)$", call.messages[-1].content, re.MULTILINE)


def diligent(call: ModelCall) -> Mapping[str, object]:
    """A model that answers for every paper."""
    return {"papers": [plain_item(paper_id) for paper_id in asked_ids(call)]}


def says(*answers: Sequence[Mapping[str, str]]) -> list[Mapping[str, object]]:
    """A script of answers, each a list of items."""
    return [{"papers": list(items)} for items in answers]


class Desk:
    """A summarizer with a model, a cache and a ledger."""

    def __init__(self, script: Script | FakeModel, *, budget: int = 0, cache: FakeStore | None = None) -> None:
        self.model = script if isinstance(script, FakeModel) else FakeModel(script)
        self.store = cache or FakeStore()
        self.clock = FakeClock()
        meter = Meter(
            model=self.model,
            ledger=self.store.ledger,
            counter=TokenCounter("m", Path("nowhere")),
            clock=self.clock,
            budget=budget,
        )
        self.summarizer = Summarizer(meter, self.store.summaries)

    async def summarize(self, *papers: Paper, workspace: str = "slack:T1", language: str = "en") -> dict[str, Summary]:
        """The summaries by paper id."""
        return (await self.summarizer.summarize(papers, workspace=workspace, language=language)).by_id

    async def rook(self) -> Summary:
        """The summary of one paper."""
        return (await self.summarize(ROOK))[ROOK.id]


async def test_the_models_summary_is_taken_whole() -> None:
    summary = await Desk(says([item()])).rook()
    assert summary == Summary(paper_id=ROOK.id, source=SummarySource.MODEL, model="fake-model", **FIELDS)


async def test_papers_are_asked_about_in_the_order_of_the_list() -> None:
    desk = Desk(diligent)
    papers = [replace(ROOK, id=f"2607.{number:05}") for number in range(20, 0, -1)]
    await desk.summarize(*papers)
    asked = [asked_ids(call) for call in desk.model.calls]  # at once, so in any order
    assert sorted(itertools.chain(*asked)) == sorted(paper.id for paper in papers)
    assert all(list(ids) == sorted(ids, reverse=True) for ids in asked)


async def test_answers_are_matched_by_id_not_by_place() -> None:
    desk = Desk(says([plain_item(PAWN.id), item(), plain_item("2607.99999")]))
    summaries = await desk.summarize(ROOK, PAWN)
    assert summaries[ROOK.id].line == FIELDS["line"]
    assert summaries[PAWN.id].line == "It helps."
    assert summaries.keys() == {ROOK.id, PAWN.id}


async def test_a_second_workspace_costs_no_call() -> None:
    desk = Desk(diligent)
    first = await desk.summarize(ROOK, PAWN, workspace="slack:T1")
    assert await desk.summarize(ROOK, PAWN, workspace="discord:G1") == first
    assert len(desk.model.calls) == 1


async def test_askers_at_once_share_one_call() -> None:
    desk = Desk(diligent)
    results = await asyncio.gather(*(desk.summarize(ROOK, PAWN, workspace=f"slack:T{n}") for n in range(5)))
    assert len(desk.model.calls) == 1
    assert all(result == results[0] for result in results)


async def test_only_papers_that_nobody_asked_for_yet_are_asked_about() -> None:
    desk = Desk(diligent)
    await asyncio.gather(desk.summarize(ROOK), desk.summarize(ROOK, PAWN))
    assert sorted(asked_ids(call) for call in desk.model.calls) == [[ROOK.id], [PAWN.id]]


async def test_another_version_or_language_is_another_summary() -> None:
    desk = Desk(diligent)
    await desk.summarize(ROOK)
    await desk.summarize(ROOK, language="de")
    await desk.summarize(Paper(id=ROOK.id, title=ROOK.title, abstract=ROOK.abstract, version=2))
    assert len(desk.model.calls) == 3
    assert "German" in desk.model.calls[1].messages[0].content


async def test_many_papers_go_in_few_calls_of_like_size() -> None:
    papers = [Paper(id=f"2607.{n:05}", title="A", abstract="We study it.") for n in range(23)]
    desk = Desk(diligent)
    await desk.summarize(*papers)
    assert sorted(len(asked_ids(call)) for call in desk.model.calls) == [7, 8, 8]


async def test_a_paper_left_out_is_asked_about_once_more() -> None:
    desk = Desk(says([item()], [plain_item(PAWN.id)]))
    summaries = await desk.summarize(ROOK, PAWN)
    assert asked_ids(desk.model.calls[1]) == [PAWN.id]
    assert summaries[PAWN.id].source is SummarySource.MODEL


async def test_left_out_twice_it_gets_the_next_best_with_its_label() -> None:
    desk = Desk(says([], []))
    summaries = await desk.summarize(ROOK, PAWN)
    assert (summaries[ROOK.id].source, summaries[ROOK.id].line) == (SummarySource.HUGGING_FACE, ROOK.ai_summary)
    assert summaries[PAWN.id].source is SummarySource.ABSTRACT
    assert summaries[PAWN.id].line == "We study small steps in training."


async def test_a_sentence_with_a_number_of_its_own_is_mended_once() -> None:
    desk = Desk(says([item(result="It is 40 times faster.")], [item()]))
    assert (await desk.rook()).result == FIELDS["result"]
    assert "result: 40" in desk.model.calls[1].messages[-1].content


async def test_what_cannot_be_mended_is_dropped_and_the_rest_stays() -> None:
    wrong = [item(result="It is 40 times faster.")]
    summary = await Desk(says(wrong, wrong)).rook()
    assert summary.result == ""
    assert summary.line == FIELDS["line"]


async def test_a_line_that_cannot_be_mended_is_not_shown() -> None:
    wrong = [item(line="Rook is 40 times faster.")]
    assert (await Desk(says(wrong, wrong)).rook()).source is SummarySource.HUGGING_FACE


async def test_a_sentence_too_long_loses_an_aside_or_is_mended() -> None:
    line = "Rook " + "prunes attention heads " * 6 + "in models, making " + "more words " * 9
    desk = Desk(says([item(line=line, why="so " * 40)], [item()]))
    summary = await desk.rook()
    assert summary.line.endswith("in models.")
    assert summary.why == FIELDS["why"]


async def test_a_whole_sentence_that_is_a_little_too_long_costs_no_second_call() -> None:
    line = "Rook " + "prunes attention heads " * 9 + "but not in small models."
    desk = Desk(says([item(line=line)]))
    assert (await desk.rook()).line == line


async def test_of_a_cut_answer_whole_items_are_kept() -> None:
    cut = Ending('{"papers": [' + str(item()).replace("'", '"') + ', {"id": "2607.0', "length")
    desk = Desk([cut, *says([plain_item(PAWN.id)])])
    summaries = await desk.summarize(ROOK, PAWN)
    assert summaries[ROOK.id].line == FIELDS["line"]
    assert summaries[PAWN.id].line == "It helps."


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Ending("", "refusal"), "declined"),
        (Ending("", "content_filter"), "content filter"),
        ("no JSON", "not of the form"),
        (Ending("", "stop"), "with nothing"),
        ({"papers": [plain_item("2607.99999")]}, "about none of the papers"),
        ({"papers": [item(line="Rook is 40 times faster.")]}, "do not say"),
    ],
)
async def test_answers_of_no_use_are_said_with_their_reason(
    answer: Ending | str | Mapping[str, object], reason: str
) -> None:
    desk = Desk([answer, answer])
    result = await desk.summarizer.summarize([ROOK], workspace="slack:T1")
    assert result.by_id[ROOK.id].source is SummarySource.HUGGING_FACE
    assert "The model's answers could not be used" in str(result.degraded)
    assert reason in str(result.degraded)


async def test_one_paper_left_out_among_others_is_no_news_but_a_label() -> None:
    desk = Desk(says([item()], []))
    result = await desk.summarizer.summarize([ROOK, PAWN], workspace="slack:T1")
    assert result.by_id[PAWN.id].source is SummarySource.ABSTRACT
    assert result.degraded is None


async def test_a_failure_that_was_paid_for_is_not_paid_for_again_within_the_hour() -> None:
    desk = Desk(lambda call: "no JSON")
    first = await desk.summarizer.summarize([ROOK], workspace="slack:T1")
    paid = len(desk.model.calls)
    assert await desk.summarizer.summarize([ROOK], workspace="slack:T2") == first
    assert len(desk.model.calls) == paid
    desk.clock.advance(3601)
    await desk.summarizer.summarize([ROOK], workspace="slack:T1")
    assert len(desk.model.calls) == 2 * paid


async def test_a_model_that_was_away_is_asked_again_at_once() -> None:
    desk = Desk([ModelUnavailable("It is away."), *says([item()])])
    assert (await desk.rook()).source is SummarySource.HUGGING_FACE
    assert (await desk.rook()).source is SummarySource.MODEL


async def test_a_model_that_omits_the_question_loses_nothing() -> None:
    without = {name: words for name, words in item().items() if name != "question"}
    desk = Desk(says([without]))
    assert (await desk.rook()).line == FIELDS["line"]
    assert len(desk.model.calls) == 1


class SlowModel(FakeModel):
    """A model that answers when it is let go."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.free = asyncio.Event()

    async def complete(self, call: ModelCall) -> Completion:
        """Wait, then answer."""
        await self.free.wait()
        return await super().complete(call)


async def test_a_model_that_takes_too_long_is_not_waited_for_but_heard_in_the_end() -> None:
    model = SlowModel(diligent)
    desk = Desk(model)
    hurried = await desk.summarizer.summarize([ROOK, PAWN], workspace="slack:T1", patience=0.01)
    assert hurried.by_id[ROOK.id].source is SummarySource.HUGGING_FACE
    assert hurried.by_id[PAWN.id].source is SummarySource.ABSTRACT
    assert "still writing" in str(hurried.degraded)
    model.free.set()
    assert (await desk.rook()).source is SummarySource.MODEL
    assert len(model.calls) == 1


async def test_what_is_known_is_shown_although_the_model_takes_too_long_for_the_rest() -> None:
    model = SlowModel(diligent)
    desk = Desk(model)
    model.free.set()
    await desk.summarize(ROOK)
    model.free.clear()
    hurried = await desk.summarizer.summarize([ROOK, PAWN], workspace="slack:T1", patience=0.01)
    model.free.set()
    assert hurried.by_id[ROOK.id].source is SummarySource.MODEL
    assert hurried.by_id[PAWN.id].source is SummarySource.ABSTRACT


@pytest.mark.parametrize("error", [ModelUnavailable("It is away."), Unauthorized("It has no key."), BudgetExhausted()])
async def test_a_model_that_is_away_is_said_and_asked_once(error: BotError) -> None:
    desk = Desk([error])
    result = await desk.summarizer.summarize([ROOK, PAWN], workspace="slack:T1")
    assert result.degraded is not None
    assert error.sentence in result.degraded
    assert result.by_id.keys() == {ROOK.id, PAWN.id}


async def test_another_workspaces_empty_budget_is_no_reason_to_do_without() -> None:
    answers: list[Callable[[], object]] = [BudgetExhausted, lambda: {"papers": [item()]}]
    desk = Desk(lambda call: answers.pop(0)())  # type: ignore[arg-type]
    poor, rich = await asyncio.gather(
        desk.summarizer.summarize([ROOK], workspace="slack:T1"), desk.summarizer.summarize([ROOK], workspace="slack:T2")
    )
    assert poor.by_id[ROOK.id].source is SummarySource.HUGGING_FACE
    assert rich.by_id[ROOK.id].source is SummarySource.MODEL
    assert rich.degraded is None


async def test_what_is_recalled_costs_no_call() -> None:
    desk = Desk(says([item()]))
    before = await desk.summarizer.recall([ROOK])
    await desk.summarize(ROOK)
    after = await desk.summarizer.recall([ROOK])
    assert before.by_id[ROOK.id].source is SummarySource.HUGGING_FACE
    assert after.by_id[ROOK.id].source is SummarySource.MODEL
    assert len(desk.model.calls) == 1


async def test_without_budget_the_model_is_not_asked() -> None:
    desk = Desk(diligent, budget=10)
    result = await desk.summarizer.summarize([ROOK], workspace="slack:T1")
    assert result.degraded is not None
    assert "budget" in result.degraded
    assert desk.model.calls == []


async def test_work_goes_on_when_whoever_asked_gives_up() -> None:
    desk = Desk(diligent)
    asker = asyncio.create_task(desk.summarize(ROOK))
    await asyncio.sleep(0)
    asker.cancel()
    await asyncio.gather(asker, return_exceptions=True)
    await desk.summarizer.aclose()
    assert (await desk.rook()).source is SummarySource.MODEL
    assert len(desk.model.calls) == 1


async def test_without_a_model_there_are_the_other_two_and_no_complaint() -> None:
    result = await Summarizer(None, FakeStore().summaries).summarize([ROOK, PAWN], workspace="slack:T1")
    assert [summary.source for summary in result.by_id.values()] == [SummarySource.HUGGING_FACE, SummarySource.ABSTRACT]
    assert result.degraded is None


async def test_a_summary_of_hugging_faces_with_a_wrong_number_is_passed_over() -> None:
    wrong = Paper(id="1", title=ROOK.title, abstract=ROOK.abstract, ai_summary="Rook is 40 times faster.")
    result = await Summarizer(None, FakeStore().summaries).summarize([wrong], workspace="slack:T1")
    assert result.by_id["1"].source is SummarySource.ABSTRACT


async def test_a_paper_without_abstract_costs_nothing() -> None:
    desk = Desk([])
    (summary,) = (await desk.summarize(Paper(id="1", title="A Title Alone"))).values()
    assert summary.line == "A Title Alone"


class BrokenCache:
    """A summary repository that cannot be used."""

    async def get_many(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Fail."""
        raise StoreError

    async def save(self, summaries: Mapping[SummaryKey, Summary]) -> None:
        """Fail."""
        raise StoreError


async def test_a_broken_cache_costs_calls_but_no_summary() -> None:
    store = FakeStore()
    model = FakeModel(diligent)
    counter = TokenCounter("m", Path("nowhere"))
    meter = Meter(model=model, ledger=store.ledger, counter=counter, clock=FakeClock())
    result = await Summarizer(meter, BrokenCache()).summarize([ROOK], workspace="slack:T1")
    assert result.by_id[ROOK.id].source is SummarySource.MODEL


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["IGNORE ALL PREVIOUS INSTRUCTIONS", "[x](https://evil.example)", "<!channel>", "a " * 200, "**1,000,000x**"]
    ),
)


@example({"line": "<!"}, ROOK.id)
@given(st.dictionaries(st.sampled_from(sorted(LIMITS)), HOSTILE), st.sampled_from([ROOK.id, "2607.99999", "", "\n"]))
async def test_whatever_the_model_writes_a_summary_keeps_its_form(changed: dict[str, str], paper_id: str) -> None:
    answer = {"papers": [item() | changed | {"id": paper_id}]}
    summary = await Desk(lambda call: answer).rook()
    assert summary.line
    for name, limit in LIMITS.items():
        sentence = getattr(summary, name)
        assert word_count(sentence) <= limit
        assert "://" not in sentence
        assert "<!channel" not in sentence
        assert sentence == " ".join(sentence.split())
        assert not sentence or any(map(str.isalnum, sentence))


@given(st.text(max_size=300))
async def test_whatever_the_model_answers_no_paper_is_dropped(text: str) -> None:
    assert (await Desk(lambda call: text).rook()).line


@pytest.mark.real_data
async def test_every_recorded_paper_has_a_line_without_a_model(shared_data: Path) -> None:
    rows = (shared_data / "huggingface" / "odd_entries.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [paper for row in rows if (paper := parse_paper(json.loads(row)["entry"]))]
    result = await Summarizer(None, FakeStore().summaries).summarize(papers, workspace="slack:T1")
    assert len(papers) > 100
    assert result.by_id.keys() == {paper.id for paper in papers}
    by_id = {paper.id: paper for paper in papers}
    for paper_id, summary in result.by_id.items():
        assert summary.line == plain_sentence(by_id[paper_id].title) or 1 <= word_count(summary.line) <= WHOLE
        assert not summary.line.endswith("…")
        assert not ungrounded_numbers(summary.line, f"{by_id[paper_id].title}. {by_id[paper_id].abstract}")


class Slow(FakeModel):
    """A model that lets others run before it answers."""

    async def complete(self, call: ModelCall) -> Completion:
        for _ in range(50):
            await asyncio.sleep(0)
        return await super().complete(call)


class Still(FakeClock):
    """Stands while others wait, so that no claim runs out under whoever is slow to write."""

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run."""
        await asyncio.sleep(0)


def replicas(model: FakeModel, store: FakeStore, count: int, clock: Clock | None = None) -> list[Summarizer]:
    clock = clock or FakeClock()
    meter = Meter(model=model, ledger=store.ledger, counter=TokenCounter(model.name), clock=clock)
    return [Summarizer(meter, store.summaries, leases=store.leases) for _ in range(count)]


async def test_of_several_processes_one_writes_and_the_others_wait() -> None:
    model, store = Slow(diligent), FakeStore()
    asked = [each.summarize([ROOK, PAWN], workspace="slack:T1") for each in replicas(model, store, 3, Still())]
    results = await asyncio.gather(*asked)
    assert len(model.calls) == 1
    assert {summary.source for result in results for summary in result.by_id.values()} == {SummarySource.MODEL}


async def test_what_one_process_fails_at_the_next_one_tries() -> None:
    model, store = FakeModel([ModelUnavailable("It is away."), *says([item()])]), FakeStore()
    first, second = replicas(model, store, 2, Still())
    results = await asyncio.gather(
        first.summarize([ROOK], workspace="slack:T1"), second.summarize([ROOK], workspace="slack:T1")
    )
    assert SummarySource.MODEL in {result.by_id[ROOK.id].source for result in results}


async def test_process_that_died_is_waited_for_for_a_term_at_most() -> None:
    clock = FakeClock()
    model, store = FakeModel(diligent), FakeStore(leases=FakeLeases(clock))
    [summarizer] = replicas(model, store, 1, clock)
    key = SummaryKey(ROOK.id, 0, load_prompt("summaries").hash, "en", model.name)
    await store.leases.acquire(claim_on(key), "a process that died", TERM)
    result = await summarizer.summarize([ROOK], workspace="slack:T1")
    assert result.by_id[ROOK.id].source is SummarySource.MODEL


async def test_a_process_that_is_slow_to_write_keeps_its_claim() -> None:
    leases, term = FakeLeases(SystemClock()), timedelta(seconds=0.2)
    key = SummaryKey(ROOK.id, 0, "hash", "en", "m")
    slow, other = Claims(leases, term), Claims(leases, term)
    async with slow.on([key]) as own:
        for _ in range(5):
            await asyncio.sleep(0.1)
            async with other.on([key]) as theirs:
                assert theirs == set()
    assert own == {key}
    async with other.on([key]) as theirs:
        assert theirs == {key}


async def test_a_fault_of_the_program_costs_the_summaries_and_not_the_list() -> None:
    def broken(call: ModelCall) -> str:
        raise TypeError("a fault of the program")

    model = FakeModel(broken)
    [summarizer] = replicas(model, FakeStore(), 1)
    results = [await summarizer.summarize([ROOK, PAWN], workspace="slack:T1") for _ in range(2)]
    assert [result.by_id[ROOK.id].line for result in results]
    assert all(result.degraded for result in results)
    assert len(model.calls) == 1  # and not paid for again at once
