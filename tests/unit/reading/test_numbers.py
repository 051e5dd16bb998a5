"""A number is the same however it is written, and another one is another."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.grounding import LONGEST_SENTENCE, ungrounded_numbers
from bot.reading.notation import plain

SAME = [
    ["1e-9", "1E-9", "10^-9", "10^{-9}", "$10^{-9}$", "10⁻⁹", "1×10^-9", "1 × 10⁻⁹", "1 x 10^{-9}", "1·10−9"],
    ["1e-9", "0.000000001", "1.0e-09", "$1\\times10^{-9}$", "10 ^ -9", "10−9"],
    ["3e-4", "3 × 10^{-4}", "3·10⁻⁴", "0.0003", "$3\\cdot 10^{-4}$", "3e-04"],
    ["2.5e6", "2.5 million", "2.5M", "2.5 M", "2,500,000", "2 500 000", "2.5 × 10⁶", "two and a half million"],
    ["70B", "70 billion", "70 B", "70bn", "7e10", "70,000,000,000", "seventy billion", "7 × 10^10"],
    ["3k", "3K", "3,000", "3000", "3 000", "three thousand", "3 thousand"],
    ["15", "fifteen"],
    ["15th", "fifteenth"],
    ["23", "twenty-three", "twenty three"],
    ["105", "one hundred and five", "one hundred five"],
    ["24", "two dozen", "twenty-four"],
    ["half", "1/2", "½", "50%", "50 %", "50 percent", "fifty per cent", "0.5", "50\\%", "one half"],
    ["2/3", "two thirds", "⅔", "\\frac{2}{3}"],
    ["a quarter", "25 %", "one quarter", "1/4", "¼", "0.25"],
    ["9 out of 10", "nine out of ten", "90%"],
    ["3 times", "threefold", "three-fold", "3-fold", "3x", "3×", "three times", "$3\\times$"],
    ["twice", "2x", "two times", "two-fold", "doubled"],
    ["3 percentage points", "3 points", "3 pp", "3%-points"],
    ["1,234.5", "1234.5", "1.234,5"],
    ["12.5%", "12.5 percent", "12,5 %", "12.5 pct"],
]


def source_with(written: str) -> str:
    return f"In the kitchen we saw {written} of the kettles boil at noon."


@pytest.mark.parametrize("writings", SAME, ids=lambda writings: str(writings[0]))
def test_a_number_is_the_same_in_all_its_writings(writings: list[str]) -> None:
    dropped = [
        (said, written)
        for said, written in permutations(writings, 2)
        if ungrounded_numbers(f"At noon {said} of the kettles boiled.", source_with(written), paraphrased=True)
    ]
    assert dropped == []


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1e-8", "10^-9"),
        ("2e-9", "10⁻⁹"),
        ("1e9", "10^{-9}"),
        ("3e-3", "3 × 10^{-4}"),
        ("2.5 billion", "2.5M"),
        ("7B", "70 billion"),
        ("3 million", "3k"),
        ("sixteen", "15"),
        ("fifty", "fifteen"),
        ("3rd", "second"),
        ("third", "2nd"),
        ("twenty-four", "23"),
        ("a third", "1/2"),
        ("half", "40%"),
        ("5%", "50%"),
        ("0.05", "50%"),
        ("fourfold", "3 times"),
        ("3 times", "3%"),
        ("three quarters", "two thirds"),
        ("100", "1,000"),
        ("1 001", "1,000"),
        ("½", "¼"),
        ("3%", "3 percentage points"),
    ],
)
def test_another_number_is_another(said: str, written: str) -> None:
    assert ungrounded_numbers(f"At noon {said} of the kettles boiled.", source_with(written), paraphrased=True)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The model has 70B parameters.", "We use Llama-2-70B."),
        ("It takes 5ms.", "It takes 5 ms."),
        ("It takes 5 ms.", "It takes 5ms."),
        ("β2 is 0.98.", "We set $\\beta_2 = 0.98$."),
        ("β₂ is 0.98.", "We set β_2=0.98."),
        ("beta_2 is 0.98.", "We set β2 = 0.98."),
        ("The α1 kettle boils.", "The \\alpha_{1} kettle boils."),
        ("The alpha1 kettle boils.", "The α₁ kettle boils."),
        ("It costs O(n^2).", "It costs O(n²)."),
        ("It uses 1 kettle.", "It uses a single kettle."),
        ("One kettle boils first.", "No number stands here."),
        ("The second kettle boils.", "Kettle 2 boils."),
        ("Accuracy is 45.2%.", "Kettles | 45.2 | 67.8"),
        ("Der Kessel hat 1,5 Liter.", "The kettle holds 1.5 litres."),
        ("15 Millionen Kessel kochen.", "15 million kettles boil."),
        ("Kessel: 40 Prozent.", "Of the kettles 40% boil."),
        ("The kettle beats GPT-4o+CoT by 5%.", "The kettle beats GPT-4o+CoT by 5%."),
        ("No kettle holds more than 4 or five litres.", "No kettle holds more than four or five litres."),
        ("It improves by two orders of magnitude.", "It is a 100-fold improvement."),
        ("The epsilon of Adam is 1e-9.", "We use Adam with β_1=0.9, β_2=0.98 and ϵ=10^-9."),
    ],
)
def test_a_true_claim_is_kept(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("β2 is 0.98.", "We set $\\beta_1 = 0.98$."),
        ("The model has 7B parameters.", "We use Llama-2-70B."),
        ("We heat 22 K kettles.", "We heat 22 kettles."),
        ("We heat 23 B kettles.", "We heat 23 M kettles."),
        ("Only a 55 times gain.", "Only a 55% gain."),
        ("The epsilon of Adam is 0.9.", "We use Adam with an epsilon of 10^-9 and a momentum β of 0.9."),
    ],
)
def test_a_false_claim_is_not(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True)


@pytest.mark.parametrize(
    "text",
    ["10-4", "10 - 4 pages", "2 x 10-fold", "pages 10–20", "5 × 10 pixels"],
)
def test_what_only_looks_like_a_power_is_none(text: str) -> None:
    assert "e" not in plain(text).replace("pages", "").replace("pixels", "")


@pytest.mark.parametrize(
    "pattern", ["1,", "1,1,1,", "#1 ", "a.a.", ", a", "a1 ", "a1.", "1/", "10^", "½", "twenty and ", "5 % ", "foo 1 "]
)
def test_endless_text_is_checked_up_to_a_length(pattern: str) -> None:
    endless = pattern * (100_000 // len(pattern))
    source = f"It has 12 layers. {endless}"
    assert ungrounded_numbers("It has 12 layers.", source) == []
    assert ungrounded_numbers("It has 13 layers.", source) == ["13"]
    assert len(ungrounded_numbers(f"{endless} 13", "It has 12 layers.")) == 1


def test_a_sentence_too_long_to_be_one_is_not_grounded() -> None:
    assert ungrounded_numbers("It has 12 layers. " + "word " * LONGEST_SENTENCE, "It has 12 layers.")


@given(st.text(max_size=200))
def test_plain_notation_stays_plain(text: str) -> None:
    once = plain(text)
    assert plain(once, list_marks=False).split() == plain(plain(once, list_marks=False), list_marks=False).split()


@given(st.integers(min_value=2, max_value=999), st.integers(min_value=-30, max_value=30))
def test_powers_of_ten_are_read_exactly(mantissa: int, exponent: int) -> None:
    source = f"The rate is {mantissa} × 10^{{{exponent}}} here."
    assert ungrounded_numbers(f"The rate is {mantissa}e{exponent}.", source, paraphrased=True) == []
    assert ungrounded_numbers(f"The rate is {mantissa}e{exponent + 1}.", source, paraphrased=True)
