"""The one suite that every adapter passes.

An adapter's test file subclasses `AdapterContract`, gives a `driver` (which says things as a user of the platform does
and tells what people then see) and `see` (which renders a document without any network).  Escapes and markup that a
reader would not see are undone by the adapter's driver, so that the tests here read words as people do.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings

from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.parsed import Parsed
from bot.chat.request import Final, Progress, Reply, Request
from bot.documents.model import (
    Action,
    Actions,
    Block,
    Bullets,
    Card,
    Code,
    Document,
    Facts,
    Footnote,
    Heading,
    Image,
    Input,
    Paragraph,
    Quote,
    Span,
    Text,
    bold,
    link,
    text,
)
from bot.errors import SourceUnavailable
from tests.strategies import EVIL_HOST, NASTY_FRAGMENTS, documents, huge_documents

PAPER = "https://huggingface.co/papers/2606.01234"
SUBSCRIBED = "This channel is subscribed"
SETTINGS = (
    "subscribe",
    "Subscribe",
    "SUBSCRIBE at 08:00",
    "  sUbscribe",
    "\tsubscribe\nat 08:00",
    "/subscribe",
    "/papers subscribe",
    "/Papers  Subscribe AT 08:00",
)
rendering = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True, slots=True)
class Seen:
    """What people see of one answer, over all the messages that it took, when it is finished."""

    words: str  # as read: markup resolved, escapes undone
    private: bool = False  # only the person who asked can see it
    links: frozenset[str] = frozenset()  # addresses that a click would open
    pings: tuple[str, ...] = ()  # people, groups or channels that would be notified
    buttons: tuple[str, ...] = ()  # labels of what can be pressed
    cut: bool = False  # the reader is told that something was left out
    faults: tuple[str, ...] = ()  # ways in which it breaks the platform's limits or form


class Driver(Protocol):
    """A person at the platform."""

    async def say(self, line: str, *, user: str = "U1") -> Seen:
        """Give the command `/papers {line}`; wait until the answer is finished."""

    async def press(self, label: str, *, answer: str = "", user: str = "U1") -> Seen:
        """Press a button of the newest answer, fill in its question with `answer`; wait as above."""

    async def mention(self, line: str) -> tuple[Seen, Seen]:
        """Say it to the bot in a channel, as a member without rights whom an admin has named a manager.

        Wait as above; what that person alone sees of the answer, and what everybody sees.
        """


class AdapterContract:
    """Subclass it; override `driver` and `see`."""

    others_can_see = True  # whether there is anything public on this platform

    @pytest.fixture
    def engine(self) -> Engine:
        """An engine with small handlers that show every kind of good and bad end."""
        return contract_engine()

    @pytest.fixture
    def driver(self, engine: Engine) -> Driver:
        """A person at the platform, in front of an adapter that serves `engine`."""
        raise NotImplementedError

    def see(self, document: Document) -> Seen:
        """What a reader would see of the document; pure."""
        raise NotImplementedError

    # --- conversations -------------------------------------------------------------------------------------------

    async def test_a_command_is_answered_for_all_to_see(self, driver: Driver) -> None:
        seen = await driver.say("today")
        assert "A Paper Written for This Test" in seen.words
        assert PAPER in seen.links
        assert not seen.faults
        assert seen.private is not self.others_can_see

    async def test_progress_gives_way_to_the_answer(self, driver: Driver) -> None:
        seen = await driver.say("today")
        assert "Reading today's list" not in seen.words

    async def test_an_empty_command_is_answered(self, driver: Driver) -> None:
        seen = await driver.say("")
        assert "What can be asked" in seen.words

    async def test_a_mistyped_command_gets_a_private_sentence_with_the_nearest(self, driver: Driver) -> None:
        seen = await driver.say("todya")
        assert "Did you mean" in seen.words
        assert "today" in seen.words
        assert seen.private

    async def test_far_too_much_text_gets_a_private_sentence(self, driver: Driver) -> None:
        seen = await driver.say("search " + "x" * 12_000)
        assert "please keep it under" in seen.words
        assert seen.private

    async def test_an_error_is_private_and_plain(self, driver: Driver) -> None:
        seen = await driver.say("week")
        assert "Hugging Face does not answer" in seen.words
        assert seen.private

    async def test_a_breakdown_says_nothing_of_its_inside(self, driver: Driver) -> None:
        seen = await driver.say("trending")
        assert "Something went wrong" in seen.words
        assert "reference" in seen.words
        assert "hidden detail" not in seen.words
        assert "Traceback" not in seen.words

    async def test_an_engine_that_hangs_still_ends_with_a_sentence(self, driver: Driver) -> None:
        seen = await driver.say("yesterday")
        assert "took too long" in seen.words

    async def test_nothing_of_outside_text_is_live(self, driver: Driver) -> None:
        seen = await driver.say("show 2606.01234")
        assert_harmless(seen)

    async def test_words_quoted_back_are_not_live(self, driver: Driver) -> None:
        for fragment in NASTY_FRAGMENTS[:20]:
            assert_harmless(await driver.say("no" + "".join(fragment.split())))

    async def test_a_button_is_a_command(self, driver: Driver) -> None:
        await driver.say("today")
        seen = await driver.press("Search its title")
        assert "You searched for: a paper written" in seen.words

    async def test_the_same_button_twice_is_answered_twice(self, driver: Driver) -> None:
        await driver.say("date 2026-07-10")
        first = await driver.press("Again")
        second = await driver.press("Again")
        assert first.words == second.words

    async def test_a_button_with_a_question_hands_over_what_is_written(self, driver: Driver) -> None:
        await driver.say("today")
        seen = await driver.press("Search for …", answer="graph *networks* <@U1>")
        assert "You searched for: graph *networks* <@U1>" in seen.words
        assert_harmless(seen)

    async def test_two_people_at_once_get_their_own_answers(self, driver: Driver) -> None:
        one, two = await asyncio.gather(driver.say("search one", user="U1"), driver.say("search two", user="U2"))
        assert "You searched for: one" in one.words
        assert "You searched for: two" in two.words

    @pytest.mark.parametrize("line", SETTINGS)
    async def test_settings_are_told_to_the_named_manager_alone_however_they_are_spelled(
        self, driver: Driver, line: str
    ) -> None:
        alone, everybody = await driver.mention(line)
        assert SUBSCRIBED in alone.words
        assert SUBSCRIBED not in everybody.words

    @pytest.mark.parametrize("way", ["command", "button", "mention", "question"])
    async def test_a_request_is_read_once(self, driver: Driver, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
        await driver.say("today")  # whose button is pressed
        lines: list[str] = []
        parse = Engine.parse

        def counted(engine: Engine, request: Request) -> Parsed:
            lines.append(request.text)
            return parse(engine, request)

        monkeypatch.setattr(Engine, "parse", counted)
        match way:
            case "command":
                await driver.say("search once")
            case "button":
                await driver.press("Search its title")
            case "mention":
                await driver.mention("today")
            case "question":
                await driver.mention("what is attention?")
        assert len(lines) == 1

    # --- rendering -----------------------------------------------------------------------------------------------

    @rendering
    @given(document=documents())
    def test_any_document_keeps_the_limits_and_is_harmless(self, document: Document) -> None:
        assert_harmless(self.see(document))

    @rendering
    @given(document=documents())
    def test_no_word_is_lost_but_by_a_cut_that_is_told(self, document: Document) -> None:
        seen = self.see(document)
        assert seen.cut or not lost_words(document, seen)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(document=huge_documents())
    def test_a_huge_document_keeps_the_limits(self, document: Document) -> None:
        seen = self.see(document)
        assert_harmless(seen)
        assert seen.cut or not lost_words(document, seen)


def assert_harmless(seen: Seen) -> None:
    """Within the limits, nobody is pinged, and nothing from outside can be clicked."""
    assert not seen.faults
    assert not seen.pings
    assert EVIL_HOST not in {urlsplit(address).hostname for address in seen.links}


def lost_words(document: Document, seen: Seen) -> Counter[str]:
    """Words of a document that do not stand in what is seen of it, as often as they should.

    Only letters count, so a platform may wrap lines and put marks of its own between words.
    """
    letters = re.sub(r"[^a-zA-Z]+", "", seen.words)
    owed = Counter(word for piece in document_words(document) for word in re.findall(r"[a-zA-Z]{3,40}", piece))
    return Counter({word: times for word, times in owed.items() if letters.count(word) < times})


def document_words(document: Document) -> list[str]:
    """Every text of a document that a reader is owed; labels of buttons and descriptions of pictures are not."""
    return [document.title, *(piece for block in document.blocks for piece in _block_words(block))]


def _block_words(block: Block) -> list[str]:
    match block:
        case Heading(text=value) | Code(text=value):
            return [value]
        case Paragraph(text=value) | Footnote(text=value):
            return _text_words(value)
        case Bullets(items=items):
            return [piece for item in items for piece in _text_words(item)]
        case Quote(text=value, source=source):
            return [value, *_text_words(source)]
        case Facts(rows=rows):
            return [piece for name, value in rows for piece in (name, *_text_words(value))]
        case Card():
            details = [piece for detail in block.details for piece in detail]
            lines = (block.title, block.line, block.label, block.byline, block.why, block.body)
            return [*lines, *details, *_text_words(block.facts)]
        case Image() | Actions():
            return []


def _text_words(value: Text) -> list[str]:
    return [span.text for span in value if isinstance(span, Span)]


# --- the engine behind the contract ------------------------------------------------------------------------------


def contract_engine() -> Engine:
    """Handlers for some commands, each with another kind of end; an unknown word is the grammar's own error."""
    return Engine(
        COMMANDS,
        {
            "today": _lists,
            "yesterday": _hangs,
            "date": _repeats,
            "week": _finds_no_source,
            "trending": _breaks,
            "show": _shows_hostile_text,
            "search": _echoes,
            "subscribe": _subscribes,
            "help": _helps,
        },
        patience=0.05,
    )


