"""What buttons carry comes back as it was, or is refused with a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.presses import Press, decode, encode, press_of
from bot.documents.model import Action, Input
from bot.errors import BadInput
from tests.strategies import command_lines, inputs, nasty_texts


@given(command_lines(), st.booleans(), st.integers(0, 30))
def test_a_command_comes_back(command: str, private: bool, ordinal: int) -> None:
    custom_id = encode(Press(command, private), ordinal)
    if custom_id is not None:
        assert len(custom_id) <= 100
        assert decode(custom_id) == Press(command, private)


@given(command_lines())
def test_a_form_comes_back_whether_its_command_is_long_or_short(command: str) -> None:
    custom_id = encode(press_of(Action("Change", command, fills=True)))
    if custom_id is not None:
        assert decode(custom_id) == Press(command, private=True, fills=True)


@given(command_lines(), inputs())
def test_a_question_comes_back_or_at_least_its_command(command: str, asked: Input) -> None:
    custom_id = encode(Press(command, ask=asked))
    if custom_id is not None:
        found = decode(custom_id)
        assert found.command == command
        assert found.ask is not None
        assert found.ask.max_length == asked.max_length
        assert found.ask.label in (asked.label, "")


@given(nasty_texts(120))
def test_any_custom_id_is_read_or_refused(custom_id: str) -> None:
    for candidate in (custom_id, f"pw1:z:{custom_id}", f"pw2:o:{custom_id}"):
        assert _command_or_refusal(candidate)


def _command_or_refusal(custom_id: str) -> str:
    try:
        return decode(custom_id).command or "(empty)"
    except BadInput as error:
        return error.sentence


def test_a_sentence_of_english_fits_into_a_button() -> None:
    question = (
        "ask 2606.01234 What are the main limitations of the proposed method, and how does it compare with the "
        "state-of-the-art on other benchmarks when the training data is small?"
    )
    custom_id = encode(Press(question))
    assert custom_id is not None
    assert decode(custom_id).command == question


def test_what_fits_nowhere_gets_no_button() -> None:
    assert encode(Press("search " + "".join(chr(0x4E00 + 37 * number % 20_000) for number in range(300)))) is None


def test_equal_buttons_of_a_message_differ() -> None:
    press = Press("show 2606.01234")
    assert len({encode(press, ordinal) for ordinal in range(5)}) == 5


@pytest.mark.parametrize("custom_id", ["pw2:o:today", "pw1:x:today", "today", "pw1:z:plain", "pw1:o:"])
def test_another_version_is_told(custom_id: str) -> None:
    with pytest.raises(BadInput, match="another version"):
        decode(custom_id)
