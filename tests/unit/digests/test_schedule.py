"""Slots follow the clock on the channel's wall, one a local day, through every change of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.schedule import WEEKDAYS, Schedule
from bot.errors import BadInput

ZONES = sorted(available_timezones())
instants = st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
half_hours = st.integers(0, 47).map(lambda n: time(n // 2, n % 2 * 30))
schedules = st.builds(
    Schedule,
    at=half_hours,
    zone=st.sampled_from(ZONES),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        ("Europe/Berlin", time(9), date(2026, 7, 10), datetime(2026, 7, 10, 7, 0, tzinfo=UTC)),
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # gap
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # first of two
        ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", time(9), date(2026, 1, 1), datetime(2026, 1, 1, 3, 15, tzinfo=UTC)),
        ("America/Nuuk", time(23, 30), date(2026, 3, 28), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_becomes_one_instant(zone: str, at: time, day: date, expected: datetime) -> None:
    assert Schedule(at, zone).due_on(day) == expected


def test_a_day_that_a_zone_skipped_has_no_slot() -> None:
    apia = Schedule(time(9), "Pacific/Apia")
    assert apia.due_on(date(2011, 12, 30)) is None
    assert apia.next_slot(datetime(2011, 12, 30, 0, tzinfo=UTC))[0] == date(2011, 12, 31)


def test_weekdays_are_those_of_the_wall() -> None:
    auckland = Schedule(time(9), "Pacific/Auckland", WEEKDAYS)
    sunday_evening_in_utc = datetime(2026, 7, 12, 20, tzinfo=UTC)
    assert auckland.next_slot(sunday_evening_in_utc) == (date(2026, 7, 13), datetime(2026, 7, 12, 21, tzinfo=UTC))


@given(schedules, instants)
def test_the_next_slot_lies_ahead_and_nothing_lies_between(schedule: Schedule, now: datetime) -> None:
    day, due = schedule.next_slot(now)
    assert due > now
    assert schedule.due_on(day) == due
    assert schedule.last_slot(due) == (day, due)
    assert schedule.last_slot(due - timedelta(microseconds=1))[1] <= now


@given(schedules, instants)
def test_slots_come_in_the_order_of_their_days(schedule: Schedule, now: datetime) -> None:
    first_day, first = schedule.next_slot(now)
    second_day, second = schedule.next_slot(first)
    assert (first_day, first) < (second_day, second)
    assert first_day < second_day


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe/Berlin\n", "x" * 5000])
def test_an_unknown_zone_is_refused_with_a_sentence(zone: str) -> None:
    with pytest.raises(BadInput, match="There is no time zone"):
        Schedule(time(9), zone)


def test_a_schedule_without_days_is_refused() -> None:
    with pytest.raises(BadInput, match="weekday"):
        Schedule(time(9), "UTC", frozenset())
