"""Numbers in a summary that stand in the source, and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.grounding import ungrounded_numbers
from bot.reading.sentences import split_sentences

SOURCE = (
    "Faster Rooks with GPT-4 and Qwen2.5-7B. We train Rook, a model with 1.5B parameters, on 12 datasets and 1,024 "
    "examples. It raises accuracy from 45.2\\% to 67.8\\% and is $3\\times$ faster, saving 40 percent of memory. "
    "Two ablations over 8-bit kernels on H100 GPUs need 2--4 hours; latency falls to 0.90 ms. Since 2019 nobody "
    "trained on 300K games, a 2-fold rise over 150 thousand games."
)

GROUNDED = [
    "Rook has 1.5 billion parameters.",
    "Rook has 1,500,000,000 parameters.",
    "It trains on 12 datasets.",
    "It trains on 1024 examples.",
    "Accuracy rises to 67.8%.",
    "Accuracy rises from 45.2 percent to 67.8 percent.",
    "Rook is 3x faster.",
    "Rook is 3 times faster.",
    "It saves 40% of memory.",
    "It has 2 ablations.",
    "Kernels of 8 bits run on an H100.",
    "It needs 2-4 hours.",
    "Latency falls to 0.9 ms.",
    "It trains on 300,000 games.",
    "A two-fold rise over 150K games.",
    "It uses GPT 4 and Qwen2.5 7B.",
    "It uses GPT-4 (and more).",
    "There are no numbers here.",
    "One of them is best.",
    "Rook (1) trains and (2) plays.",
]

NOT_GROUNDED = [
    ("Rook has 1.5 million parameters.", ["1.5 million"]),
    ("Rook has 1.6B parameters.", ["1.6B"]),
    ("It trains on 13 datasets.", ["13"]),
    ("It has 12 layers.", ["12"]),
    ("Accuracy rises to 67%.", ["67%"]),
    ("Accuracy rises to 67.80001%.", ["67.80001%"]),
    ("Rook is 40x faster.", ["40x"]),
    ("It saves 3% of memory.", ["3%"]),
    ("It has three ablations.", ["three"]),
    ("Latency falls to 0.09 ms.", ["0.09 ms"]),
    ("It uses GPT-5.", ["GPT-5"]),
    ("It uses Qwen2.5-72B.", ["Qwen2.5-72B"]),
    ("It runs on an A100.", ["A100"]),
    ("Since 2020 nobody tried.", ["2020"]),
    ("Accuracy rises from 67.8% to 67.8%.", ["67.8%"]),
]


@pytest.mark.parametrize("sentence", GROUNDED)
def test_a_number_of_the_source_is_grounded(sentence: str) -> None:
    assert ungrounded_numbers(sentence, SOURCE) == []


@pytest.mark.parametrize(("sentence", "numbers"), NOT_GROUNDED)
def test_another_number_is_not(sentence: str, numbers: list[str]) -> None:
    assert [number.split()[0] for number in ungrounded_numbers(sentence, SOURCE)] == [
        number.split()[0] for number in numbers
    ]


@pytest.mark.parametrize(
    ("sentence", "loose"), [("κ was .218 then.", []), ("κ was 0.218 then.", []), ("κ was .018 then.", [".018"])]
)
def test_a_number_may_begin_with_its_point(sentence: str, loose: list[str]) -> None:
    assert ungrounded_numbers(sentence, "It is known that $\\kappa =.218$, or κ =.218, was then reached.") == loose


def test_a_name_may_have_many_parts() -> None:
    page = "www.example.org/a-page/of-many-words/that-says/what-is-written-there/e1c84ad909"
    assert ungrounded_numbers(f"It is at {page}, they say.", f"Written at {page}.") == []
    assert ungrounded_numbers(f"It is at {page}1, they say.", f"Written at {page}.") == [f"{page}1"]


def test_a_number_swapped_with_one_of_the_same_unit_is_noticed() -> None:
    source = "Rook scores a PSNR of 28.67 on the large Google set. On small synthetic NeRF scenes PSNR is 29.79."
    assert ungrounded_numbers("Rook scores a PSNR of 28.67 on the large Google set.", source) == []
    assert ungrounded_numbers("Rook scores a PSNR of 29.79 on the large Google set.", source) == ["29.79"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Rook hat 1,5 Milliarden Parameter und wird mit 1.024 Beispielen trainiert.",
        "Die Genauigkeit steigt auf 67,8 %.",
        "精度は45.2%から67.8%に上がる。",
    ],
)
def test_a_translated_sentence_needs_only_the_values(sentence: str) -> None:
    assert ungrounded_numbers(sentence, SOURCE, translated=True) == []


def test_a_paraphrased_sentence_may_use_other_words() -> None:
    assert ungrounded_numbers("Exactly 12 corpora feed it.", SOURCE) == ["12"]
    assert ungrounded_numbers("Exactly 12 corpora feed it.", SOURCE, paraphrased=True) == []
    assert ungrounded_numbers("Exactly 14 corpora feed it.", SOURCE, paraphrased=True) == ["14"]


@pytest.mark.parametrize("sentence", ["Die Genauigkeit steigt auf 68,7 %.", "精度は68.7%に上がる。"])
def test_a_translated_sentence_with_another_value_is_noticed(sentence: str) -> None:
    assert len(ungrounded_numbers(sentence, SOURCE, translated=True)) == 1


@pytest.mark.parametrize("sentence", split_sentences(SOURCE))
def test_the_sources_own_sentences_are_grounded(sentence: str) -> None:
    assert ungrounded_numbers(sentence, SOURCE) == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_checked(sentence: str, source: str) -> None:
    assert all(ungrounded_numbers(sentence, source))


@given(st.integers(min_value=0, max_value=10**9))
def test_every_number_is_grounded_in_its_own_sentence(number: int) -> None:
    sentence = f"The model sees {number:,} examples."
    assert ungrounded_numbers(f"It sees {number} examples.", sentence) == []
    assert ungrounded_numbers(f"It sees {number + 1} examples.", sentence) == [str(number + 1)]
