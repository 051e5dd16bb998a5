"""Forms on Discord: within its limits whatever the fields are, and read back as they were filled in."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.forms import command_form, question_form
from bot.chat.forms import MAX_FIELD, Field, Form
from bot.chat.grammar import Kind
from tests.servers.discord_checks import description, modal_faults, walk
from tests.strategies import inputs, nasty_texts

names = st.text("abcdefghijklmnop", min_size=1, max_size=20)
choices = st.lists(st.tuples(names, nasty_texts(120)), max_size=30, unique_by=lambda pair: pair[0])


@st.composite
def fields(draw: st.DrawFn) -> Field:
    """Any field; what holds in one to choose from is often one of its choices."""
    offered = tuple(draw(choices))
    value = draw(nasty_texts(200)) if not offered else ",".join(name for name, _ in offered[: draw(st.integers(0, 3))])
    return Field(
        name=draw(names),
        label=draw(nasty_texts(80)),
        kind=draw(st.sampled_from([Kind.TEXT, Kind.CHANNEL, Kind.TIME])),
        value=value,
        help=draw(nasty_texts(150)),
        choices=offered,
        many=draw(st.booleans()),
        required=draw(st.booleans()),
    )


forms = st.builds(
    Form,
    title=nasty_texts(80),
    submit=st.just("Save"),
    line=st.just("subscribe weekly"),
    fields=st.lists(fields(), min_size=1, max_size=9, unique_by=lambda field: field.name).map(tuple),
)


def faults(modal: Any) -> list[str]:
    """What Discord would refuse."""
    payload = modal.to_dict()
    answer = {"type": 9, "data": payload}
    return modal_faults(payload) + description().faults("POST", "/interactions/1/token/callback", answer)


@settings(deadline=None, max_examples=30)  # holding a form against the description takes a tenth of a second
@given(forms)
def test_no_form_of_a_command_is_over_a_limit(form: Form) -> None:
    assert not faults(command_form("pw1:f:subscribe", form, channels=True))


@settings(deadline=None, max_examples=30)
@given(nasty_texts(80), inputs())
def test_no_question_is_over_a_limit(title: str, asked: Any) -> None:
    assert not faults(question_form("pw1:o:ask", title, asked))


def form_of(count: int, **changes: Any) -> Form:
    """A form with so many fields of text."""
    numbered = tuple(Field(name=f"field{number}", label=f"Field {number}", **changes) for number in range(count))
    return Form(title="Change the digest", submit="Save", line="subscribe 12345 weekly", fields=numbered)


def texts(modal: Any) -> list[str]:
    """Labels and texts, from top to bottom."""
    return [part.get("label") or part.get("content") for part in modal.to_dict()["components"]]


def test_five_fields_stand_in_the_form() -> None:
    modal = command_form("pw1:f:subscribe", form_of(5), channels=True)
    assert texts(modal) == [f"Field {number}" for number in range(5)]


def test_what_does_not_fit_is_left_to_the_command_and_named() -> None:
    *shown, said = texts(command_form("pw1:f:subscribe", form_of(7), channels=True))
    assert shown == ["Field 0", "Field 1", "Field 2", "Field 3"]
    assert said.endswith("`/papers subscribe` also takes `field4`, `field5`, `field6`.")


def test_where_there_are_no_channels_none_is_asked_for() -> None:
    asked = Field(name="channel", label="Channel", kind=Kind.CHANNEL, required=True)
    form = Form(title="Subscribe", submit="Subscribe", line="subscribe", fields=(asked, *form_of(1).fields))
    assert texts(command_form("pw1:f:subscribe", form, channels=False)) == ["Field 0"]
    assert texts(command_form("pw1:f:subscribe", form, channels=True)) == ["Channel", "Field 0"]


def test_what_holds_now_stands_in_the_fields() -> None:
    days = Field(
        name="days", label="Days", value="mon,wed", choices=(("mon", "M"), ("tue", "T"), ("wed", "W")), many=True
    )
    about = Field(name="about", label="About", value="robots " * 1000)
    form = Form(title="Change", submit="Save", line="subscribe", fields=(days, about))
    parts = {
        part["custom_id"]: part
        for part in walk(command_form("c", form, channels=True).to_dict()["components"])
        if "custom_id" in part
    }
    assert [option["default"] for option in parts["days"]["options"]] == [True, False, True]
    assert parts["about"]["value"] == ("robots " * 1000)[:MAX_FIELD]
