"""Thoughts are dropped, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.thinking import ThoughtFilter, without_thoughts

PIECES = st.lists(st.sampled_from(["<think>", "</think>", "<th", "ink>", "hm", " ", "\n", "Yes.", "<b>"]), max_size=9)


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
    ],
)
def test_only_opening_thoughts_are_dropped(text: str, answer: str) -> None:
    assert without_thoughts(text) == answer


@given(PIECES)
def test_cutting_the_stream_elsewhere_changes_nothing(pieces: list[str]) -> None:
    thoughts = ThoughtFilter()
    streamed = "".join(thoughts.feed(piece) for piece in pieces) + thoughts.end()
    assert streamed == without_thoughts("".join(pieces))
