"""What people write after `subscribe`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests import options
from bot.digests.model import Edition, EmptyDays, Kind, Subscription, Target
from bot.digests.schedule import EVERY_DAY, Schedule
from bot.errors import BadInput

BASE = Subscription(target=Target("slack:T1", "C1"), owner="U1", schedule=Schedule(time(9), "Europe/Berlin"))


def test_every_option_is_read() -> None:
    wished = options.read_options(
        BASE,
        {
            "at": "8:30",
            "in": "Asia/Tokyo",
            "on": "friday",
            "top": "8",
            "about": "Diffusion, agents,  Diffusion",
            "without": "benchmarks",
            "language": "de",
            "edition": "live",
            "empty": "say",
            "weekly": "weekly",
        },
    )
    assert wished.schedule == Schedule(time(8, 30), "Asia/Tokyo", frozenset({4}))
    assert (wished.top, wished.topics, wished.muted) == (8, ("diffusion", "agents"), ("benchmarks",))
    assert (wished.language, wished.edition, wished.empty_days) == ("de", Edition.LIVE, EmptyDays.SAY)
    assert wished.kind is Kind.WEEKLY


def test_what_is_not_named_stays() -> None:
    assert options.read_options(BASE, {}) == BASE
    assert options.read_options(BASE, {"top": "3"}).schedule == BASE.schedule


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("09:00", time(9)),
        ("9", time(9)),
        ("9am", time(9)),
        ("12 am", time(0)),
        ("12pm", time(12)),
        ("5:30 PM", time(17, 30)),
        ("17h30", time(17, 30)),
    ],
)
def test_times_are_read_as_people_write_them(words: str, expected: time) -> None:
    assert options.read_time(words) == expected


@pytest.mark.parametrize("words", ["", "25:00", "9:60", "13pm", "0am", "noon", "-1", "9:0"])
def test_what_is_no_time_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="time of day"):
        options.read_time(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("weekdays", {0, 1, 2, 3, 4}),
        ("every day", set(EVERY_DAY)),
        ("Mon, Wed and Fri", {0, 2, 4}),
        ("tuesday - saturday", {1, 2, 3, 4, 5}),
        ("fri-mon", {4, 5, 6, 0}),
        ("su", {6}),
    ],
)
def test_weekdays_are_read_as_people_write_them(words: str, expected: set[int]) -> None:
    assert options.read_weekdays(words) == expected


@pytest.mark.parametrize("words", ["", "t", "someday", "mon-", "mon,,tue", "x" * 10_000])
def test_what_is_no_weekday_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="weekdays"):
        options.read_weekdays(words)


@pytest.mark.parametrize("words", ["0", "26", "-3", "many", "9" * 5000, "²"])
def test_a_digest_has_a_size(words: str) -> None:
    with pytest.raises(BadInput, match="from 1 to 25"):
        options.read_top(words)


@pytest.mark.parametrize("words", ["klingon", "", "e", "../de", "de; drop"])
def test_a_language_must_exist(words: str) -> None:
    with pytest.raises(BadInput, match="language"):
        options.read_language(words)


def test_topics_can_be_cleared() -> None:
    assert options.read_topics("nothing") == ()


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_weekdays_are_written_as_they_are_read(days: frozenset[int]) -> None:
    assert options.read_weekdays(options.write_weekdays(days)) == days


def is_understood(read: Callable[[str], object], words: str) -> bool:
    try:
        read(words)
    except BadInput:
        return False
    return True


readers = st.sampled_from([options.read_time, options.read_weekdays, options.read_top, options.read_language])


@given(readers, st.text() | st.text(alphabet="0123456789:.hampm -,montuewdfris", max_size=12))
def test_any_words_are_read_or_refused(read: Callable[[str], object], words: str) -> None:
    assert is_understood(read, words) in {True, False}
