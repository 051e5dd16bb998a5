"""Who used how many tokens, and a budget that holds however many ask at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Table, case, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.llm.model import Usage
from bot.llm.timeouts import Timeouts
from bot.ports import Clock, DayUsage
from bot.store.database import Database
from bot.store.instants import SKEW
from bot.store.tables import reservations, usage

LONGEST_CALL = Timeouts().longest_call


class SqlLedger:
    """Implements `bot.ports.UsageLedger`."""

    def __init__(self, database: Database, clock: Clock, longest_call: timedelta = LONGEST_CALL) -> None:
        self._database = database
        self._clock = clock
        self._longest_call = longest_call

    async def reserve(self, workspace: str, day: date, tokens: int, budget: int) -> int | None:
        """Hold `tokens` if they fit; no two reservations of one workspace and day look at the same time."""
        now = self._clock.now()
        row = {"workspace": workspace, "day": day, "tokens": tokens, "made_at": now}
        async with self._database.transaction() as connection:
            if budget:
                await self._database.exclude_others(connection, f"budget {workspace} {day}")
                since = now - self._longest_call
                if await _spoken_for(connection, workspace, day, since, now + SKEW) + tokens > budget:
                    return None
            made = await connection.execute(reservations.insert().values(row).returning(reservations.c.number))
            return int(made.scalar_one())

    async def settle(self, reservation: int, model: str, purpose: str, used: Usage | None) -> None:
        """Replace the reservation by what was used; its cost stays unknown only while that of every call is."""
        own = reservations.c
        taken = delete(reservations).where(own.number == reservation).returning(own.workspace, own.day)
        async with self._database.transaction() as connection:
            held = (
                await connection.execute(taken.returning(reservations.c.workspace, reservations.c.day))
            ).one_or_none()
            if held is None or used is None:
                return
            row = {
                "workspace": held.workspace,
                "day": held.day,
                "model": model,
                "purpose": purpose,
                "calls": 1,
                "prompt_tokens": used.prompt_tokens,
                "completion_tokens": used.completion_tokens,
                "cost": used.cost,
            }
            insert = self._database.insert(usage).values(row)
            new = insert.excluded
            sums = {name: usage.c[name] + new[name] for name in ("calls", "prompt_tokens", "completion_tokens")}
            cost = case((new.cost.is_(None), usage.c.cost), else_=func.coalesce(usage.c.cost, 0.0) + new.cost)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=list(usage.primary_key), set_=sums | {"cost": cost})
            )

    async def usage(self, workspace: str, day: date) -> Sequence[DayUsage]:
        """A row per model and purpose, in that order."""
        columns = [usage.c[name] for name in DayUsage.__slots__]
        mine = select(*columns).where(*_of(usage, workspace, day)).order_by(usage.c.model, usage.c.purpose)
        async with self._database.reading() as connection:
            return [DayUsage(**row._mapping) for row in await connection.execute(mine)]

    async def release_stale(self, before: datetime) -> int:
        """Drop reservations made before then."""
        async with self._database.transaction() as connection:
            return (await connection.execute(delete(reservations).where(reservations.c.made_at < before))).rowcount


async def _spoken_for(
    connection: AsyncConnection, workspace: str, day: date, earliest: datetime, latest: datetime
) -> int:
    """Tokens that are used, or held by a reservation made between these instants."""
    used = select(func.sum(usage.c.prompt_tokens + usage.c.completion_tokens)).where(*_of(usage, workspace, day))
    held = select(func.sum(reservations.c.tokens)).where(
        *_of(reservations, workspace, day), reservations.c.made_at.between(earliest, latest)
    )
    both = select(func.coalesce(used.scalar_subquery(), 0) + func.coalesce(held.scalar_subquery(), 0))
    return int((await connection.execute(both)).scalar_one())


def _of(table: Table, workspace: str, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.workspace == workspace, table.c.day == day