async def _lists(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("Reading today's list …")
    card = Card(
        paper_id="2606.01234",
        title="A Paper Written for This Test",
        url=PAPER,
        line="It shows what a card looks like.",
        rank=1,
        facts=text(bold("12"), " upvotes · ", link("code", "https://github.com/example/repository")),
        actions=(
            Action("Search its title", "search a paper written"),
            Action("Search for …", "search", input=Input("Which words?")),
        ),
    )
    yield Final(Document("Trending papers", (card,)))


async def _repeats(asked: Asked) -> AsyncIterator[Reply]:
    again = Actions((Action("Again", "date 2026-07-10"),))
    yield Final(Document("A day", (Paragraph(text("One day's papers.")), again)))


async def _hangs(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("Reading yesterday's list …")
    await asyncio.Event().wait()


async def _finds_no_source(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("Reading the week's list …")
    raise SourceUnavailable("Hugging Face does not answer; please try again in a few minutes.")


async def _breaks(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("Reading what is trending …")
    raise RuntimeError("hidden detail")


async def _shows_hostile_text(asked: Asked) -> AsyncIterator[Reply]:
    hostile = " ".join(NASTY_FRAGMENTS)
    card = Card(paper_id="2606.01234", title=hostile[:300], url=PAPER, line=hostile, body=hostile, byline=hostile[:200])
    quoted = (Quote(hostile, text(hostile)), Code(hostile), Facts(((hostile[:80], text(hostile)),)))
    yield Final(Document(hostile[:300], (card, *quoted, *(Paragraph(text(piece)) for piece in NASTY_FRAGMENTS))))


async def _echoes(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document(blocks=(Paragraph(text("You searched for: ", asked.invocation.get("words"))),)))


async def _subscribes(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document(blocks=(Paragraph(text(f"{SUBSCRIBED}.")),)))


async def _helps(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document("What can be asked", (Paragraph(text("Commands.")),), private=True))
