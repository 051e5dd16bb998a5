"""Forms: filled with what holds now, read without the grammar's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands import COMMANDS
from bot.chat.forms import Form, fill_in
from bot.chat.grammar import Invocation, parse
from bot.chat.request import Final, Place, Request
from bot.digests.model import EmptyDays, Kind, Subscription, Target
from bot.documents.model import Action, Actions, Document
from bot.documents.plain import plain_document
from bot.errors import BadInput, NotAllowed
from tests.unit.chat.conftest import World

HERE = Place("slack:T1", "C1")
FILLED = Request(place=HERE, user="U1", text="subscribe", may_manage=True, timezone="Asia/Tokyo")


async def _sent(world: World, request: Request) -> Document:
    replies = [reply async for reply in world.app.engine.handle(world.app.engine.parse(request))]
    last = replies[-1]
    assert isinstance(last, Final)
    return last.document


async def _wish(world: World, kind: Kind = Kind.DAILY, channel: str = "C1") -> Subscription:
    standing = await world.store.subscriptions.get(Target("slack:T1", channel), kind)
    assert standing is not None
    return standing.subscription


def _values(form: Form) -> dict[str, str]:
    return {field.name: field.value for field in form.fields}


def _subscribe() -> Invocation:
    invocation = parse("subscribe", COMMANDS)
    assert invocation is not None
    return invocation


async def test_form_shows_the_defaults_of_the_person(world: World) -> None:
    form = await world.app.engine.form(world.app.engine.parse(FILLED))
    values = _values(form)
    assert (values["time"], values["zone"], values["days"]) == (
        "09:00",
        "Asia/Tokyo",
        "monday,tuesday,wednesday,thursday,friday",
    )
    assert form.submit == "Subscribe"
    assert "channel" not in values


async def test_form_sent_as_it_is_changes_nothing(world: World) -> None:
    await _sent(
        world, replace(FILLED, text="subscribe at 17:30 in Europe/Berlin on mon about robots top 3 empty days: say")
    )
    before = await _wish(world)
    form = await world.app.engine.form(world.app.engine.parse(FILLED))
    await _sent(world, replace(FILLED, text=form.line, fields=_values(form)))
    assert await _wish(world) == before
    assert before.empty_days is EmptyDays.SAY


async def test_what_is_filled_in_counts(world: World) -> None:
    fields = {"time": "7:15", "days": "monday,friday", "about": "news at 9, agents in games"}
    await _sent(world, replace(FILLED, fields=fields))
    wish = await _wish(world)
    assert wish.schedule.at == time(7, 15)
    assert wish.schedule.weekdays == {0, 4}
    assert wish.topics == ("news at 9", "agents in games")


async def test_topics_that_are_emptied_are_gone(world: World) -> None:
    await _sent(world, replace(FILLED, text="subscribe about robots"))
    await _sent(world, replace(FILLED, fields={"about": "  ", "time": ""}))
    wish = await _wish(world)
    assert (wish.topics, wish.schedule.at) == ((), time(9))


async def test_weekly_round_up_has_a_form_of_its_own(world: World) -> None:
    form = await world.app.engine.form(world.app.engine.parse(replace(FILLED, text="subscribe weekly")))
    await _sent(world, replace(FILLED, text=form.line, fields=_values(form)))
    assert (await _wish(world, Kind.WEEKLY)).schedule.weekdays == {0}
    assert "edition" not in _values(form)


async def test_in_private_the_form_asks_for_the_channel(world: World) -> None:
    asked = replace(FILLED, place=Place("slack:T1", "D1"), direct=True)
    form = await world.app.engine.form(world.app.engine.parse(asked))
    assert form.fields[0].name == "channel"
    sent = replace(asked, fields={"channel": "C1234567", "time": "08:00"})
    assert world.app.engine.parse(sent).target_channel == "C1234567"
    await _sent(world, sent)
    assert (await _wish(world, channel="C1234567")).schedule.at == time(8)


async def test_channel_is_changed_by_those_who_manage_it(world: World) -> None:
    asked = replace(FILLED, place=Place("slack:T1", "D1"), direct=True, may_manage=False)
    with pytest.raises(NotAllowed):
        await world.app.engine.form(world.app.engine.parse(replace(asked, text="subscribe C1234567")))
    said = await _sent(world, replace(asked, fields={"channel": "C1234567"}))
    assert said.private
    assert await world.store.subscriptions.of_workspace("slack:T1") == []


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("subscribe <#C9|papers> at 9", "C9"),
        ("unsubscribe 123456789", "123456789"),
        ("subscribe nowhere", "C1"),
        ("today", "C1"),
        ("nonsense here", "C1"),
        ("", "C1"),
    ],
)
def test_channel_that_a_request_is_about(world: World, text: str, channel: str) -> None:
    assert world.app.engine.parse(replace(FILLED, text=text)).target_channel == channel


def test_faults_are_told_by_field(world: World) -> None:
    fields = {"time": "25:00", "zone": "Mars/Base", "days": "", "top": "8", "language": "xx-nowhere"}
    faults = world.app.engine.faults(world.app.engine.parse(replace(FILLED, fields=fields)))
    assert set(faults) == {"time", "zone", "days", "language"}
    assert "hour:minute" in faults["time"]


async def test_other_commands_have_no_form(world: World) -> None:
    with pytest.raises(BadInput, match="no form"):
        await world.app.engine.form(world.app.engine.parse(replace(FILLED, text="today")))
    with pytest.raises(BadInput, match="no form"):
        world.app.engine.faults(world.app.engine.parse(replace(FILLED, text="help")))


def test_form_of_an_older_version_is_refused() -> None:
    with pytest.raises(BadInput, match="older version"):
        fill_in(_subscribe(), {"colour": "red"})


@given(st.dictionaries(st.sampled_from(["time", "zone", "days", "about", "without", "language"]), st.text()))
def test_any_text_may_be_filled_in(fields: dict[str, str]) -> None:
    values = fill_in(_subscribe(), fields).values
    assert set(values) <= set(fields)
    assert all(value == " ".join(value.split()) and (not value or value.isprintable()) for value in values.values())


async def test_subscription_offers_its_form(world: World) -> None:
    said = await _sent(world, replace(FILLED, text="subscribe weekly"))
    actions = [action for block in said.blocks if isinstance(block, Actions) for action in block.actions]
    assert Action("Change", "subscribe weekly", private=True, fills=True) in actions


async def test_arguments_may_all_stand_in_fields_where_nothing_in_them_is_a_keyword(world: World) -> None:
    found = await _sent(world, Request(place=HERE, user="U1", text="search", fields={"words": "page 2 of top 3 lists"}))
    assert "page 2 of top 3 lists" in plain_document(found)


def test_an_argument_that_is_missing_there_is_asked_for(world: World) -> None:
    objection = world.app.engine.parse(Request(place=HERE, user="U1", text="search", fields={"page": "2"})).fault
    assert isinstance(objection, BadInput)
    assert "needs words to search for" in objection.sentence
