"""Sentences made to fit a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.plain import word_count
from bot.reading.shortening import clause_within, shortened

PIECES = st.sampled_from(
    ["alpha", "beta,", "gamma;", "(delta)", "epsilon:", "zeta.", "注意力", "by", "the", "In this paper,", "but", "and"]
)
SENTENCES = st.lists(PIECES, max_size=90).map(" ".join)
LIMITS = st.integers(min_value=5, max_value=40)


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("Rook prunes heads of large models.", "Rook prunes heads of large models."),
        (
            "Rook prunes attention heads of large models during inference, making them faster on all data.",
            "Rook prunes attention heads of large models during inference …",
        ),
        (
            "Large models are slow on all hardware, but pruning their attention heads makes them fast.",
            "… pruning their attention heads makes them fast.",
        ),
        (
            "In this paper, we prune attention heads of models without any training at all.",
            "We prune attention heads of models without any training at all.",
        ),
        (
            "Rook is a fast framework measured for accuracy, latency, memory, and cost on many machines.",
            "Rook is a fast framework measured …",
        ),
        (
            "Rook makes large language models much faster by pruning the attention heads of each layer.",
            "Rook makes large language models much faster …",
        ),
        (
            "Every single head that is pruned brings us one step closer to the end",
            "Every single head that is pruned brings us one step closer …",
        ),
    ],
)
def test_what_is_left_can_stand_alone(sentence: str, short: str) -> None:
    assert shortened(sentence, 12) == short


@given(SENTENCES, LIMITS)
def test_a_shortened_sentence_fits(sentence: str, limit: int) -> None:
    assert word_count(shortened(sentence, limit)) <= limit


@given(SENTENCES, LIMITS)
def test_a_shortened_sentence_is_in_the_words_of_the_long_one(sentence: str, limit: int) -> None:
    kept = shortened(sentence, limit).removeprefix("… ").removesuffix(" …")
    assert kept[1:] in sentence
    assert kept[:1].lower() in sentence.lower()


@given(SENTENCES, LIMITS)
def test_a_sentence_that_fits_stays_as_it_is(sentence: str, limit: int) -> None:
    assert word_count(sentence) > limit or shortened(sentence, limit) == sentence


@given(SENTENCES, LIMITS)
def test_a_clause_keeps_most_of_the_limit_or_the_sentence_stays(sentence: str, limit: int) -> None:
    clause = clause_within(sentence, limit)
    assert clause == sentence or 0.6 * limit <= word_count(clause) <= limit


def test_a_clause_is_not_cut_inside_brackets() -> None:
    sentence = (
        "Rook prunes heads fast (by gradients, by norms, by luck and other means, all tested here) without training"
    )
    assert clause_within(sentence, 10) == sentence
