"""The database's own clock, as SQL.  What several machines compare is compared by it, since their clocks may differ."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, Float, Interval, extract, func, literal

from bot.store.database import Database
from bot.store.types import Instant

UNIX_EPOCH = 2_440_587.5  # as a Julian day, by which SQLite tells time
SECONDS_A_DAY = 86_400.0
LEEWAY = timedelta(seconds=1)  # by which a clock may be set back without making void what it has stamped
SKEW = timedelta(minutes=1)  # between the clocks of machines that are right
_STORED = "%Y-%m-%d %H:%M:%f000"  # as `Instant` is stored on SQLite, whose %f has milliseconds


def instant(database: Database, ahead: timedelta = timedelta()) -> ColumnElement[datetime]:
    """The instant at which a statement runs, so much later."""
    if database.is_sqlite:
        return func.strftime(_STORED, "now", f"{ahead.total_seconds():+f} seconds", type_=Instant())
    return func.clock_timestamp(type_=DateTime(timezone=True)) + literal(ahead, Interval())


def unix_seconds(database: Database) -> ColumnElement[float]:
    """The instant at which a statement runs, in seconds since 1970."""
    if database.is_sqlite:
        return (func.julianday("now", type_=Float) - literal(UNIX_EPOCH)) * SECONDS_A_DAY
    return extract("epoch", func.clock_timestamp()).cast(Float(53))


def runs(database: Database, end: ColumnElement[datetime], length: timedelta) -> ColumnElement[bool]:
    """Whether a term of this length that ends then is under way.

    One that ends later than its length from now was begun by a clock that was ahead; it is void.
    """
    return (end > instant(database)) & (end <= instant(database, length + LEEWAY))
