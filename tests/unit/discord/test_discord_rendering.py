"""Documents stay within Discord's limits, whatever stands in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from adapters.discord.escape import escaped, shortened
from adapters.discord.inline import broken, markdown, runs_of
from adapters.discord.limits import length
from adapters.discord.render import CUT, components_of, pages
from bot.documents.model import (
    Action,
    Actions,
    Card,
    Document,
    Facts,
    Input,
    Moment,
    Paragraph,
    Span,
    Text,
    Tone,
    bold,
    italic,
    link,
    text,
)
from tests.servers.discord_checks import V2, message_faults
from tests.servers.discord_reading import read
from tests.strategies import documents, huge_texts, nasty_texts, texts

many = settings(deadline=None, suppress_health_check=list(HealthCheck))


def faults(document: Document) -> list[str]:
    """What Discord would refuse of a document's messages."""
    payloads = [
        {"components": components_of(page), "flags": V2, "allowed_mentions": {"parse": []}} for page in pages(document)
    ]
    return [fault for payload in payloads for fault in message_faults(payload)]


@many
@given(documents())
def test_no_payload_is_over_a_limit(document: Document) -> None:
    assert not faults(document)


@pytest.mark.long
@settings(many, max_examples=10_000)
@given(documents())
def test_no_payload_of_ten_thousand_documents_is_over_a_limit(document: Document) -> None:
    assert not faults(document)


def test_buttons_whose_questions_had_to_be_shortened_differ() -> None:
    asks = tuple(Action("Ask", "ask 2606.01234", input=Input(chr(0x4E00 + which) * 200)) for which in range(3))
    assert not faults(Document(blocks=(Actions(asks),)))


@pytest.mark.real_data
def test_no_odd_entry_is_over_a_limit(shared_data: Path) -> None:
    lines = (shared_data / "huggingface" / "odd_entries.jsonl").read_text().splitlines()
    cards = [_card(json.loads(line)["entry"]["paper"]) for line in lines]
    assert len(cards) > 100
    assert not [fault for card in cards for fault in faults(Document(blocks=(card,)))]
    assert not faults(Document("All of them", tuple(cards)))


def _card(entry: dict[str, Any]) -> Card:
    return Card(
        paper_id=str(entry.get("id")),
        title=str(entry.get("title") or "untitled"),
        url="https://huggingface.co/papers/1",
        line=str(entry.get("ai_summary") or ""),
        byline=", ".join(str(author.get("name")) for author in entry.get("authors") or []),
        body=str(entry.get("summary") or ""),
        actions=(Action("Details", f"show {entry.get('id')}"),),
    )


@given(nasty_texts())
def test_escaped_text_reads_as_it_was_and_opens_nothing(words: str) -> None:
    reading = read(escaped(words))
    assert not reading.links
    assert not reading.mentions


@many
@given(texts())
def test_pieces_keep_their_limit(value: Text) -> None:
    assert all(length(piece) <= 3000 for piece in markdown(value, 3000))


@settings(deadline=None, max_examples=10)
@given(huge_texts())
def test_shortening_keeps_its_limit(words: str) -> None:
    assert length(shortened(words, 80)) <= 80


@many
@given(texts())
@example((Span("0", bold=True, code=True), Span(""), Span("0", bold=True, code=True)))
def test_a_text_reads_the_same_escaped_as_a_whole_and_word_by_word(value: Text) -> None:
    assert markdown(value, 10**9) == [piece for piece in broken(runs_of(value), 10**9) if piece.strip()]


def test_styles_and_links_are_written_as_discord_reads_them() -> None:
    value = text("see ", bold("this "), italic("one"), " at ", link("the [page]", "https://arxiv.org/abs/1"), ".")
    assert markdown(value, 2000) == [r"see **this** *one* at [the \[page\]](<https://arxiv.org/abs/1>)."]


def test_channels_and_people_are_shown_by_name() -> None:
    value = text(Span("123", refers="channel"), " ", Span("45", refers="person"), " ", Span("@all", refers="person"))
    assert markdown(value, 2000) == [f"<#123> <@45> {escaped('@all')}"]
    [shown] = components_of(pages(Document(blocks=(Facts((("Where", value),)),)))[0])
    assert shown["content"] == f"**Where** <#123> <@45> {escaped('@all')}"


def test_a_link_that_is_broken_over_two_pieces_is_a_link_in_both() -> None:
    pieces = markdown(text(link("word " * 100, "https://arxiv.org/abs/1")), 300)
    assert len(pieces) > 1
    assert all(read(piece).links == {"https://arxiv.org/abs/1"} for piece in pieces)


def test_text_is_broken_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {number}. " + "words " * 50 for number in range(6)]
    pieces = markdown(text("\n\n".join(paragraphs)), 1000)
    assert all(piece.startswith("Paragraph") for piece in pieces)


def test_a_cut_is_told() -> None:
    document = Document(blocks=(Paragraph(text("word " * 20_000)),))
    assert len(pages(document)) == 8
    assert CUT in str(components_of(pages(document)[-1]))


def test_a_card_stands_with_its_picture_and_its_buttons() -> None:
    card = Card(
        paper_id="2606.01234", title="A Title", url="https://huggingface.co/papers/2606.01234", rank=3,
        thumbnail="https://cdn-thumbnails.huggingface.co/a.png", actions=(Action("Details", "show 2606.01234"),),
    )  # fmt: skip
    [page] = pages(Document(blocks=(card,)))
    section, row = components_of(page)
    assert section["components"][0]["content"] == r"### 3\. [A Title](<https://huggingface.co/papers/2606.01234>)"
    assert section["accessory"]["media"]["url"].endswith("a.png")
    assert row["components"][0]["custom_id"] == "pw1:o:show 2606.01234"


def test_a_button_that_none_can_carry_is_written_out() -> None:
    words = "".join(chr(0x4E00 + 37 * number % 20_000) for number in range(300))
    shown = components_of(pages(Document(blocks=(Actions((Action("More", f"search {words}"),)),)))[0])
    assert f"`/papers search {words}`" in shown[0]["content"]


@pytest.mark.parametrize("tone", [Tone.NOTICE, Tone.ERROR])
def test_notices_and_errors_stand_beside_a_coloured_bar(tone: Tone) -> None:
    [container] = components_of(pages(Document(blocks=(Paragraph(text("no")),), tone=tone))[0])
    assert container["type"] == 17
    assert container["accent_color"]


def test_an_instant_is_shown_in_the_readers_own_zone() -> None:
    assert markdown((Moment(datetime(2026, 7, 10, tzinfo=UTC), "relative"),), 100) == ["<t:1783641600:R>"]
