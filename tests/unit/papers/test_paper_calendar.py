"""The lists' calendar, hour by hour, through both changes of New York's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.calendar import (
    FIRST_LIST,
    is_weekend,
    iso_week,
    list_day,
    monday_of,
    previous_weekday,
    rolls_over_at,
    state_of,
    state_of_week,
    why_empty,
)
from bot.papers.model import EmptyReason, ListState

SPRING = date(2026, 3, 8)  # New York's clocks go forward
AUTUMN = date(2026, 11, 1)  # and back
DAY = timedelta(days=1)
DAYS = st.dates(FIRST_LIST, date(2090, 1, 1))


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2026, 7, 10), 1), (date(2026, 1, 9), 2), (SPRING - DAY, 2), (SPRING, 1), (AUTUMN, 2)]
)
def test_the_roll_over_is_at_half_past_nine_in_new_york(day: date, hour: int) -> None:
    assert rolls_over_at(day) == utc(day + DAY, hour, 30)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_every_hour_around_a_change_of_clocks_has_the_right_list_day(change: date) -> None:
    start = utc(change - 2 * DAY, 0)
    for hour in range(24 * 5):
        now = start + timedelta(hours=hour)
        day = list_day(now)
        assert rolls_over_at(day - DAY) <= now < rolls_over_at(day)


@given(DAYS)
def test_a_list_day_begins_where_the_one_before_ends(day: date) -> None:
    end = rolls_over_at(day)
    assert list_day(end - timedelta(microseconds=1)) == day
    assert list_day(end) == day + DAY


@given(DAYS)
def test_a_list_is_ahead_then_fills_then_is_final(day: date) -> None:
    start, end = rolls_over_at(day - DAY), rolls_over_at(day)
    assert state_of(day, start - timedelta(seconds=1)) is ListState.FUTURE
    assert state_of(day, start) is ListState.FILLING
    assert state_of(day, end - timedelta(seconds=1)) is ListState.FILLING
    assert state_of(day, end) is ListState.FINAL


@given(DAYS)
def test_a_week_is_final_after_its_sunday(day: date) -> None:
    monday = monday_of(day)
    assert state_of_week(day, rolls_over_at(monday - DAY) - timedelta(seconds=1)) is ListState.FUTURE
    assert state_of_week(day, rolls_over_at(monday - DAY)) is ListState.FILLING
    assert state_of_week(day, rolls_over_at(monday + 6 * DAY) - timedelta(seconds=1)) is ListState.FILLING
    assert state_of_week(day, rolls_over_at(monday + 6 * DAY)) is ListState.FINAL


def test_an_empty_day_says_why() -> None:
    friday = date(2026, 7, 10)
    assert why_empty(friday + DAY, utc(friday + DAY, 12)) is EmptyReason.WEEKEND
    assert why_empty(friday, utc(friday, 6)) is EmptyReason.EARLY
    assert why_empty(friday, utc(friday + 5 * DAY, 6)) is EmptyReason.NOTHING


def test_friday_evening_in_new_york_is_already_saturdays_list() -> None:
    assert list_day(utc(date(2026, 7, 11), 1, 30)) == date(2026, 7, 11)


def test_monday_morning_in_asia_is_still_sundays_list() -> None:
    assert list_day(utc(date(2026, 7, 13), 0)) == date(2026, 7, 12)


@given(DAYS)
def test_the_previous_weekday_is_the_nearest_one(day: date) -> None:
    found = previous_weekday(day)
    assert not is_weekend(found)
    assert all(is_weekend(found + n * DAY) for n in range(1, (day - found).days))
    assert found < day


@given(DAYS)
def test_a_week_has_one_name_and_one_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert iso_week(monday) == iso_week(day)
    assert datetime.strptime(iso_week(day) + "-1", "%G-W%V-%u").replace(tzinfo=UTC).date() == monday


def test_the_first_days_of_january_may_belong_to_the_old_year() -> None:
    assert iso_week(date(2027, 1, 1)) == "2026-W53"
