"""Naming managers."""

from __future__ import annotations

import pytest

from bot.chat.managing import read_person
from bot.chat.request import Final, Place, Request
from bot.documents.model import Document
from bot.documents.plain import plain_document
from bot.errors import BadInput
from tests.unit.chat.conftest import World


async def _say(world: World, text: str, **fields: object) -> Document:
    request = Request(text=text, **{"place": Place("slack:T1", "C1"), "user": "U9", "is_admin": True, **fields})  # type: ignore[arg-type]
    replies = [reply async for reply in world.app.engine.handle(world.app.engine.parse(request))]
    last = replies[-1]
    assert isinstance(last, Final)
    return last.document


async def test_people_are_added_and_removed(world: World) -> None:
    assert "Nobody is named" in plain_document(await _say(world, "managers"))
    assert (await _say(world, "managers add <@U1>")).data == {"managers": ["U1"]}
    assert "was named already" in plain_document(await _say(world, "managers add U1"))
    assert (await _say(world, "managers remove U1")).data == {"managers": []}
    assert "was not named" in plain_document(await _say(world, "managers remove U1"))


async def test_a_workspace_has_its_own(world: World) -> None:
    await _say(world, "managers add U1")
    assert (await _say(world, "managers", place=Place("slack:T2", "C1"))).data == {"managers": []}


@pytest.mark.parametrize("line", ["managers", "managers add U1"])
async def test_nobody_but_admins_may(world: World, line: str) -> None:
    assert "Only admins" in plain_document(await _say(world, line, is_admin=False, may_manage=True))


@pytest.mark.parametrize("line", ["managers add", "managers add anna", "managers add <@U1> <@U2>"])
async def test_what_names_nobody_is_refused_with_an_example(world: World, line: str) -> None:
    said = await _say(world, line)
    assert said.private
    assert "managers" in plain_document(said)
    assert (await _say(world, "managers")).data == {"managers": []}


@pytest.mark.parametrize(
    ("words", "person"), [("<@U012AB3CD>", "U012AB3CD"), ("<@!123456>", "123456"), ("<@U1|anna>", "U1"), ("W1", "W1")]
)
def test_a_person_is_read(words: str, person: str) -> None:
    assert read_person(words) == person


@pytest.mark.parametrize("words", ["", "anna", "@anna", "<#C1>", "U1 U2"])
def test_other_words_name_nobody(words: str) -> None:
    with pytest.raises(BadInput):
        read_person(words)
