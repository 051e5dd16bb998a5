"""Waiting for another program that writes to the same SQLite file: once, and then not again for a while.

Without this an answer that writes three times would be silent three times as long as one is ready to wait.
"""

from __future__ import annotations

from time import monotonic

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.store.faults import is_locked

LOCK_TIMEOUT = 5.0  # seconds to wait
LOCKED_FOR = 30.0  # seconds for which a file that was waited for in vain is not waited for again


class Locks:
    """Begins the transactions that write to one file."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._locked_until = 0.0  # by the monotonic clock

    def begin_writing(self, connection: Connection) -> None:
        """Become the one writer.  Raises `OperationalError` where another program is it for too long."""
        if monotonic() < self._locked_until:
            self._begin_at_once(connection)
        else:
            self._begin(connection)
        self._locked_until = 0.0

    def _begin(self, connection: Connection) -> None:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if is_locked(error):
                self._locked_until = monotonic() + LOCKED_FOR
            raise

    def _begin_at_once(self, connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(self._timeout * 1000)}")
