"""The claims that the second grounding set makes: true ones keep the number's value, altered ones do not."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from benchmarks.grounding import Source, rewritten, wilson
from benchmarks.rewriting import altered_claims, numbers, true_claims, writings

SENTENCE = "Our kettle boils twelve pots 3 times faster with 1.5 million drops and saves 40% of 10,000 candles."


def test_the_numbers_of_a_sentence_are_found_with_their_kinds() -> None:
    assert [(number.kind, int(number.value)) for number in numbers(SENTENCE)] == [
        ("word", 12),
        ("multiple", 3),
        ("size", 1_500_000),
        ("percent", 40),
        ("count", 10_000),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2019 nobody counted.",
        'It says "12 pots" there.',
        "GPT-4 and v1.2.3 on 2-4 pots.",
        "It is (1) fast, (2) hot.",
    ],
)
def test_numbers_whose_meaning_is_in_doubt_are_left_alone(sentence: str) -> None:
    assert numbers(sentence) == []


@pytest.mark.parametrize(
    ("kind", "value", "some"),
    [
        ("percent", "50", {"50 %", "50 per cent", "half", "fifty percent"}),
        ("multiple", "3", {"threefold", "3-fold", "a factor of 3"}),
        ("size", "70000000000", {"70B", "70 billion", "7e10", "7 × 10¹⁰", "70,000,000,000"}),
        ("count", "0.001", {"1e-3", "1 × 10⁻³", ".001"}),
        ("count", "23", {"twenty-three"}),
        ("ordinal", "3", {"3rd"}),
        ("ms", "40", {"40 ms", "0.04 seconds"}),
        ("GB", "1.5", {"1.5 GB", "1500 MB"}),
    ],
)
def test_a_value_is_written_in_many_ways(kind: str, value: str, some: set[str]) -> None:
    assert some <= set(writings(kind, Decimal(value)))


def test_claims_have_other_numbers_than_their_sentence_only_if_altered() -> None:
    draw = random.Random(1)  # noqa: S311 - writing claims, no secret
    assert len(list(true_claims(SENTENCE, draw))) == 5
    assert any(claim for _, claim in altered_claims(SENTENCE, draw))


def test_the_checker_tells_the_claims_apart() -> None:
    sources = [Source("Kettles", SENTENCE.replace("40", str(share))) for share in range(20, 60)]
    figures = rewritten(sources)
    assert figures["true"] == 200
    assert figures["true_dropped_percent"] <= 1
    assert figures["caught_percent"] >= 90


@pytest.mark.parametrize(("hits", "n", "interval"), [(0, 2000, [0.0, 0.19]), (50, 100, [40.38, 59.62])])
def test_an_interval_has_a_width_even_without_a_hit(hits: int, n: int, interval: list[float]) -> None:
    assert wilson(hits, n) == interval
