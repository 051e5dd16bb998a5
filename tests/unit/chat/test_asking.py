"""Questions in chat: the paper is found, the answer can be checked, and the thread remembers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.chat.asking import MAX_QUESTION
from bot.chat.conversation import Turn
from bot.chat.request import Final, Origin, Partial, Place, Progress, Reply, Request
from bot.documents.model import Action, Actions, Document, Image, Quote, Span, Tone
from bot.documents.plain import plain_document
from bot.errors import StoreError
from bot.llm.model import ModelCall
from bot.papers.fulltext.model import Block, FullText, Section, TextSource
from bot.papers.model import Paper
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.model import Ending, FakeModel
from bot.testing.store import FakeConversations, FakeStore
from paperwire.bootstrap import App, Parts, open_app
from paperwire.settings import Settings
from tests.kites import FIGURE, KITES, KITES_TEXT

CHANNEL = Place("test:1", "c")
THREAD = Place("test:1", "c", "t")
BOATS = Paper(id="2607.00002", title="Boats That Read Maps", abstract="Boats can learn to read maps of harbours.")
BOATS_TEXT = replace(KITES_TEXT, paper_id=BOATS.id, sections=KITES_TEXT.sections[2:])
SETTINGS = Settings.model_validate({})

Script = Callable[[ModelCall], dict[str, Any] | Ending]


def citing(words: str, claim: str = "It took 12 hours.") -> Script:
    """A model that makes one claim and points to the sentence with these words; it gives up if it is not shown."""

    def answer(call: ModelCall) -> dict[str, Any]:
        before, found, _ = call.messages[-1].content.partition(words)
        if not found:
            return {"verdict": "not_in_paper", "claims": []}
        number = int(before.rsplit("[", 1)[1].rstrip(" ]"))
        return {"verdict": "answered", "claims": [{"text": claim, "sentences": [number]}]}

    return answer


@dataclass
class Desk:
    """The engine with two papers, and whatever model a test scripts."""

    app: App
    store: FakeStore
    model: FakeModel | None

    async def replies(self, text: str, place: Place = CHANNEL, **more: Any) -> list[Reply]:
        """Everything that the engine says."""
        request = Request(place=place, user="u", text=text, **more)
        return [reply async for reply in self.app.engine.handle(self.app.engine.parse(request))]

    async def say(self, text: str, place: Place = CHANNEL, **more: Any) -> Document:
        """The finished answer to a command."""
        last = (await self.replies(text, place, **more))[-1]
        assert isinstance(last, Final)
        return last.document

    async def wonder(self, text: str, place: Place = THREAD, **more: Any) -> Document:
        """The finished answer to free words."""
        return await self.say(text, place, origin=Origin.MESSAGE, **more)

    def prompt(self, number: int = -1) -> str:
        """What the model was shown."""
        assert self.model is not None
        return self.model.calls[number].messages[-1].content


class ForgetfulConversations(FakeConversations):
    """Knows the lists, and fails to keep what is said."""

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """There is no room."""
        raise StoreError("The disk is full.")


@asynccontextmanager
async def desk(
    script: Script | None,
    *,
    texts: Sequence[FullText] = (KITES_TEXT, BOATS_TEXT),
    conversations: FakeConversations | None = None,
) -> AsyncIterator[Desk]:
    clock, store = FakeClock(), FakeStore(conversations=conversations or FakeConversations())
    for text in texts:
        await store.texts.save(replace(text, version=0))
    pages = {
        f"https://huggingface.co/api/papers/{paper.id}": FakeAnswer.of(
            {"id": paper.id, "title": paper.title, "summary": paper.abstract}
        )
        for paper in (KITES, BOATS)
    }
    model = FakeModel(script) if script else None
    async with open_app(
        SETTINGS, Parts(clock=clock, store=store, fetcher=FakeFetcher(pages, clock), model=model)
    ) as app:
        await store.papers.save([KITES, BOATS], clock.now())
        await store.conversations.show_list(CHANNEL, [KITES.id, BOATS.id], clock.now())
        await store.conversations.show_list(THREAD, [KITES.id, BOATS.id], clock.now())
        yield Desk(app, store, model)


def quotes(document: Document) -> list[Quote]:
    return [block for block in document.blocks if isinstance(block, Quote)]


def outcome_of(document: Document) -> str:
    assert isinstance(document.data, dict)
    return str(document.data["outcome"])


def buttons(document: Document) -> list[Action]:
    return [action for block in document.blocks if isinstance(block, Actions) for action in block.actions]


async def test_an_answer_shows_the_sentence_its_section_and_its_link() -> None:
    async with desk(citing("Training took")) as here:
        document = await here.say("ask #1 How many hours of training?")
    quote = quotes(document)[0]
    assert quote.text == "Training took 12 hours on 8 small motors."
    assert Span("2.2 Training", link="https://arxiv.org/html/2607.00001#S2.SS2.p1") in quote.source
    assert "It took 12 hours. [1]" in plain_document(document)


async def test_an_answer_says_what_it_was_read_from_and_what_it_cost() -> None:
    async with desk(citing("Training took")) as here:
        shown = plain_document(await here.say("ask #1 How many hours of training?"))
    assert "Read from arXiv's HTML" in shown
    assert "fake-model" in shown
    assert "tokens" in shown


async def test_a_conversation_that_cannot_be_kept_is_no_reason_to_be_silent() -> None:
    async with desk(citing("Training took"), conversations=ForgetfulConversations()) as here:
        document = await here.say("ask #1 How many hours of training?")
    assert quotes(document)[0].text == "Training took 12 hours on 8 small motors."


async def test_an_answer_is_told_step_by_step() -> None:
    async with desk(citing("Training took")) as here:
        replies = await here.replies("ask #1 How many hours of training?")
    kinds = [type(reply) for reply in replies]
    assert kinds[0] is Progress
    assert Partial in kinds
    assert kinds.count(Final) == 1
    shown = next(reply.text for reply in replies if isinstance(reply, Partial))
    assert KITES.title in shown.partition("\n")[0]
    assert shown.endswith("It took 12 hours.")


async def test_a_cited_caption_brings_its_figure() -> None:
    async with desk(citing("Figure 1", "It shows a path.")) as here:
        document = await here.say("ask #1 What does the figure of the path show?")
    images = [block for block in document.blocks if isinstance(block, Image)]
    assert [(image.url, image.alt) for image in images] == [(FIGURE, "Figure 1: The path of a kite over an hour.")]


async def test_what_the_paper_does_not_say_is_not_invented() -> None:
    async with desk(citing("no such words")) as here:
        document = await here.say("ask #1 What did they find about reinforcement learning?")
    assert "The paper does not say." in plain_document(document)
    assert document.tone is Tone.NOTICE
    assert not quotes(document)


async def test_an_abstract_alone_is_called_by_its_name() -> None:
    abstract = replace(KITES_TEXT, source=TextSource.ABSTRACT, sections=KITES_TEXT.sections[:1])
    async with desk(citing("no such words"), texts=[abstract]) as here:
        shown = plain_document(await here.say("ask #1 What about whales?"))
    assert "does not say" not in shown
    assert "Not all of the text was read." in shown
    assert "Read from the abstract only" in shown


ABSTRACT = (
    "Kites can learn to steer themselves by watching the wind.",
    "We call the method WindWatch.",
    "It was tried on 42 kites over 3 summers.",
)


@pytest.mark.parametrize("question", ["What is WindWatch?", "What about whales?"])
@pytest.mark.parametrize("script", [None, citing("no such words"), citing("We call the method", "It took 99 summers.")])
async def test_where_only_the_abstract_was_read_it_is_shown_whole(script: Script | None, question: str) -> None:
    section = Section("Abstract", 1, (Block("paragraph", " ".join(ABSTRACT)),))
    abstract = replace(KITES_TEXT, source=TextSource.ABSTRACT, sections=(section,))
    async with desk(script, texts=[abstract]) as here:
        document = await here.say(f"ask #1 {question}")
    assert [quote.text for quote in quotes(document)] == [" ".join(ABSTRACT)]
    assert isinstance(document.data, dict)
    assert [shown["words"] for shown in document.data["excerpts"]] == [" ".join(ABSTRACT)]


async def test_of_a_withdrawn_paper_the_text_is_said_not_to_be_read_rather_than_to_fail() -> None:
    abstract = replace(KITES_TEXT, source=TextSource.ABSTRACT, sections=KITES_TEXT.sections[:1])
    async with desk(citing("no such words"), texts=[abstract]) as here:
        await here.store.papers.save([replace(KITES, withdrawn=True)], FakeClock().now())
        shown = plain_document(await here.say("ask #1 What about whales?"))
    assert "This paper was withdrawn, so its full text was not fetched." in shown
    assert "could not be read" not in shown


async def test_of_two_papers_the_one_without_a_full_text_is_named_and_shown_whole() -> None:
    section = Section("Abstract", 1, (Block("paragraph", " ".join(ABSTRACT)),))
    abstract = replace(
        BOATS_TEXT, source=TextSource.ABSTRACT, sections=(section,), fallbacks=("the PDF was not found.",)
    )
    async with desk(None, texts=[KITES_TEXT, abstract]) as here:
        document = await here.say("compare #1 #2 How many hours of training?")
    assert " ".join(ABSTRACT) in [quote.text for quote in quotes(document)]
    assert len(quotes(document)) > 1
    assert f"{BOATS.title}: The PDF was not found." in plain_document(document)


async def test_why_there_is_no_more_than_an_abstract_is_told() -> None:
    reasons = ("arXiv's HTML was not found.", "the PDF was not found.")
    abstract = replace(KITES_TEXT, source=TextSource.ABSTRACT, sections=KITES_TEXT.sections[:1], fallbacks=reasons)
    async with desk(None, texts=[abstract]) as here:
        shown = plain_document(await here.say("ask #1 What about whales?"))
    assert "The PDF was not found." in shown


async def test_a_question_in_another_language_is_not_said_to_have_no_answer() -> None:
    async with desk(None) as here:
        shown = plain_document(await here.say("ask #1 Wie viele Stunden dauerte der Lehrgang?"))
    assert "say" not in shown
    assert "Here are the passages" in shown


async def test_a_statement_without_proof_is_not_remembered_as_nothing_there() -> None:
    replies = iter(["It took 77 hours.", "It took 12 hours."])
    async with desk(lambda call: citing("Training took", next(replies))(call)) as here:
        first = await here.say(f"ask {KITES.id} How many hours of training on the motors?")
        again = await here.say(f"ask {KITES.id} How many hours of training on the motors?")
    assert "does not say" not in plain_document(first)
    assert outcome_of(first) == "unproven"
    assert "Training took 12 hours" in quotes(first)[0].text
    assert "It took 12 hours." in plain_document(again)


async def test_an_answer_that_was_cut_off_is_said_to_be_cut_and_not_remembered() -> None:
    def half(call: ModelCall) -> Ending:
        number = int(call.messages[-1].content.partition("Training took")[0].rsplit("[", 1)[1].rstrip(" ]"))
        claim = json.dumps({"text": "It took 12 hours.", "sentences": [number]})
        return Ending(f'{{"verdict": "answered", "claims": [{claim}, {{"text": "And', "length")

    async with desk(half) as here:
        shown = [await here.say(f"ask {KITES.id} How many hours of training?") for _ in range(2)]
        assert here.model is not None
        assert len(here.model.calls) == 2
    assert [outcome_of(document) for document in shown] == ["answered"] * 2
    assert all("cut off" in plain_document(document) for document in shown)


async def test_a_doubted_absence_is_remembered_with_its_doubt() -> None:
    async with desk(citing("no such words")) as here:
        for _ in range(2):
            document = await here.say(f"ask {KITES.id} How many hours of training on the motors?")
            assert outcome_of(document) == "not_found"
            assert "Training took 12 hours" in quotes(document)[0].text
        assert here.model is not None
        assert len(here.model.calls) == 1


async def test_orders_found_in_a_paper_are_reported() -> None:
    async with desk(citing("Training took")) as here:
        shown = plain_document(await here.say("ask #1 How many hours of training?"))
    assert "1 sentence written like orders to a model" in shown


async def test_without_a_model_passages_are_shown_as_such() -> None:
    async with desk(None) as here:
        document = await here.say("ask #1 How many hours of training on how many motors?")
    assert "No language model is set up" in plain_document(document)
    assert "Training took 12 hours" in quotes(document)[0].text


@pytest.mark.parametrize("text", ["ask #1", "ask #1 ???"])
async def test_an_empty_question_asks_for_one(text: str) -> None:
    async with desk(None) as here:
        assert "What would you like to know?" in plain_document(await here.say(text))


async def test_an_endless_question_is_refused() -> None:
    async with desk(None) as here:
        shown = plain_document(await here.say("ask #1 " + "why " * 2_500))
    assert f"please keep it under {MAX_QUESTION:,}" in shown


async def test_ask_without_a_question_repeats_the_last_one() -> None:
    async with desk(citing("Training took")) as here:
        await here.say("ask #1 How many hours of training?")
        await here.say("ask #2")
    assert "How many hours of training?" in here.prompt()


async def test_a_question_asked_before_costs_nothing() -> None:
    async with desk(citing("Training took")) as here:
        first = await here.say("ask #1 How many hours of training?")
        again = await here.say("ask 2607.00001 how many  hours of training?", Place("test:2", "elsewhere"))
        assert here.model is not None
        assert len(here.model.calls) == 1
    assert [quote.text for quote in quotes(again)] == [quote.text for quote in quotes(first)]
    assert "answered before, so no tokens" in plain_document(again)


async def test_that_the_paper_does_not_say_is_remembered_too() -> None:
    async with desk(citing("no such words")) as here:
        for _ in range(2):
            shown = plain_document(await here.say("ask 2607.00001 Which whales were seen?", Place("test:2", "d")))
            assert "The paper does not say." in shown
        assert here.model is not None
        assert len(here.model.calls) == 1


async def test_a_follow_up_knows_paper_and_history() -> None:
    async with desk(citing("Training took")) as here:
        await here.wonder("#1 How many hours of training?")
        await here.wonder("And why?")
    assert "assistant: It took 12 hours." in here.prompt()
    assert KITES.title in here.prompt()


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("ask #1 How many hours of training?", f"ask {KITES.id}"),
        ("compare #2 #1 why?", f"compare {BOATS.id} {KITES.id}"),
    ],
)
async def test_an_answer_has_a_button_to_ask_on(question: str, line: str) -> None:
    async with desk(citing("Training took")) as here:
        [more] = buttons(await here.say(question))
        assert more.command == line
        assert more.input is not None
        followed = await here.say(f"{more.command} And how many motors?")
    assert "And how many motors?" in plain_document(followed)
    assert "Said before" in here.prompt()


async def test_history_of_another_paper_stays_out() -> None:
    async with desk(citing("Training took")) as here:
        await here.wonder("#1 How many hours of training?")
        await here.wonder("#2 How many hours of training?")
    assert "Said before" not in here.prompt()


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("#2 how long?", BOATS),
        ("what does 2607.00002 train on?", BOATS),
        ("How do the boats read maps?", BOATS),
        ("Does a kite steer itself?", KITES),
    ],
)
async def test_the_paper_of_a_thread_is_found(question: str, paper: Paper) -> None:
    async with desk(citing("Training took")) as here:
        document = await here.wonder(question)
    assert plain_document(document).startswith(paper.title)


async def test_a_guessed_paper_can_be_switched_by_a_button() -> None:
    async with desk(citing("Training took")) as here:
        document = await here.wonder("Does a kite steer itself?")
        [switch] = [action for action in buttons(document) if action.input is None]
        assert switch.command == f"ask {BOATS.id}"
        again = await here.say(switch.command, THREAD)
    assert plain_document(again).startswith(BOATS.title)
    assert "Does a kite steer itself?" in plain_document(again)


async def test_the_message_replied_to_tells_the_paper() -> None:
    async with desk(citing("Training took")) as here:
        document = await here.wonder("How long did it take?", Place("test:1", "d"), replied_papers=(BOATS.id,))
    assert plain_document(document).startswith(BOATS.title)


async def test_where_nothing_tells_the_paper_it_is_asked_for() -> None:
    async with desk(None) as here:
        assert "Which paper do you mean?" in plain_document(await here.wonder("How long?", Place("test:1", "d")))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("#2: how long did it take?", "how long did it take?"),
        ("How long did it take? #2", "How long did it take?"),
        ("How long did #2 take?", "How long did this paper take?"),
        ("What was used in #2?", "What was used in this paper?"),
    ],
)
async def test_a_question_reads_well_without_the_number_that_names_its_paper(said: str, asked: str) -> None:
    async with desk(None) as here:
        assert f"): {asked}\n" in plain_document(await here.wonder(said))


async def test_papers_are_compared_each_claim_with_its_paper() -> None:
    def answer(call: ModelCall) -> dict[str, Any]:
        parts = call.messages[-1].content.split("Training took")
        numbers = [int(part.rsplit("[", 1)[1].rstrip(" ]")) for part in parts[:2]]
        claims = [{"text": f"Claim {number}.", "sentences": [number]} for number in numbers]
        return {"verdict": "answered", "claims": [{**claim, "text": "It took 12 hours."} for claim in claims]}

    async with desk(answer) as here:
        document = await here.say("compare #1 #2 How many hours of training?")
    shown = plain_document(document)
    assert f"{KITES.title}: 2.2 Training" in shown
    assert f"{BOATS.title}: 2.2 Training" in shown


@pytest.mark.parametrize("text", ["compare #1 why?", "compare why?", "compare #1 #2 #1 #2 #1 #2 why?"])
async def test_comparing_needs_two_to_five_papers(text: str) -> None:
    async with desk(None) as here:
        assert "two to five papers" in plain_document(await here.say(text))


async def test_a_paper_is_not_compared_with_itself() -> None:
    async with desk(None) as here:
        assert "the same paper" in plain_document(await here.say("compare #1 2607.00001 why?"))


async def test_the_json_of_an_answer_names_sentences_and_places() -> None:
    async with desk(citing("Training took")) as here:
        data = (await here.say("ask #1 How many hours of training?")).data
    assert isinstance(data, dict)
    assert data["outcome"] == "answered"
    assert data["claims"][0]["citations"][0]["words"] == "Training took 12 hours on 8 small motors."
    assert data["claims"][0]["citations"][0]["section"] == "2 Method > 2.2 Training"
