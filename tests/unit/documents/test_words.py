"""Text made harmless, and documents as plain text."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from hypothesis import given

from bot.documents.model import Action, Actions, Bullets, Card, Document, Moment, Paragraph, code, link, text
from bot.documents.plain import plain_document, plain_text
from bot.documents.words import harmless, moment_words, on_one_line, with_code
from tests.strategies import documents, nasty_texts

AT = datetime(2026, 7, 11, 1, 30, tzinfo=UTC)


@given(value=nasty_texts())
def test_no_control_is_left_but_line_ends(value: str) -> None:
    assert all(unicodedata.category(char) != "Cc" or char == "\n" for char in harmless(value))


@given(value=nasty_texts())
def test_harmless_text_stays_as_it_is(value: str) -> None:
    assert harmless(harmless(value)) == harmless(value)


@given(value=nasty_texts())
def test_one_line_is_one_line(value: str) -> None:
    assert len(on_one_line(value).splitlines()) <= 1


@given(document=documents())
def test_every_button_of_a_document_is_written_out(document: Document) -> None:
    rows = [block.actions for block in document.blocks if isinstance(block, Actions)]
    said = plain_document(document)
    assert all(on_one_line(action.url or action.command) in said for row in rows for action in row)


def test_an_address_is_written_behind_its_label() -> None:
    assert (
        plain_text(text("see ", link("the code", "https://github.com/a/b"))) == "see the code (https://github.com/a/b)"
    )


def test_an_address_that_is_its_own_label_stands_once() -> None:
    assert plain_text(text(link("https://a.org", "https://a.org"))) == "https://a.org"


def test_code_stands_between_backticks() -> None:
    assert plain_text(text("type ", code("help"))) == "type `help`"


def test_a_sentence_with_backticks_becomes_code() -> None:
    assert with_code("Type `help` now.") == text("Type ", code("help"), " now.")


def test_a_single_backtick_stays_a_sign() -> None:
    assert with_code("a ` b") == text("a ` b")


def test_moments_are_told_in_the_zone_asked_for() -> None:
    assert moment_words(Moment(AT)) == "11 July 2026, 01:30 UTC"
    assert moment_words(Moment(AT, "date")) == "11 July 2026"
    assert moment_words(Moment(AT, "time")) == "01:30 UTC"


def test_a_card_hangs_under_its_number() -> None:
    card = Card(paper_id="1", title="Title", url="https://a.org/1", line="A line.", label="from the abstract", rank=12)
    said = plain_document(Document(blocks=(card,)))
    assert said.splitlines() == ["12. Title", "    https://a.org/1", "    A line.  [from the abstract]"]


def test_buttons_can_be_left_out() -> None:
    document = Document("T", (Paragraph(text("p")), Actions((Action("More", "today page 2"),))))
    assert plain_document(document).endswith("More: /papers today page 2")
    assert plain_document(document, buttons=False) == "T\n\np"


def test_an_ordered_list_counts() -> None:
    assert plain_document(Document(blocks=(Bullets((text("a"), text("b")), ordered=True),))) == "1. a\n2. b"
