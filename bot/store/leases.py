"""Exclusive rights for a short time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update

from bot.store.database import Database
from bot.store.tables import leases


class SqlLeases:
    """Implements `bot.ports.Leases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, name: str, owner: str, now: datetime, ttl: timedelta) -> int | None:
        """Take or renew, in one statement; the token grows whenever the owner is not the one before."""
        insert = self._database.insert(leases).values(name=name, owner=owner, token=1, expires_at=now + ttl)
        mine = leases.c.owner == owner
        taken = insert.on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={
                "owner": owner,
                "token": case((mine, leases.c.token), else_=leases.c.token + 1),
                "expires_at": now + ttl,
            },
            where=mine | leases.c.owner.is_(None) | (leases.c.expires_at <= now),
        )
        async with self._database.statement() as connection:
            token: int | None = (await connection.execute(taken.returning(leases.c.token))).scalar()
            return token

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds."""
        held = (leases.c.name == name) & (leases.c.owner == owner)
        async with self._database.statement() as connection:
            await connection.execute(update(leases).where(held).values(owner=None))

    async def held(self, prefix: str, now: datetime) -> list[str]:
        """Those that somebody holds now, sorted."""
        own = leases.c
        named = own.name.startswith(prefix, autoescape=True) & own.owner.is_not(None) & (own.expires_at > now)
        async with self._database.reading() as connection:
            return list((await connection.execute(select(own.name).where(named).order_by(own.name))).scalars())

    async def forget_before(self, instant: datetime) -> int:
        """Drop those that ran out before then; how many."""
        async with self._database.statement() as connection:
            return (await connection.execute(delete(leases).where(leases.c.expires_at < instant))).rowcount
