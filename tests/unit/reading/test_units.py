"""Numbers with units, signs, and counts in words that often count nothing."""

from __future__ import annotations

import pytest

from bot.reading.grounding import ungrounded_numbers
from bot.reading.units import unit_of


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It takes 1 s.", "It takes 1,000 ms."),
        ("It takes 90 minutes.", "It takes 1.5 hours."),
        ("It takes 2 years.", "It takes 24 months."),
        ("It needs 1.5 GB of memory.", "It needs 1,500 MB of memory."),
        ("It needs 1.5 GB of memory.", "It needs 1,536 MB of memory."),
        ("It uses 16 kHz audio.", "It uses 16,000 Hz audio."),
        ("It takes 2 to 4 hours.", "It takes 2-4 h."),
        ("It takes 5 million hours.", "It takes 5M hours."),
        ("It has 8-bit weights.", "Its weights have 8 bits."),
        ("It takes 5 s with 5 GB.", "It takes 5 s with 5 GB."),
        ("It takes 40 s.", "The table says, in seconds: 40."),
        ("It cost $39.9 and 9600 seconds.", "It cost $39.9 and 160 minutes."),
    ],
)
def test_equal_amounts_are_one_number(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It takes 40 ms.", "It takes 40 s."),
        ("It takes forty seconds.", "It takes forty minutes."),
        ("It needs 40 MB of memory.", "It needs 40 GB of memory."),
        ("It draws 5 mW.", "It draws 5 MW."),
        ("It has 8-byte weights.", "It has 8-bit weights."),
        ("It takes 2 to 4 days.", "It takes 2 to 4 hours."),
    ],
)
@pytest.mark.parametrize("paraphrased", [True, False])
def test_one_value_in_two_units_is_two_numbers(claim: str, source: str, paraphrased: bool) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=paraphrased)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It changes by 0.5 points.", "It changes by −0.5 points."),
        ("It changes by -0.5 points.", "It changes by 0.5 points."),
        (r"It changes by $-0.5$ points.", "It changes by +0.5 points."),
    ],
)
def test_a_sign_belongs_to_its_number(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It drops by 0.5 points.", "The change is −0.5 points."),
        ("The change is −0.5 points.", "It drops by 0.5 points."),
        ("Weights are -1, 0 or 1.", "Weights are in {-1, 0, 1}."),
        ("See pages 3-5.", "See pages 3 –5."),
        ("It beats GPT-4 by 2.", "It beats GPT -4 by 2."),
        ("It takes x-0.5.", "It takes x-0.5."),
    ],
)
def test_words_hyphens_and_ranges_are_no_other_sign(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It trains on a single GPU.", "It trains on 8 H100 GPUs."),
        ("It makes zero errors.", "It makes 5 errors."),
        ("It takes first place.", "It takes third place."),
    ],
)
def test_small_counts_in_words_are_held_against_the_source(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It trains on a single GPU.", "It fits on one GPU, while others need 8 GPUs."),
        ("A single model does it.", "One network does what 3 models did."),
        ("It is tried in zero-shot tasks.", "In zero-shot settings, 5 tasks are tried."),
        ("It makes zero errors.", "Without errors on the last 5 errors of others."),
        ("It takes first place.", "It wins; the other takes third place."),
    ],
)
def test_small_counts_that_the_source_allows_hold(claim: str, source: str) -> None:
    assert ungrounded_numbers(claim, source, paraphrased=True) == []


@pytest.mark.parametrize("sign", ["m", "B", "K", "Gb", "layers", ""])
def test_what_may_mean_several_things_is_no_unit(sign: str) -> None:
    assert unit_of(sign) is None


WRITINGS = [
    ("the twenty-first layer", "the 21st layer"),
    ("the fifty-first layer", "the 51st layer"),
    ("1½ hours", "1.5 hours"),
    ("100 k steps", "100,000 steps"),
    ("four- and eight-bit weights", "4-bit and 8-bit weights"),
    ("$2^{16}$ tokens", "65,536 tokens"),
    ("2¹⁶ tokens", "65536 tokens"),
    (r"a rate of $10^{\text{-}9}$", "a rate of 1e-9"),
    ("a rate of 10 −9", "a rate of 1e-9"),
    ("a rate of 5 ∗ 10^−5", "a rate of 5e-5"),
    ("16×16×3 patches", r"$16 \times 16 \times 3$ patches"),
    ("20%–30% of papers", "20 to 30 percent of papers"),
    ("2 to 4 million papers", "2,000,000 to 4,000,000 papers"),
    ("top-five accuracy", "top-5 accuracy"),
    ("10'000 papers", "10,000 papers"),
    ("5‰ of papers", "0.5% of papers"),
    ("two datasets", "both datasets"),
    ("P100s were used", "a P100 was used"),
    ("WMT14 results", "WMT 2014 results"),
]


@pytest.mark.parametrize(("one", "other"), WRITINGS + [(other, one) for one, other in WRITINGS])
def test_writings_of_one_number_are_equal(one: str, other: str) -> None:
    assert ungrounded_numbers(one, other, paraphrased=True) == []
