"""Exclusive rights for a short time, by the database's clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import ColumnElement, case, delete, select, update

from bot.store.alive import Processes
from bot.store.database import Database
from bot.store.instants import instant, runs
from bot.store.tables import leases


class SqlLeases:
    """Implements `bot.ports.Leases`."""

    def __init__(self, database: Database, processes: Processes | None = None) -> None:
        self._database = database
        self._processes = processes

    async def acquire(self, name: str, owner: str, length: timedelta) -> int | None:
        """Take or renew; what a dead process of this machine holds is free at once."""
        token = await self._take(name, owner, length)
        if token is None and (dead := await self._dead_holder(name)):
            token = await self._take(name, owner, length, dead)
        return token

    async def _take(self, name: str, owner: str, length: timedelta, dead: str | None = None) -> int | None:
        """Take or renew, in one statement; the token grows whenever the owner is not the one before."""
        ends, process = instant(self._database, length), self._processes.own if self._processes else None
        row = {"name": name, "owner": owner, "token": 1, "expires_at": ends, "process": process}
        insert = self._database.insert(leases).values(row)
        mine = leases.c.owner == owner
        free = ~self._is_held(length) if dead is None else leases.c.process == dead
        taken = insert.on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={
                "owner": owner,
                "token": case((mine, leases.c.token), else_=leases.c.token + 1),
                "expires_at": ends,
                "process": process,
            },
            where=mine | free,
        )
        async with self._database.statement() as connection:
            token: int | None = (await connection.execute(taken.returning(leases.c.token))).scalar()
            return token

    async def _dead_holder(self, name: str) -> str | None:
        """The process that holds a lease, if it has surely ended."""
        async with self._database.reading() as connection:
            asked = select(leases.c.process).where(leases.c.name == name)
            process: str | None = (await connection.execute(asked)).scalar()
        return process if await self._is_dead(process) else None

    async def _is_dead(self, process: str | None) -> bool:
        if self._processes is None or process is None:
            return False
        return await asyncio.to_thread(self._processes.is_dead, process)

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds."""
        held = (leases.c.name == name) & (leases.c.owner == owner)
        async with self._database.statement() as connection:
            await connection.execute(update(leases).where(held).values(owner=None))

    async def is_abandoned(self, name: str) -> bool:
        """Whether it was never taken, was given back, or is that of a dead process of this machine."""
        asked = select(leases.c.owner, leases.c.process).where(leases.c.name == name)
        async with self._database.reading() as connection:
            row = (await connection.execute(asked)).one_or_none()
        return row is None or row.owner is None or await self._is_dead(row.process)

    async def held(self, prefix: str, length: timedelta) -> list[str]:
        """Those that somebody holds now, sorted."""
        named = leases.c.name.startswith(prefix, autoescape=True) & self._is_held(length)
        async with self._database.reading() as connection:
            return list(
                (await connection.execute(select(leases.c.name).where(named).order_by(leases.c.name))).scalars()
            )

    async def forget_ended(self, longer_ago: timedelta) -> int:
        """Drop those that ran out so long ago; how many."""
        ended = leases.c.expires_at < instant(self._database, -longer_ago)
        async with self._database.statement() as connection:
            return (await connection.execute(delete(leases).where(ended))).rowcount

    def _is_held(self, length: timedelta) -> ColumnElement[bool]:
        """Whether a lease of this length is somebody's."""
        return leases.c.owner.is_not(None) & runs(self._database, leases.c.expires_at, length)
