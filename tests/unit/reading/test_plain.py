"""Sentences from models and strangers lead nowhere."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.plain import plain_sentence, word_count

HOSTILE = st.lists(
    st.sampled_from(["<@U1>", "<!channel>", "@everyone", "https://evil.example/x", "[a](javascript:x)", "**", "`", "a",
                     "<b>", "www.evil.example", "\u202e", "\u200b", "<https://evil.example|here>", "\n# ", "<#C1|x>",
                     "a" * 60 + "://evil.example"]),
    max_size=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Rook** is `fast`.", "Rook is fast."),
        ("See [our page](https://evil.example/x) now.", "See our page now."),
        ("Go to https://evil.example/x now.", "Go to now."),
        ("Ask @everyone and <@U123>.", "Ask everyone and ."),
        ("- A point\nover lines", "A point over lines"),
        ("<b>Bold</b> claims", "Bold claims"),
        ("pass@1 is 3 < 4 and A* finds x_1", "pass@1 is 3 < 4 and A* finds x_1"),
        ("in\u200bvis\u202eible", "invisible"),
    ],
)
def test_only_words_stay(text: str, plain: str) -> None:
    assert plain_sentence(text) == plain


@pytest.mark.parametrize("piece", ["a.a.a.", "a+", "[", "[a](", "<a", "<@", "@", "*", "_", "www.", "a" * 50 + "://"])
def test_cleaning_takes_no_time_to_speak_of(piece: str) -> None:
    started = time.process_time()
    plain_sentence(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 0.2  # of the processor


@given(HOSTILE, st.sampled_from(["", " "]))
def test_no_link_mention_or_hidden_character_comes_through(pieces: list[str], between: str) -> None:
    plain = plain_sentence(between.join(pieces))
    assert not any(
        mark in plain for mark in ("<@", "<!", "<#", "@everyone", "://", "](", "\u202e", "\u200b", "**", "`")
    )


@given(st.text())
def test_any_text_comes_out_on_one_line(text: str) -> None:
    plain = plain_sentence(text)
    assert plain == " ".join(plain.split())


@pytest.mark.parametrize(("text", "count"), [("", 0), ("two words", 2), ("注意力机制", 3), ("用 GPU 训练", 4)])
def test_words_are_counted_in_scripts_without_spaces_too(text: str, count: int) -> None:
    assert word_count(text) == count
