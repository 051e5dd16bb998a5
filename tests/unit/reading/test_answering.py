"""Questions become answers that can be checked, or lesser ones that say so."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import BotError, ModelUnavailable
from bot.llm.budget import Meter
from bot.llm.model import Completion, Message, ModelCall, TextDelta
from bot.llm.tokens import LONGEST_TOKEN, TokenCounter
from bot.papers.fulltext.model import Block, FullText, Section, TextSource
from bot.papers.model import Paper
from bot.reading.answer import Answer, Outcome, Question
from bot.reading.answering import Answerer
from bot.reading.evidence import excerpt
from bot.reading.inquiry import ROUNDS
from bot.reading.outcomes import (
    BROKE_OFF,
    CUT_SHORT,
    EMPTY,
    NO_FIT,
    NO_FRONT_MATTER,
    NO_MATCH,
    NO_MODEL,
    NOT_CONFIRMED,
    NOT_FOUND,
    NOT_WHOLE,
    unread,
)
from bot.reading.papertext import PaperText
from bot.reading.reader import Reader, ReadPaper
from bot.reading.replies import MAX_CLAIMS
from bot.reading.retrieval import PassageIndex
from bot.testing.clock import FakeClock
from bot.testing.model import Ending, FakeModel, Script
from bot.testing.store import FakeStore
from tests.kites import KITES, KITES_TEXT, ORDER

WORKSPACE = "terminal:local"
HOW_LONG = "How many hours of training on how many motors?"
NEED_MORE = {"verdict": "need_more", "claims": []}
NOT_THERE = {"verdict": "not_in_paper", "claims": []}
ELSEWHERE = Question("Which protein folding benchmark was evaluated?")  # answered in neither paper

DUSTY_ROAD = "The road was long and dry. " * 12

LONG_PAPER = Paper(id="2607.00003", title="A Long Walk", abstract="We walk.")
LONG_TEXT = FullText(
    paper_id=LONG_PAPER.id,
    version=1,
    source=TextSource.PDF,
    sections=tuple(
        Section(
            f"{number} Day {number}",
            1,
            (
                Block(
                    "paragraph", f"On day {number} we walked {number * 3} miles. {'The road was long and dry. ' * 12}"
                ),
            ),
        )
        for number in range(1, 60)
    ),
)


class Texts:
    """Gives the two papers' texts, and counts."""

    def __init__(self) -> None:
        self.read_count = 0

    async def read(self, paper: Paper) -> FullText:
        self.read_count += 1
        return {KITES.id: KITES_TEXT, LONG_PAPER.id: LONG_TEXT}[paper.id]


@pytest.fixture
async def kites() -> ReadPaper:
    return await Reader(Texts()).read(KITES)


@pytest.fixture
async def long_walk() -> ReadPaper:
    return await Reader(Texts()).read(LONG_PAPER)


def claiming(text: str, *sentences: int) -> dict[str, Any]:
    return {"verdict": "answered", "claims": [{"text": text, "sentences": list(sentences)}]}


def sentence_number(call: ModelCall, words: str) -> int:
    """The number under which a prompt shows a sentence."""
    before = call.messages[-1].content.split(words, 1)[0]
    return int(before.rsplit("[", 1)[1].rstrip(" ]"))


def meter(script: Script, budget: int = 0) -> tuple[Meter, FakeModel]:
    model = FakeModel(script)
    ledger, clock = FakeStore().ledger, FakeClock()
    return Meter(model=model, ledger=ledger, counter=TokenCounter("fake"), clock=clock, budget=budget), model


async def ask(
    script: Script | None, *papers: ReadPaper, question: Question | None = None, budget: int = 0
) -> tuple[list[str], Answer, list[ModelCall]]:
    metered, model = meter(script, budget) if script is not None else (None, FakeModel([]))
    said = [part async for part in Answerer(metered).answer(question or Question(HOW_LONG), papers, WORKSPACE)]
    answer = said.pop()
    assert isinstance(answer, Answer)
    return [words for words in said if isinstance(words, str)], answer, model.calls


