"""What ails the database is told to whoever runs the bot, and to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import NoReturn

import pytest

from bot.chat.commands import COMMANDS
from bot.chat.discretion import STORE_AWAY
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Place, Progress, Reply, Request
from bot.documents.plain import plain_document
from bot.errors import StoreError

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


@pytest.mark.parametrize(("runs_bot", "told"), [(True, TELLING), (False, STORE_AWAY)])
async def test_an_answer_tells_it_to_whoever_runs_the_bot(runs_bot: bool, told: str) -> None:
    *_, reply = [reply async for reply in ENGINE.handle(asks("saved", runs_bot=runs_bot))]
    assert isinstance(reply, Final)
    assert plain_document(reply.document).strip() == told


@pytest.mark.parametrize(("runs_bot", "told"), [(True, TELLING), (False, STORE_AWAY)])
async def test_so_does_a_form(runs_bot: bool, told: str) -> None:
    with pytest.raises(StoreError) as caught:
        await ENGINE.form(asks("subscribe", runs_bot=runs_bot))
    assert caught.value.sentence == told
