"""Thoughts are dropped, however the stream is cut."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.heard import Heard
from bot.llm.pieces import Piece

MARKS = ["<think>", "</think>", "<th", "ink>", "[THINK]", "[/THINK]", "<|channel|>", "final", "<|message|>", "analysis"]
PIECES = st.lists(st.sampled_from([*MARKS, "hm", " ", "\n", "Yes.", "<b>", "{", "}"]), max_size=9)


def heard(pieces: Iterable[str], *, is_json: bool = False) -> tuple[str, str]:
    """What is passed on of these pieces, and the answer in the end."""
    one = Heard(is_json=is_json)
    passed_on = "".join(one.take(Piece(text=piece)) for piece in pieces) + one.end()
    return passed_on, one.text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes.", "Yes."),
        ("<think>Hm.</think>\n\nYes.", "Yes."),
        ("\n<think>Hm.\n</think>Yes.", "Yes."),
        ("<think>never ending", ""),
        ("<thinker> is a tag", "<thinker> is a tag"),
        ("Say <think>aloud</think>.", "Say <think>aloud</think>."),
        ("<thi", "<thi"),
        ("", ""),
        ("Hm.</think>Yes.", "Yes."),
        ("[THINK]Hm.[/THINK]Yes.", "Yes."),
        ("<seed:think>Hm.</seed:think>Yes.", "Yes."),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.", "Yes."),
        ("<|channel|>commentary<|message|>never ending", ""),
    ],
)
def test_only_opening_thoughts_are_dropped(text: str, answer: str) -> None:
    assert heard([text])[1] == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Hm. {} So.</think>{1}", "{1}"),
        ("Hm.</think>More.</think>{1}", "{1}"),
        ('{"a": "</think>', '{"a": "</think>'),
        ("Here it is: {1}", "Here it is: {1}"),
        ("I <think> so</think>: {1}", "I <think> so</think>: {1}"),
        ("```json\n{1}\n```", "```json\n{1}\n```"),
    ],
)
def test_words_before_json_are_held_back_until_they_are_known_to_be_none_of_thoughts(text: str, answer: str) -> None:
    passed_on, whole = heard(list(text), is_json=True)
    assert passed_on == answer
    if not answer.startswith("{"):
        assert whole == answer


@given(PIECES, st.booleans())
def test_cutting_the_stream_elsewhere_changes_nothing(pieces: list[str], is_json: bool) -> None:
    assert heard(pieces, is_json=is_json) == heard(["".join(pieces)], is_json=is_json)


@pytest.mark.parametrize(
    "unit", ["</think>", "hm</think>", "<think>", "hm ", "<|channel|>", "[", "\n", "</think> ", " "]
)
@pytest.mark.parametrize("start", ["", "<think>", "hm "])
def test_long_thoughts_cost_little(unit: str, start: str) -> None:
    began = time.process_time()
    heard([start, *[unit] * 40_000], is_json=True)
    assert time.process_time() - began < 2  # seconds; quadratic, it takes a minute


def test_an_answer_in_json_may_speak_of_marks() -> None:
    text = '{"claims": [{"text": "Thoughts end at </think> there.", "sentences": [1]}]}'
    assert heard(text, is_json=True)[1] == text