async def test_an_answer_points_to_its_sentence(kites: ReadPaper) -> None:
    def script(call: ModelCall) -> dict[str, Any]:
        return claiming("It took 12 hours.", sentence_number(call, "Training took 12 hours"))

    words, answer, _ = await ask(script, kites)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.claims[0].citations[0].words == "Training took 12 hours on 8 small motors."
    assert words[-1] == "It took 12 hours."
    assert answer.calls == 1


async def test_claims_are_shown_one_by_one_as_each_is_checked(kites: ReadPaper) -> None:
    def script(call: ModelCall) -> dict[str, Any]:
        number = sentence_number(call, "Training took 12 hours")
        texts = ("It took 12 hours.", "It ran on 99 motors.", "There were 8 small motors.")
        return {"verdict": "answered", "claims": [{"text": text, "sentences": [number]} for text in texts]}

    words, answer, _ = await ask(script, kites)
    assert words[0] == "It took 12 hours."
    assert words[-1] == "It took 12 hours. There were 8 small motors."
    assert " ".join(claim.text for claim in answer.claims) == words[-1]
    assert not [said for said in words if "99" in said]


@pytest.mark.parametrize("verdict", ["need_more", "not_in_paper"])
async def test_claims_next_to_another_verdict_are_not_shown(kites: ReadPaper, verdict: str) -> None:
    words, _, _ = await ask([claiming("It took 12 hours.", 1) | {"verdict": verdict}] * 2, kites)
    assert not words


async def test_claims_that_were_shown_outlive_a_broken_stream(kites: ReadPaper) -> None:
    class Breaks(FakeModel):
        async def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
            claim = claiming("It took 12 hours.", sentence_number(call, "Training took 12 hours"))
            yield TextDelta(json.dumps(claim)[:-2])
            raise ModelUnavailable("The language model's answer broke off.")

    metered = replace(meter([])[0], model=Breaks([]))
    said = [part async for part in Answerer(metered).answer(Question(HOW_LONG), [kites], WORKSPACE)]
    assert said[0] == "It took 12 hours."
    assert isinstance(said[-1], Answer)
    assert [claim.text for claim in said[-1].claims] == ["It took 12 hours."]
    assert said[-1].note == BROKE_OFF


async def test_a_claim_that_does_not_hold_is_not_shown(kites: ReadPaper) -> None:
    _, answer, _ = await ask([claiming("It took 99 hours.", 1)], kites)
    assert (answer.outcome, answer.claims, answer.dropped) == (Outcome.UNPROVEN, (), 1)
    assert "12 hours" in answer.found.best[0].text


async def test_an_answer_without_a_claim_says_nothing_about_the_paper(kites: ReadPaper) -> None:
    _, answer, _ = await ask([{"verdict": "answered", "claims": []}], kites, question=ELSEWHERE)
    assert answer.outcome is Outcome.UNREADABLE


async def test_the_paper_does_not_say_where_the_model_has_read_it_all(kites: ReadPaper) -> None:
    _, answer, _ = await ask([NOT_THERE], kites, question=ELSEWHERE)
    assert (answer.outcome, answer.note) == (Outcome.NOT_IN_PAPER, "")


async def test_a_model_alone_does_not_decide_that_the_paper_does_not_say(kites: ReadPaper) -> None:
    _, answer, _ = await ask([NOT_THERE], kites)
    assert (answer.outcome, answer.note) == (Outcome.NOT_FOUND, NOT_CONFIRMED)
    assert "12 hours" in answer.found.best[0].text


async def test_a_claim_contradicts_the_verdict_next_to_it(kites: ReadPaper) -> None:
    contradiction = {**claiming("Kites can learn.", 1), "verdict": "not_in_paper"}
    _, answer, _ = await ask([contradiction], kites, question=ELSEWHERE)
    assert (answer.outcome, answer.claims) == (Outcome.NOT_FOUND, ())


