"""Documents as messages: the limits, the form, what is pressed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.slack.buttons import MODAL, Press, modal, row
from adapters.slack.home import home_view, prompts
from adapters.slack.limits import BLOCKS_TOTAL
from adapters.slack.people import Person
from adapters.slack.render import plain, render, render_view
from bot.chat.commands import COMMANDS
from bot.documents.model import Action, Actions, Card, Code, Document, Footnote, Image, Input, Paragraph, Quote, text
from bot.reading.cards import card_actions
from tests.servers.slack_checks import block_faults, message_faults, view_faults
from tests.strategies import actions, documents

relaxed = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
thorough = settings(deadline=None, max_examples=10_000, suppress_health_check=list(HealthCheck))


def faults(document: Document) -> list[str]:
    """What Slack would refuse of a document."""
    forms = [*render(document), *render(document, budget=BLOCKS_TOTAL // 2), *plain(document)]
    return [fault for message in forms for fault in message_faults(message.payload)]


def elements(blocks: Sequence[Any]) -> list[Any]:
    """The buttons and menus of blocks."""
    return [element for block in blocks for element in block["elements"]]


@relaxed
@given(documents())
def test_any_document_keeps_every_limit(document: Document) -> None:
    assert not faults(document)


@pytest.mark.long
@thorough
@given(documents())
def test_ten_thousand_documents_keep_every_limit(document: Document) -> None:
    assert not faults(document)


def test_a_label_is_shown_where_there_is_no_line() -> None:
    withdrawn = Card(paper_id="2607.00001", title="T", url="https://x.test/", label="withdrawn")
    payloads = [message.payload for message in render(Document(blocks=(withdrawn,)))]
    assert "withdrawn" in json.dumps(payloads)


@relaxed
@given(documents())
def test_any_document_fits_a_view(document: Document) -> None:
    assert not block_faults(render_view(document), "home")
    assert not view_faults(home_view(document, Person(), "D1"))


@relaxed
@given(actions())
def test_what_a_button_stands_for_comes_back(action: Action) -> None:
    for button in elements(row([action])):
        if "value" in button:
            press = Press.decode(button["value"], action.label)
            assert press is not None
            assert (press.command, press.private, press.input) == (action.command, action.private, action.input)
            assert press.title == (action.label if action.input else "")


@relaxed
@given(actions())
def test_any_question_fits_a_window(action: Action) -> None:
    assert not view_faults(modal(Press(action.command, input=action.input, title=action.label), "{}"))


@pytest.mark.real_data
def test_every_odd_entry_keeps_the_limits(shared_data: Path) -> None:
    lines = (shared_data / "huggingface" / "odd_entries.jsonl").read_text().splitlines()
    for line in lines:
        paper = json.loads(line)["entry"]["paper"]
        title, abstract = str(paper.get("title") or ""), str(paper.get("summary") or "")
        authors = ", ".join(str(author.get("name")) for author in paper.get("authors") or [])
        url = f"https://huggingface.co/papers/{paper['id']}"
        card = Card(paper_id=paper["id"], title=title, url=url, line=abstract[:200], body=abstract, byline=authors)
        document = Document(title, (card, Quote(abstract), Code(abstract)))
        assert not faults(document)


def test_a_card_has_title_link_picture_and_buttons() -> None:
    card = Card(
        paper_id="1",
        title="T",
        url="https://huggingface.co/papers/1",
        rank=3,
        thumbnail="https://cdn-thumbnails.huggingface.co/1.png",
        actions=(Action("Details", "show 1"),),
    )
    face, buttons = render(Document(blocks=(card,)))[0].blocks
    assert face["text"]["text"] == "*3.* *<https://huggingface.co/papers/1|T>*"  # type: ignore[index]
    assert face["accessory"]["alt_text"] == "First page of T"  # type: ignore[index]
    assert buttons["elements"][0]["value"] == "show 1"  # type: ignore[index]


def test_many_plain_buttons_become_a_menu() -> None:
    many = tuple(Action(f"Day {number}", f"date 2026-07-{number:02}") for number in range(1, 9))
    (menu,) = elements(render(Document(blocks=(Actions(many),)))[0].blocks)
    assert [option["text"]["text"] for option in menu["options"]] == [f"Day {number}" for number in range(1, 9)]


def test_many_long_things_in_one_place_are_spread() -> None:
    menu = Actions(tuple(Action(f"{number} " * 30, "search " + f"{number:03}" * 45) for number in range(300)))
    buttons = Actions(tuple(Action("x", "search " + "y" * 1_900) for _ in range(25)))
    assert not faults(Document(blocks=(menu, buttons, Footnote(text("a < b & c " * 3_000)))))


def test_a_quotation_whose_source_has_many_lines_stays_a_section() -> None:
    assert not faults(Document(blocks=(Quote("Said.", text("a\n" * 1_400)),)))


def test_a_picture_without_an_address_is_told_in_words() -> None:
    (block,) = render(Document(blocks=(Image(alt="a curve that rises", data=b"png"),)))[0].blocks
    assert "a curve that rises" in str(block)


def test_a_document_without_words_says_so() -> None:
    (message,) = render(Document())
    assert message.text
    assert message.blocks


def test_the_text_of_a_message_says_what_its_blocks_say() -> None:
    (message,) = render(Document("Title & more", (Paragraph(text("words")), Footnote(text("small")))))
    assert message.text == "Title &amp; more\nwords\nsmall"


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (Action("Details", "show 1"), "show 1"),
        (Action("Save", "save 1", private=True), "~save 1"),
        (Action("Ask", "ask 1", input=Input("Why?")), "?ask 1\nWhy?"),
        (Action("Ask", "ask 1", input=Input("Why?", "or how")), "?ask 1\nWhy?\nor how"),
    ],
)
def test_what_most_buttons_stand_for_is_short(action: Action, value: str) -> None:
    (button,) = elements(row([action]))
    assert button["value"] == value


def test_a_value_of_an_older_version_is_read() -> None:
    old = '{"command":"ask 1","title":"Ask","input":["Why?","or how",2000,true]}'
    assert Press.decode(old, "Ask") == Press("ask 1", input=Input("Why?", "or how"), title="Ask")


def a_list(line: str) -> Document:
    """Ten papers, as a list shows them."""
    cards = (
        Card(
            paper_id=f"2607.{number:05}",
            title="A Title of the Usual Length for a Paper of These Days",
            url=f"https://huggingface.co/papers/2607.{number:05}",
            rank=number,
            line=line,
            thumbnail=f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.{number:05}.png",
            actions=card_actions(f"2607.{number:05}", frozenset({"show", "ask", "similar", "save"})),
        )
        for number in range(1, 11)
    )
    return Document("Trending papers", tuple(cards))


def test_ten_papers_are_one_message_with_all_their_pictures() -> None:
    (message,) = render(a_list("A line of some twenty words says what there is to be said of a paper. " * 2))
    assert str(message.blocks).count("accessory") == 10


def test_ten_papers_with_long_lines_are_one_message_whose_first_ones_have_pictures() -> None:
    (message,) = render(a_list("A line of some twenty words says what there is to be said of a paper. " * 6))
    pictures = ["accessory" in block for block in message.blocks if block["type"] == "section"]
    assert pictures == sorted(pictures, reverse=True)
    assert 0 < sum(pictures) < 10


def test_a_list_too_long_for_one_message_keeps_its_pictures() -> None:
    messages = render(a_list("A line of some twenty words says what there is to be said of a paper. " * 20))
    assert sum(str(message.blocks).count("accessory") for message in messages) == 10


@pytest.mark.parametrize("value", ["", "{}", "{", '{"command":1,"input":"x"}', '{"command":"x","input":[1]}', "?x"])
def test_a_foreign_value_is_no_press(value: str) -> None:
    assert Press.decode(value) is None


def test_a_window_asks_what_the_button_asks() -> None:
    view = modal(Press("ask 1", input=Input("Question?", "such as why", 500), title="Ask"), "{}")
    assert view["callback_id"] == MODAL
    assert "Question?" in str(view["blocks"])


def test_prompts_come_from_the_grammar() -> None:
    assert prompts(COMMANDS)[0]["message"] == "today"
    assert prompts(COMMANDS)[-1]["message"].startswith("help")
