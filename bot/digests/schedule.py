"""When a subscription is due: a wall time in an IANA zone, on certain weekdays.

The clock on the channel's wall decides, and each of its days has at most one slot:

- A wall time that the day skips (spring) is moved to the first instant after the gap.
- A wall time that the day has twice (autumn) means the first of the two.
- A day that a zone leaves out altogether (Apia, 30 December 2011) has no slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import BadInput

EVERY_DAY = frozenset(range(7))  # Monday is 0, as in `date.weekday`
WEEKDAYS = frozenset(range(5))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """A wall time, the zone it is read in, and the weekdays it holds for."""

    at: time  # naive: a time on the wall
    zone: str
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise BadInput("A schedule needs at least one weekday.")
        _ = self.tzinfo

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The zone's rules; raises `BadInput` for a name that IANA does not know."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadInput(f"There is no time zone `{self.zone[:60]}`. Try a name such as Europe/Berlin.") from None

    def due_on(self, day: date) -> datetime | None:
        """The instant (UTC) of the slot of a local day, or None if that day has none."""
        return _slot(day, self.at, self.tzinfo) if day.weekday() in self.weekdays else None

    def next_due(self, after: datetime) -> datetime:
        """The first slot later than the instant `after`, in UTC."""
        return self.next_slot(after)[1]

    def next_slot(self, after: datetime) -> tuple[date, datetime]:
        """The local day and the instant (UTC) of the first slot later than `after`."""
        day = after.astimezone(self.tzinfo).date() - ONE_DAY
        while True:
            due = self.due_on(day)
            if due is not None and due > after:
                return day, due
            day += ONE_DAY

    def last_slot(self, until: datetime) -> tuple[date, datetime]:
        """The local day and the instant (UTC) of the newest slot that is not later than `until`."""
        day = until.astimezone(self.tzinfo).date() + ONE_DAY
        while True:
            due = self.due_on(day)
            if due is not None and due <= until:
                return day, due
            day -= ONE_DAY


@lru_cache(maxsize=8192)  # neighbouring days of the same few zones and hours are asked for again and again
def _slot(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    return _instant(datetime.combine(day, at), zone) if _exists(day, zone) else None


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive wall time: the first of two, or the end of the gap it falls into."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _end_of_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the zone's offset changes, known to lie between two instants; exact to the second."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0) if middle.replace(microsecond=0) > before else middle
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether any instant bears this local date.  No zone has ever skipped noon and left the rest of a day."""
    noon = datetime.combine(day, time(12), tzinfo=zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day
