"""Documents as HTML."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from selectolax.lexbor import LexborHTMLParser

from bot.documents.html import html_document, html_page
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
    Moment,
    Paragraph,
    Quote,
    bold,
    code,
    italic,
    link,
    text,
)
from tests.contract.adapters.contract import Seen, lost_words
from tests.strategies import EVIL_HOST, documents

rendering = settings(deadline=None, suppress_health_check=list(HealthCheck))
NOON = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)


def _html(*blocks: Block, title: str = "") -> str:
    return html_document(Document(title, blocks), source=lambda image: image.url)


def _shown(*blocks: Block) -> str:
    """What somebody reads of it."""
    return " ".join(LexborHTMLParser(_html(*blocks)).text(separator=" ").split())


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (Heading("A < B"), "A < B"),
        (Paragraph(text("one ", bold("two"), " ", italic("three"), " ", code("four"))), "one two three four"),
        (Paragraph(text(Moment(NOON))), "10 July 2026, 12:00 UTC"),
        (Bullets((text("first"), text("second"))), "first second"),
        (Quote("said", text("by them")), "said by them"),
        (Code("a\n  b"), "a b"),
        (Facts((("When", text("at nine")), ("What", text("papers")))), "When: at nine What: papers"),
        (Footnote(text("small")), "small"),
        (Image(alt="A chart", title="Topics"), "Topics [A chart]"),
        (Actions((Action("Open", url="https://arxiv.org"), Action("Show", "show #1"))), "Open"),
    ],
)
def test_every_block_says_its_words(block: Block, words: str) -> None:
    assert _shown(block) == words


def test_card_says_all_but_its_buttons_and_its_picture() -> None:
    card = Card(
        paper_id="2607.00001",
        title="On kites",
        url="https://huggingface.co/papers/2607.00001",
        line="Kites fly.",
        label="from the abstract",
        rank=3,
        details=(("Method", "Wind."),),
        facts=text("9 upvotes"),
        byline="A. Author",
        why="about kites",
        thumbnail="https://cdn.example/kite.png",
        actions=(Action("Ask", "ask 2607.00001"),),
    )
    assert _shown(card) == ("3. On kites Kites fly. [from the abstract] Method: Wind. 9 upvotes A. Author about kites")
    assert "kite.png" not in _html(card)


def test_addresses_that_are_not_of_the_web_are_no_links() -> None:
    html = _html(Paragraph(text(link("press", "javascript:alert(1)"), link("here", 'https://arxiv.org/"x'))))
    assert "javascript" not in html
    [anchor] = LexborHTMLParser(html).css("a")
    assert anchor.attributes["href"] == 'https://arxiv.org/"x'


def test_lines_stay_lines() -> None:
    assert "one<br>two" in _html(Paragraph(text("one\ntwo")))


def test_page_has_its_title_escaped() -> None:
    page = html_page("</title><script>", "<p>{}</p>")
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in page
    assert "<p>{}</p>" in page


@settings(rendering, max_examples=30)
@given(documents())
def test_no_text_becomes_markup(document: Document) -> None:
    tree = LexborHTMLParser(html_document(document, source=lambda _: None))
    assert not tree.css("script, iframe, object, form, style, base, img")
    assert not [node for node in tree.css("a") if EVIL_HOST in (node.attributes.get("href") or "")]


@settings(rendering, max_examples=30)
@given(documents())
def test_no_word_is_lost(document: Document) -> None:
    tree = LexborHTMLParser(html_document(document, source=lambda _: None))
    assert not lost_words(document, Seen(words=tree.text(separator=" ")))
