"""Postgres' part of the door to the database: an engine over a pool of connections."""

from __future__ import annotations

import time

from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

CONNECT_TIMEOUT = 10  # seconds to wait for Postgres
POOL = 10  # connections that stay open, once they were needed; half as many more at times
IDLE = 20.0  # seconds that a transaction may hold its rows while its client says nothing
RESTED = 5.0  # seconds after which a connection is looked at before it is used; before each use, it would cost as much


def engine(address: URL, *, rested: float = RESTED, idle: float = IDLE) -> AsyncEngine:
    """An engine without prepared statements: poolers such as PgBouncer lose them, and a search needs its own plan.

    Args:
        address: of the database, with the driver.
        rested: the seconds after which a connection is looked at before it is used.
        idle: the seconds after which Postgres ends a transaction whose client says nothing more.
    """
    made = create_async_engine(
        address,
        pool_size=POOL,
        max_overflow=POOL // 2,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT, "prepare_threshold": None},
    )
    _look_at_rested(made, rested)
    _end_idle_transactions(made, idle)
    return made


def _end_idle_transactions(made: AsyncEngine, idle: float) -> None:
    """Have Postgres end the transactions of a process that is frozen: others wait for the rows that they hold."""

    @event.listens_for(made.sync_engine, "connect")
    def limit(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET idle_in_transaction_session_timeout = {round(1000 * idle)}")
        cursor.close()
        connection.commit()


def _look_at_rested(made: AsyncEngine, rested: float) -> None:
    """Have connections that Postgres has closed while they rested replaced before anybody notices."""

    @event.listens_for(made.sync_engine, "checkin")
    def rests(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(made.sync_engine, "checkout")
    def look(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        if time.monotonic() - entry.info.get("rests_since", time.monotonic()) < rested:
            return
        dialect = made.sync_engine.dialect
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # by which the pool knows to connect anew
