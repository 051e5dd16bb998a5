"""When Hugging Face's daily lists begin, fill and end.  Pure functions of the instant; nothing here asks the clock.

A list belongs to a date, and grows while it is that date.  It changes over at half past nine in the evening, New York
time (01:30 UTC in summer, 02:30 UTC in winter): from then on new papers are listed under the next date.  So the list
day is New York's date, and one more after 21:30 there.

- Saturday and Sunday are list days too, but submissions are closed then, and their lists stay empty.
- On a weekday, the list is empty from the roll-over of the evening before until the first paper is submitted.

In both cases `today` is that empty list, with the reason beside it; `previous_weekday` names the day to offer instead.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.papers.model import EmptyReason, ListState

FIRST_LIST = date(2023, 5, 4)  # the first list there is: https://huggingface.co/papers?date=2023-05-04
ROLL_OVER = time(21, 30)  # New York's wall clock
NEW_YORK = "America/New_York"

_DAY = timedelta(days=1)
_SATURDAY = 5


def list_day(now: datetime) -> date:
    """The date under which papers are listed at `now` (aware): today's list day, on weekends too."""
    there = now.astimezone(ZoneInfo(NEW_YORK))
    return there.date() + _DAY if there.time() >= ROLL_OVER else there.date()


def rolls_over_at(day: date) -> datetime:
    """The instant, in UTC, when the list of `day` is complete and the next one begins."""
    return datetime.combine(day, ROLL_OVER, ZoneInfo(NEW_YORK)).astimezone(UTC)


def state_of(day: date, now: datetime) -> ListState:
    """How far the list of `day` is at `now`."""
    return _state(first=day, last=day, today=list_day(now))


def state_of_week(day: date, now: datetime) -> ListState:
    """How far the list of the week (Monday to Sunday) that holds `day` is at `now`."""
    monday = monday_of(day)
    return _state(first=monday, last=monday + 6 * _DAY, today=list_day(now))


def _state(*, first: date, last: date, today: date) -> ListState:
    if first > today:
        return ListState.FUTURE
    return ListState.FINAL if last < today else ListState.FILLING


def why_empty(day: date, now: datetime) -> EmptyReason:
    """Why the list of `day`, which is not in the future, has no papers at `now`."""
    if is_weekend(day):
        return EmptyReason.WEEKEND
    return EmptyReason.EARLY if state_of(day, now) is ListState.FILLING else EmptyReason.NOTHING


def is_weekend(day: date) -> bool:
    """Whether submissions are closed on that day."""
    return day.weekday() >= _SATURDAY


def previous_weekday(day: date) -> date:
    """The last Monday-to-Friday before `day`."""
    day -= _DAY
    while is_weekend(day):
        day -= _DAY
    return day


def monday_of(day: date) -> date:
    """The Monday of the ISO week that holds `day`."""
    return day - day.weekday() * _DAY


def iso_week(day: date) -> str:
    """The ISO week that holds `day`, as Hugging Face writes it: "2026-W28"."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def read_day(word: str) -> date:
    """A day as people write it in a command.  Raises `BadInput` for one that does not exist."""
    try:
        return date.fromisoformat(word.strip())
    except ValueError:
        raise BadInput("That is not a day. A day is written as year-month-day, such as 2026-07-10.") from None
