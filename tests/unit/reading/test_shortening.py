"""Sentences made to fit a line stay whole and keep their meaning."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.plain import word_count
from bot.reading.shortening import shortened_title, without_aside, without_lead_in

PIECES = st.sampled_from(
    [
        "alpha",
        "beta,",
        "gamma;",
        "(delta)",
        "epsilon:",
        "zeta.",
        "注意力",
        "by",
        "the",
        "Thus,",
        "but",
        "which",
        "— and",
    ]
)
SENTENCES = st.lists(PIECES, max_size=90).map(" ".join)
LIMITS = st.integers(min_value=5, max_value=40)


@pytest.mark.parametrize(
    ("sentence", "bare"),
    [
        ("In this paper, we prune attention heads.", "We prune attention heads."),
        ("Moreover, it is fast.", "It is fast."),
        ("Moreover, vLLM is fast.", "vLLM is fast."),
        ("Here, iPhones are slow.", "iPhones are slow."),
        ("In this paper, ", "In this paper, "),
        ("However, it is slow.", "However, it is slow."),
        ("Rook prunes heads.", "Rook prunes heads."),
    ],
)
def test_an_opening_that_says_nothing_of_the_paper_is_taken_off(sentence: str, bare: str) -> None:
    assert without_lead_in(sentence) == bare


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        (
            "Rook prunes attention heads of large models during inference, making them faster on all data sets.",
            "Rook prunes attention heads of large models during inference.",
        ),
        (
            "Rook prunes attention heads of large models during inference; its code and its weights are public.",
            "Rook prunes attention heads of large models during inference.",
        ),
    ],
)
def test_an_aside_is_taken_off_a_sentence_that_is_too_long(sentence: str, short: str) -> None:
    assert without_aside(sentence, 12) == short


@pytest.mark.parametrize(
    "sentence",
    [
        "Rook prunes attention heads of large models during inference, but only on two of the nine data sets.",
        "Rook prunes attention heads of large models during inference; it does not work without training data.",
        "Rook prunes attention heads of large models, making them worse than all others on long and hard texts.",
        "Rook prunes attention heads of large models at inference — unless the models are larger than expected here.",
        "Rook prunes attention heads of large models during inference — under oracle labels for each of the data sets.",
        "Rook prunes attention heads of large models during inference – on two of the nine data sets of the suite.",
        "Rook prunes attention heads of large models, leading to fewer right answers on long texts and on hard ones.",
        "Rook prunes attention heads of large models during inference; each of them loses two points of accuracy then.",
        "Rook prunes heads fast (by gradients; by norms; by luck and other means, all tested here) in all models",
    ],
)
def test_what_limits_a_sentence_stays_in_it(sentence: str) -> None:
    assert without_aside(sentence, 12) == sentence


@given(SENTENCES, LIMITS)
def test_a_sentence_loses_its_end_or_nothing(sentence: str, limit: int) -> None:
    short = without_aside(sentence, limit)
    assert short == sentence or (sentence.startswith(short[:-1]) and word_count(short) <= limit)


@given(SENTENCES, LIMITS)
def test_a_title_fits_and_says_what_is_left_out(title: str, limit: int) -> None:
    short = shortened_title(title, limit)
    assert word_count(short.removesuffix(" …")) <= limit
    assert (short == title) is (word_count(title) <= limit or not short.endswith("…"))


@pytest.mark.parametrize("piece", [", a", "; a", "— a ", "which, ", ", which a", "thus, "])
@pytest.mark.parametrize("shorten", [without_lead_in, lambda text: without_aside(text, 25), shortened_title])
def test_shortening_takes_no_time_to_speak_of(piece: str, shorten: object) -> None:
    assert callable(shorten)
    started = time.process_time()
    shorten(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 0.1
