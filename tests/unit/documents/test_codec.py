"""What is written down comes back the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from bot.documents.codec import dump, load
from bot.documents.model import Document, Image, Moment, Paragraph, Tone
from tests.strategies import documents


@given(documents())
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    back = load(dump(document))
    assert back == document
    assert back.data == document.data


def test_instants_bytes_tone_and_data_survive() -> None:
    document = Document(
        "Title",
        (Paragraph((Moment(datetime(2026, 7, 10, 9, 30, tzinfo=UTC), "time"),)), Image("a chart", data=b"\x89PNG\x00")),
        tone=Tone.NOTICE,
        private=True,
        data={"papers": [{"type": "Span", "n": 1}], "none": None},
    )
    assert load(dump(document)) == document
    assert load(dump(document)).data == document.data


def test_a_field_that_is_not_known_any_more_is_passed_over() -> None:
    assert load('{"type":"Document","title":"T","colour":"red"}') == Document("T")


@pytest.mark.parametrize("text", ["", "{}", "[]", '"words"', '{"type":"Span","text":"x"}', '{"type":"os.system"}'])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(text)
