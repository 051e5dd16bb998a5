"""Finding, checking and saving JSON in a model's answer."""

from __future__ import annotations

import contextlib
import json
import time

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
    ("written", "read"),
    [
        (r"at rate \(\alpha\)", r"at rate \(\alpha\)"),
        (
            r"\frac{1}{2} \beta \nu \rho \text{x} \upsilon_1 \to \ne \alpha",
            r"\frac{1}{2} \beta \nu \rho \text{x} \upsilon_1 \to \ne \alpha",
        ),
        (r"\tau is \\alpha", r"\tau is \alpha"),
        (r"\theta only", r"\theta only"),
        (r"\\theta escaped", r"\theta escaped"),
        (r"\\\\ two", r"\\ two"),
        (r"one\nunder two\tthree", "one\nunder two\tthree"),
        ("a\nraw line\tend", "a\nraw line\tend"),
        (r"50\% and \_ and \{x\}", r"50\% and \_ and \{x\}"),
        (r"don\'t", "don't"),
        (r"\u00e9 \u12", "é \\u12"),
        (r"a \"quoted\" word", 'a "quoted" word'),
        ("a comma ,] stays", "a comma ,] stays"),
    ],
)
def test_tex_and_raw_line_ends_are_read_as_they_are_meant(written: str, read: str) -> None:
    text = f'{{"items": [{{"id": "{written}"}}'
    for ending in ("]}", ",]}", " , ]}"):
        assert parse(text + ending, LIST) == {"items": [{"id": read}]}
        assert parse(json.dumps(text + ending), LIST) == {"items": [{"id": read}]}
    assert complete_items(text, ITEM) == [{"id": read}]


@pytest.mark.parametrize("times", [1, 2])
def test_json_inside_a_json_string_is_read(times: int) -> None:
    text = json.dumps(GOOD)
    for _ in range(times):
        text = json.dumps(text)
    assert parse(text, LIST) == GOOD
    assert complete_items(text, ITEM) == GOOD["items"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('{"items": [{"id": "he said "yes" here"}]}', ['he said "yes" here']),
        (
            '{"items": [{"id": "the "first", and the "second" one"}, {"id": "b"}]}',
            ['the "first", and the "second" one', "b"],
        ),
        ('{"items": [{"id": "a"} {"id": "b"}]}', ["a", "b"]),
        ('{"note": "x" "items": [{"id": "a"}\n{"id": "b"},]}', ["a", "b"]),
        ('{"n": 1 "items": [{"id": "a"}]}', ["a"]),
        ("{“items”: [{“id”: “a”}]}", ["a"]),
        (r'{"items": [{"id": "at \(\alpha\) "so" far"}]}', [r'at \(\alpha\) "so" far']),
    ],
)
def test_quotes_in_strings_and_missing_commas_are_put_right(text: str, ids: list[str]) -> None:
    assert [item["id"] for item in parse(text, LIST)["items"]] == ids


def test_of_several_values_the_last_of_the_form_counts() -> None:
    draft, example = json.dumps({"items": []}), json.dumps({"items": [{"other": 1}]})
    assert parse(f"Draft: {draft} Now: {json.dumps(GOOD)} Not: {example}", LIST) == GOOD


def test_what_is_plainly_meant_is_made_to_fit() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "array", "items": {"type": "integer"}, "maxItems": 2}, "s": {"type": "string"}},
        "required": ["n"],
    }
    assert parse('{"n": ["1", 2, 3], "s": "4"}', schema) == {"n": [1, 2], "s": "4"}
    assert parse('{"n": "[1, 2]"}', schema) == {"n": [1, 2]}
    for written in ("1", '"1"', '"[1]"', '["[1]"]', '[" 1 "]'):
        assert parse(f'{{"n": {written}}}', schema) == {"n": [1]}
    for written in ('"1, 2"', '"1;2"', '"[1], [2]"', '["1","[2]"]'):
        assert parse(f'{{"n": {written}}}', schema) == {"n": [1, 2]}
        assert complete_items(f'[{{"n": {written}}}', schema) == [{"n": [1, 2]}]
    with pytest.raises(NotOfForm):
        parse('{"n": ["one"]}', schema)


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


MESS = st.lists(
    st.sampled_from(['{"items": [', '{"id": "', '"}', "]}", "\\", "\\u", "\\beta", '"', "{", "}", ",", "\n", "é", "-"]),
    max_size=30,
).map("".join)


@given(MESS)
def test_any_mess_is_parsed_or_refused_and_nothing_is_invented(text: str) -> None:
    with contextlib.suppress(NotOfForm):
        assert all(set(item["id"]) <= set(text) for item in parse(text, LIST)["items"])
    assert all(set(item["id"]) <= set(text) for item in complete_items(text, ITEM))


@pytest.mark.parametrize(
    "unit",
    [
        "{",
        '{"a":',
        '{"a":[',
        "[",
        '"',
        '\\"',
        "\\",
        "{}",
        '{"a',
        "a, ",
        ",",
        '{"id": "\\(", ',
        '"a\\nu',
        "{ ",
        '"{\\"',
        "\\beta ",
        '" ',
        '"  , ',
        '"a" ',
        '"a"' + " " * 500,
        "1 ",
        "} ",
    ],
)
@pytest.mark.parametrize("start", ["", '"', '{"items": [{"id": "'])
def test_any_long_mess_is_refused_soon(unit: str, start: str) -> None:
    text = (start + unit * 30_000)[:30_000]
    began = time.process_time()
    with contextlib.suppress(NotOfForm):
        parse(text, LIST)
    complete_items(text, ITEM)
    assert time.process_time() - began < 3


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_valid_json_is_never_altered(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps({"value": value}, indent=indent, ensure_ascii=ascii_only)
    assert parse(text, {"type": "object"}) == {"value": value}


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