TRUNCATED = replace(KITES_TEXT, truncated="Only the first 100 of 312 pages were read.")
ABSTRACT_ONLY = replace(KITES_TEXT, source=TextSource.ABSTRACT, sections=KITES_TEXT.sections[:1])


@pytest.mark.parametrize("partial", [TRUNCATED, ABSTRACT_ONLY])
@pytest.mark.parametrize("with_another", [False, True])
async def test_absence_is_not_told_of_text_that_was_not_read(
    long_walk: ReadPaper, partial: FullText, with_another: bool
) -> None:
    text = PaperText.of(partial)
    read = ReadPaper(KITES, text, await PassageIndex.build(text.passages))
    papers = [long_walk, read] if with_another else [read]
    _, answer, _ = await ask([NOT_THERE, NOT_THERE], *papers, question=ELSEWHERE)
    assert (answer.outcome, answer.note) == (Outcome.NOT_FOUND, NOT_WHOLE)


@pytest.mark.parametrize(
    "asked",
    [
        "Who are the authors?",
        "Who is the corresponding author?",
        "How many authors does it list?",
        "Who wrote this?",
        "Which university is it from?",
        "What are the affiliations?",
        "Does it cite Vaswani?",
        "Which works are listed as references?",
    ],
)
async def test_absence_is_not_told_of_front_matter_and_references(kites: ReadPaper, asked: str) -> None:
    _, answer, _ = await ask([NOT_THERE], kites, question=Question(asked))
    assert answer.outcome is Outcome.NOT_FOUND
    assert unread(answer.found, asked) == NO_FRONT_MATTER


async def test_authors_as_those_who_say_it_do_not_keep_absence_from_being_told(kites: ReadPaper) -> None:
    _, answer, _ = await ask([NOT_THERE], kites, question=Question("Which protein benchmark do the authors evaluate?"))
    assert answer.outcome is Outcome.NOT_IN_PAPER


async def test_a_claim_before_contradicts_a_second_reply_without_any(long_walk: ReadPaper) -> None:
    question = Question("Which reinforcement learning algorithm optimizes the policy gradient?")
    _, answer, calls = await ask([claiming("It took 99 hours.", 1), NOT_THERE], long_walk, question=question)
    assert (len(calls), answer.outcome) == (2, Outcome.NOT_FOUND)


async def test_a_claim_that_is_too_long_is_a_claim_all_the_same(kites: ReadPaper) -> None:
    endless = claiming("word " * 200, 1) | {"verdict": "not_in_paper"}
    _, answer, _ = await ask([endless], kites, question=ELSEWHERE)
    assert answer.outcome is Outcome.UNREADABLE


async def test_model_and_retrieval_may_agree_that_there_is_nothing(long_walk: ReadPaper) -> None:
    question = Question("Which reinforcement learning algorithm optimizes the policy gradient?")
    _, answer, calls = await ask([NOT_THERE], long_walk, question=question)
    assert answer.outcome is Outcome.NOT_IN_PAPER
    assert len(calls) == 1


async def test_where_retrieval_disagrees_the_model_looks_again(long_walk: ReadPaper) -> None:
    _, answer, calls = await ask([NOT_THERE, NOT_THERE], long_walk, question=Question("How many miles on day 7?"))
    assert answer.outcome is Outcome.NOT_FOUND
    assert len(calls) == 2


async def test_the_model_may_ask_for_more_once(long_walk: ReadPaper) -> None:
    _, answer, calls = await ask([NEED_MORE, NOT_THERE], long_walk, question=Question("How many miles on day 7?"))
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.calls == len(calls) == 2
    assert len(calls[1].messages[-1].content) > 1.5 * len(calls[0].messages[-1].content)


async def test_a_model_that_asks_for_yet_more_has_not_read_what_the_paper_does_not_say(long_walk: ReadPaper) -> None:
    _, answer, calls = await ask([NEED_MORE, NEED_MORE], long_walk, question=Question("How many miles on day 7?"))
    assert (answer.outcome, answer.note) == (Outcome.NOT_FOUND, NOT_FOUND)
    assert answer.passages_read < answer.found.total
    assert len(calls) == 2
    assert "day 7 " in answer.found.best[0].text


