"""Greetings and thanks are no questions."""

from __future__ import annotations

import pytest

from bot.chat.request import Final, Origin, Place, Request
from bot.chat.smalltalk import small_talk
from bot.documents.plain import plain_document
from tests.unit.chat.conftest import World

GREETINGS = ("hi", "Hello!", "hey there", "good morning, Paperwire", "Guten Tag", "¡Hola!", "how are you?", "HI ALL")
THANKS = ("thanks", "Thank you so much!", "ok, thanks", "vielen Dank", "👍", "❤️🎉", "well done", "bye")
ASKED = (
    "hi, what is new in 2607.00001?",
    "thanks, and which data?",
    "hello world models",
    "thanks for the dataset section, how large is it",
    "great?",
    "today",
    "help",
    "you",
    "good",
    "#3",
    "2607.00001",
    "why?",
    "?",
    "",
    "谢谢你的回答，数据集有多大",
)


def said(words: str, origin: Origin = Origin.MESSAGE) -> str:
    """What is answered to small talk; "" if it is none."""
    document = small_talk(Request(place=Place("slack:T1", "D1"), user="U1", text=words, origin=origin))
    return plain_document(document) if document else ""


@pytest.mark.parametrize("words", GREETINGS)
def test_a_greeting_is_told_what_can_be_asked(words: str) -> None:
    assert "Ask me about a paper" in said(words)


@pytest.mark.parametrize("words", THANKS)
def test_thanks_are_taken_kindly(words: str) -> None:
    assert "Glad to help" in said(words)


@pytest.mark.parametrize("words", ASKED)
def test_what_asks_for_something_is_no_small_talk(words: str) -> None:
    assert said(words) == ""


@pytest.mark.parametrize("words", ["hi", "thanks"])
def test_a_command_is_never_small_talk(words: str) -> None:
    assert said(words, Origin.COMMAND) == ""


@pytest.mark.parametrize("words", ["hi", "thank you"])
async def test_small_talk_costs_nothing(world: World, words: str) -> None:
    request = Request(place=Place("slack:T1", "D1"), user="U1", text=words, origin=Origin.MESSAGE, direct=True)
    (reply,) = [reply async for reply in world.app.engine.handle(world.app.engine.parse(request))]
    assert isinstance(reply, Final)
    assert not reply.document.private
    assert await world.store.conversations.turns(request.place) == []
