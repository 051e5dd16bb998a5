"""Finding, checking and saving JSON in a model's answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.jsonform import NotOfForm, complete_items, parse

ITEM = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"], "additionalProperties": False}
LIST = {"type": "object", "properties": {"items": {"type": "array", "items": ITEM}}, "required": ["items"]}
GOOD = {"items": [{"id": "a"}, {"id": "b"}]}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.mark.parametrize(
    "text",
    [json.dumps(GOOD), f"```json\n{json.dumps(GOOD, indent=2)}\n```", f"Here it is: {json.dumps(GOOD)} Done."],
    ids=["bare", "fenced", "in a sentence"],
)
def test_json_is_found_in_its_wrapping(text: str) -> None:
    assert parse(text, LIST) == GOOD


@pytest.mark.parametrize(
    "text", ["", "none", "[]", '{"items": [{}]}', '{"items": 1}', "{", "[" * 5_000, '{"a":' * 5_000]
)
def test_anything_else_is_not_of_the_form(text: str) -> None:
    with pytest.raises(NotOfForm):
        parse(text, LIST)


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with pytest.raises(NotOfForm):
        parse(text, LIST)


@given(VALUES)
def test_any_json_object_is_found(value: object) -> None:
    assert parse(json.dumps({"value": value}), {"type": "object"}) == {"value": value}


@given(st.integers(min_value=0, max_value=len(json.dumps(GOOD))))
def test_of_a_cut_answer_only_whole_items_are_saved(cut: int) -> None:
    text = json.dumps(GOOD)[:cut]
    whole = [item for item in GOOD["items"] if json.dumps(item) in text]
    assert complete_items(text, ITEM) == whole


def test_items_of_another_form_are_not_saved() -> None:
    assert complete_items('{"items": [{"id": 1}, {"id": "a", "x": 1}, {"id": "b"}, {"i', ITEM) == [{"id": "b"}]
