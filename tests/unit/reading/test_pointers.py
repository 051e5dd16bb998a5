"""Claims are shown with the exact sentences they point to, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.papertext import PaperText
from bot.reading.pointers import CheckedClaim, Claim, Fault, check, quotations, resolve, shown_sentences, stands_in
from tests.kites import KITES_TEXT

PASSAGES = PaperText.of(KITES_TEXT).passages
SHOWN = shown_sentences(PASSAGES)


def number_of(words: str) -> int:
    return next(number for number, citation in SHOWN.items() if words in citation.words)


TRAINING = number_of("12 hours")


def fate(text: str, *pointers: int) -> CheckedClaim | Fault:
    return resolve(Claim(text, pointers), SHOWN)


def test_a_claim_gets_the_exact_words_it_points_to() -> None:
    kept = fate("It took 12 hours.", TRAINING)
    assert isinstance(kept, CheckedClaim)
    assert [one.words for one in kept.citations] == ["Training took 12 hours on 8 small motors."]
    assert kept.citations[0].passage.heading == "2.2 Training"


def test_a_pointer_given_twice_counts_once() -> None:
    kept = fate("It took 12 hours.", TRAINING, TRAINING)
    assert isinstance(kept, CheckedClaim)
    assert len(kept.citations) == 1


@pytest.mark.parametrize("pointers", [(), (0,), (-1,), (10_000,), (TRAINING, 10_000)])
def test_a_claim_that_points_nowhere_is_dropped(pointers: tuple[int, ...]) -> None:
    assert fate("It took 12 hours.", *pointers) is Fault.NO_SUCH_SENTENCE


def test_a_sentence_that_was_not_shown_cannot_be_cited() -> None:
    shown = shown_sentences(PASSAGES[:1])
    assert resolve(Claim("It took 12 hours.", (TRAINING,)), shown) is Fault.NO_SUCH_SENTENCE


@pytest.mark.parametrize(
    "claim",
    [
        "It took 13 hours.",
        "It took 12% of the time.",
        "It used a GPT-4 on 8 motors.",
        "It took (13) hours.",
        "F_9 fell.",
    ],
)
def test_a_number_that_the_sentence_lacks_is_dropped(claim: str) -> None:
    assert fate(claim, TRAINING) is Fault.NUMBER_NOT_CITED


@pytest.mark.parametrize(
    "claim", ["It took twelve hours on eight motors.", "The motors numbered 8.", "No numbers at all."]
)
def test_the_same_number_in_other_words_holds(claim: str) -> None:
    assert isinstance(fate(claim, TRAINING), CheckedClaim)


@pytest.mark.parametrize(
    "claim",
    ["They used “8 small motors”.", 'They used "8  SMALL motors".', "“Training took … on 8 small motors”"],
)
def test_quoted_words_that_stand_there_hold(claim: str) -> None:
    assert isinstance(fate(claim, TRAINING), CheckedClaim)


@pytest.mark.parametrize("claim", ["They used “8 large motors”.", "“motors small 8”", 'A "raining took 12" claim'])
def test_quoted_words_that_do_not_stand_there_are_dropped(claim: str) -> None:
    assert fate(claim, TRAINING) is Fault.WORDS_NOT_CITED


def test_an_empty_claim_is_dropped() -> None:
    assert fate("  ", TRAINING) is Fault.EMPTY


def test_what_is_dropped_is_told_with_its_reason() -> None:
    good, bad = Claim("It took 12 hours.", (TRAINING,)), Claim("It took 13 hours.", (TRAINING,))
    checked = check([good, bad], SHOWN)
    assert [claim.text for claim in checked.claims] == [good.text]
    assert checked.dropped == ((bad, Fault.NUMBER_NOT_CITED),)


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("pa\ufffepers", "We read papers."),
        ("fi\u00adnally", "And finally so."),
        ("0.5 %", "It rose by 0.5%."),
        ("ﬁne", "A fine day."),
    ],
)
def test_form_does_not_count_in_quotations(quote: str, sentence: str) -> None:
    assert stands_in(quote, [sentence])


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [("0.5", "It rose by 5."), ("5", "It rose by 0.5."), ("-3", "It fell to 3."), ("art", "A party."), ("", "Any.")],
)
def test_digits_signs_and_whole_words_do_count(quote: str, sentence: str) -> None:
    assert not stands_in(quote, [sentence])


@given(st.text(max_size=300), st.lists(st.integers(), max_size=4))
def test_any_claim_is_resolved_or_dropped(text: str, pointers: list[int]) -> None:
    outcome = resolve(Claim(text, tuple(pointers)), SHOWN)
    if isinstance(outcome, CheckedClaim):
        assert all(one.words in one.passage.sentences for one in outcome.citations)


@given(st.text(max_size=200))
def test_quotations_are_parts_of_the_text(text: str) -> None:
    assert all(quote in text for quote in quotations(text))