async def test_there_is_no_second_look_at_a_paper_seen_whole(kites: ReadPaper) -> None:
    _, answer, calls = await ask([NEED_MORE], kites)
    assert (answer.outcome, answer.note) == (Outcome.NOT_FOUND, NOT_CONFIRMED)
    assert len(calls) == 1


async def test_prompts_keep_their_limits(long_walk: ReadPaper) -> None:
    history = (Message("user", "word " * 200), Message("assistant", "word " * 200))
    question = Question("How many miles on day 7? " * 10, history)
    _, _, calls = await ask([NEED_MORE, NEED_MORE], long_walk, question=question)
    counter = TokenCounter("fake")
    assert [counter.count_call(call) <= limit for call, (_, limit) in zip(calls, ROUNDS, strict=True)] == [True, True]


async def test_usage_of_both_calls_is_added(long_walk: ReadPaper) -> None:
    _, answer, calls = await ask([NEED_MORE, NEED_MORE], long_walk, question=Question("How many miles on day 7?"))
    counter = TokenCounter("fake")
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == sum(map(counter.count_call, calls))


BROKEN = "{'verdict': 'answered', 'claims': [{'text': 'Kites learn.', 'sentences': [1]}]}"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("garbage", Outcome.UNREADABLE),
        ("[]", Outcome.UNREADABLE),
        (BROKEN, Outcome.UNREADABLE),
        ('{"claims": [], "verdict": "answered"}', Outcome.UNREADABLE),
        (Ending("", "stop"), Outcome.PASSAGES),
        (Ending("no", "refusal"), Outcome.PASSAGES),
        (Ending("", "length"), Outcome.CUT),
        (Ending('{"verdict": "answered", "claims": [{"text": "It to', "length"), Outcome.CUT),
    ],
)
@pytest.mark.parametrize("question", [HOW_LONG, "Which protein folding benchmark was evaluated?"])
async def test_a_useless_reply_gives_passages(
    kites: ReadPaper, said: str | Ending, outcome: Outcome, question: str
) -> None:
    _, answer, _ = await ask([said], kites, question=Question(question))
    assert answer.outcome is outcome
    assert answer.note
    assert answer.found.best


async def test_an_answer_without_claims_is_not_called_unreadable(kites: ReadPaper) -> None:
    empty = '{"claims": [], "verdict": "answered"}'
    _, answer, _ = await ask([empty, empty], kites)
    assert answer.note == EMPTY


async def test_half_a_reply_is_used_as_far_as_it_goes(kites: ReadPaper) -> None:
    half = '{"verdict": "answered", "claims": [{"text": "Kites can learn.", "sentences": [1]}, {"text": "And th'
    _, answer, _ = await ask([Ending(half, "length")], kites)
    assert [claim.text for claim in answer.claims] == ["Kites can learn."]
    assert (answer.outcome, answer.note) == (Outcome.ANSWERED, CUT_SHORT)


async def test_of_an_answer_without_end_what_fits_is_shown_and_said_to_be_cut(kites: ReadPaper) -> None:
    claims = [{"text": "Kites can learn to steer themselves.", "sentences": [1]}] * 400
    endless = json.dumps({"claims": claims, "verdict": "answered"})
    assert len(endless) > 25_000
    begun = time.process_time()
    words, answer, calls = await ask([endless], kites)
    assert time.process_time() - begun < 1
    assert (answer.outcome, answer.note) == (Outcome.ANSWERED, CUT_SHORT)
    assert len(answer.claims) == MAX_CLAIMS
    assert words[-1] == " ".join(claim.text for claim in answer.claims)
    assert answer.usage is not None
    assert answer.usage.completion_tokens < 2 * LONGEST_TOKEN * calls[0].max_tokens


