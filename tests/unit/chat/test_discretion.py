"""Settings and the database's troubles are told to whoever runs the bot, and to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import NoReturn

import pytest

from bot.chat.commands import COMMANDS
from bot.chat.discretion import meant_for
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Place, Progress, Reply, Request
from bot.documents.plain import plain_document
from bot.errors import BotError, ModelNotFound, ModelUnavailable, NotFound, StoreError, Unauthorized

TELLING = "The database file /srv/paperwire/paperwire.db is locked by another program."


async def finds_it_locked(asked: Asked) -> AsyncIterator[Reply]:
    """A handler that needs the database."""
    yield Progress("Looking …")
    raise StoreError(TELLING)


class FindsItLocked:
    """A form that needs the database."""

    async def form(self, asked: Asked) -> NoReturn:
        """Fail."""
        raise StoreError(TELLING)

    def faults(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """None."""
        return {}


ENGINE = Engine(
    COMMANDS, {"saved": finds_it_locked, "subscribe": finds_it_locked}, forms={"subscribe": FindsItLocked()}
)


def asks(line: str, *, runs_bot: bool) -> Request:
    return Request(place=Place("test:1", "c"), user="u1", text=line, may_manage=True, runs_bot=runs_bot)


@pytest.mark.parametrize(("runs_bot", "told"), [(True, TELLING), (False, StoreError().sentence)])
async def test_an_answer_tells_it_to_whoever_runs_the_bot(runs_bot: bool, told: str) -> None:
    *_, reply = [reply async for reply in ENGINE.handle(ENGINE.parse(asks("saved", runs_bot=runs_bot)))]
    assert isinstance(reply, Final)
    assert plain_document(reply.document).strip() == told


@pytest.mark.parametrize(("runs_bot", "told"), [(True, TELLING), (False, StoreError().sentence)])
async def test_so_does_a_form(runs_bot: bool, told: str) -> None:
    with pytest.raises(StoreError) as caught:
        await ENGINE.form(ENGINE.parse(asks("subscribe", runs_bot=runs_bot)))
    assert caught.value.sentence == told


@pytest.mark.parametrize(
    "error",
    [
        StoreError(TELLING),
        Unauthorized("The language model's server refuses the key; check OPENAI_API_KEY."),
        ModelNotFound("The server knows no model named m; set PAPERWIRE_MODEL to one that it has."),
        ModelUnavailable("The server cannot be reached; if this lasts, check OPENAI_BASE_URL."),
    ],
)
def test_no_setting_and_no_path_is_told_to_a_channel(error: BotError) -> None:
    told = meant_for(asks("ask", runs_bot=False), error)
    assert type(told) is type(error)
    for secret in ("/srv", "OPENAI", "PAPERWIRE", "key;"):
        assert secret not in told.sentence
    assert meant_for(asks("ask", runs_bot=True), error) is error


def test_what_names_no_setting_is_told_as_it_is() -> None:
    error = NotFound("There is no paper 2607.00001.")
    assert meant_for(asks("show 2607.00001", runs_bot=False), error) is error
