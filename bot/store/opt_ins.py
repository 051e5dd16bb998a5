"""Which addresses have agreed to get mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, select, update

from bot.digests.model import Target
from bot.digests.ports import Terms
from bot.store.database import Database
from bot.store.instants import SKEW
from bot.store.tables import opt_ins

own = opt_ins.c
HOUR = timedelta(hours=1)


class SqlOptIns:
    """Implements `bot.digests.ports.OptIns`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, target: Target, code: str, now: datetime, terms: Terms) -> bool:
        """Let this code be redeemed, and no other one there."""
        key = {"workspace": target.workspace, "address": target.channel}
        asked = {"code": code, "expires_at": now + terms.lifetime, "tries_left": terms.tries}
        async with self._database.transaction() as connection:
            await self._database.exclude_others(connection, f"opt-in {target.channel}")
            known = (await connection.execute(select(opt_ins).where(_is(target)))).mappings().first()
            counted = _counted(known, now)
            if counted["mails"] > terms.mails_an_hour:
                return False
            insert = self._database.insert(opt_ins).values(key | {"agreed": False} | asked | counted)
            await connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=asked | counted))
        return True

    async def take_back(self, target: Target) -> None:
        """The newest code has not been sent."""
        unsent = update(opt_ins).where(_is(target), own.mails > 0).values(code=None, mails=own.mails - 1)
        async with self._database.transaction() as connection:
            await connection.execute(unsent)

    async def redeem(self, workspace: str, code: str, now: datetime) -> Target | None:
        """The address whose code that is."""
        lives = (own.expires_at > now) & (own.mails_since <= now + SKEW)  # else it was made by a clock that was ahead
        is_open = (own.workspace == workspace) & own.code.is_not(None) & (own.tries_left > 0) & lives
        right = update(opt_ins).where(is_open, own.code == code).values(agreed=True, code=None)
        wrong = update(opt_ins).where(is_open).values(tries_left=own.tries_left - 1)
        async with self._database.transaction() as connection:
            address = (await connection.execute(right.returning(own.address))).scalar()
            if address is None:
                await connection.execute(wrong)
                return None
        return Target(workspace, address)

    async def has_agreed(self, target: Target) -> bool:
        """Whether mail may go there."""
        async with self._database.reading() as connection:
            return bool((await connection.execute(select(own.agreed).where(_is(target)))).scalar())

    async def withdraw(self, target: Target) -> None:
        """No more mail."""
        async with self._database.transaction() as connection:
            await connection.execute(update(opt_ins).where(_is(target)).values(agreed=False, code=None))

    async def forget_before(self, instant: datetime) -> list[Target]:
        """Drop those that have not agreed."""
        old = delete(opt_ins).where(own.agreed.is_(False), own.expires_at < instant)
        async with self._database.transaction() as connection:
            gone = await connection.execute(old.returning(own.workspace, own.address))
            return [Target(*row) for row in gone]


def _is(target: Target) -> ColumnElement[bool]:
    return (own.workspace == target.workspace) & (own.address == target.channel)


def _counted(known: RowMapping | None, now: datetime) -> dict[str, Any]:
    """How many mails there are with this one, in the hour that runs or in a new one.

    An hour that begins in the future was begun by a clock that was ahead, and does not run.
    """
    if known is None or not -SKEW <= now - known["mails_since"] < HOUR:
        return {"mails": 1, "mails_since": now}
    return {"mails": known["mails"] + 1, "mails_since": known["mails_since"]}