@pytest.mark.parametrize("fault", [ModelUnavailable("The model does not answer."), BotError("Anything.")])
async def test_a_failing_model_gives_passages_and_says_why(kites: ReadPaper, fault: BotError) -> None:
    _, answer, _ = await ask([fault], kites)
    assert answer.outcome is Outcome.PASSAGES
    assert answer.note.startswith(fault.sentence)


async def test_a_spent_budget_gives_passages_before_any_call(kites: ReadPaper) -> None:
    _, answer, calls = await ask([NOT_THERE], kites, budget=10)
    assert answer.outcome is Outcome.PASSAGES
    assert not calls


async def test_without_a_model_the_passages_are_the_answer(kites: ReadPaper) -> None:
    _, answer, _ = await ask(None, kites)
    assert (answer.outcome, answer.note, answer.calls) == (Outcome.PASSAGES, NO_MODEL, 0)


async def test_without_a_model_nothing_is_said_about_what_the_paper_lacks(kites: ReadPaper) -> None:
    _, answer, _ = await ask(None, kites, question=ELSEWHERE)
    assert (answer.outcome, answer.note) == (Outcome.NO_MATCH, NO_MATCH)
    assert answer.found.best


async def test_without_a_model_passages_with_some_of_the_words_are_not_said_to_have_none(kites: ReadPaper) -> None:
    _, answer, _ = await ask(None, kites, question=Question("Which protein benchmark had training hours?"))
    assert (answer.outcome, answer.note) == (Outcome.NO_MATCH, NO_FIT)


async def test_a_short_question_is_not_judged_by_the_words_of_the_one_before(kites: ReadPaper) -> None:
    before = (Message("user", "Which wine was poured on which evening, and who paid for the glasses?"),)
    _, answer, _ = await ask(None, kites, question=Question("Which motors?", before))
    assert answer.outcome is Outcome.PASSAGES


async def test_several_papers_share_one_numbering(kites: ReadPaper, long_walk: ReadPaper) -> None:
    def script(call: ModelCall) -> dict[str, Any]:
        first, second = sentence_number(call, "Training took"), sentence_number(call, "On day 7 we walked")
        claims = [{"text": "One trains.", "sentences": [first]}, {"text": "One walks.", "sentences": [second]}]
        return {"verdict": "answered", "claims": claims}

    _, answer, _ = await ask(script, kites, long_walk, question=Question("How long training, how far on day 7?"))
    cited = [citation.passage.paper_id for claim in answer.claims for citation in claim.citations]
    assert cited == [KITES.id, LONG_PAPER.id]


async def test_orders_in_a_paper_never_reach_the_model(kites: ReadPaper) -> None:
    _, _, calls = await ask([NOT_THERE], kites)
    assert ORDER not in calls[0].messages[-1].content


async def test_the_question_stands_between_marks_that_change(kites: ReadPaper) -> None:
    _, _, first = await ask([NOT_THERE], kites)
    _, _, second = await ask([NOT_THERE], kites)
    marks = [calls[0].messages[-1].content.splitlines()[-1] for calls in (first, second)]
    assert marks[0] != marks[1]


@pytest.mark.parametrize(
    ("text", "with_before"),
    [("Why?", True), ("And on GPUs?", True), ("What about that?", True), ("How many motors were used?", False)],
)
def test_a_follow_up_is_looked_up_with_the_question_before(text: str, with_before: bool) -> None:
    history = (Message("user", "Is wind strong?"), Message("assistant", "Yes."))
    assert ("wind" in Question(text, history).search) is with_before
    assert Question(text).search == text


async def test_fifty_questions_index_a_paper_once() -> None:
    reader = Reader(Texts())
    read = await asyncio.gather(*(reader.read(KITES) for _ in range(50)))
    assert len({id(each.index) for each in read}) == 1


async def test_an_excerpt_is_verbatim_and_near_the_question(long_walk: ReadPaper) -> None:
    passage = next(each for each in long_walk.text.passages if "day 7 " in each.text)
    assert excerpt(passage, "How many miles on day 7?").startswith("On day 7 we walked 21 miles.")
    assert excerpt(passage, "anything") in passage.text
