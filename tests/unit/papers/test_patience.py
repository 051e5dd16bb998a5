"""What sources advise is understood, and arXiv's line keeps its distance."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.http.patience import Line, advised_wait, exhausted_for
from bot.testing.clock import FakeClock

NOW = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Fri, 10 Jul 2026 12:02:00 GMT", 120.0),
        ("Fri, 10 Jul 2026 11:00:00 GMT", 0.0),
        ("Fri, 10 Jul 2026 12:01:00 -0000", 60.0),
        ("Fri, 10 Jul 99999999999999999999 12:01:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert advised_wait({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ('"api";r=0;t=240', 240.0),
        ('"api";r=12;t=240', None),
        ("limit=500, remaining=0, reset=30", 30.0),
        ("limit=500, remaining=20, reset=30", None),
        ("r=0", None),
        ("", None),
    ],
)
def test_an_empty_allowance_says_for_how_long(value: str, seconds: float | None) -> None:
    assert exhausted_for({"ratelimit": value}) == seconds


@given(st.text())
def test_any_header_is_safe(value: str) -> None:
    assert (advised_wait({"retry-after": value}, NOW) or 0.0) >= 0.0
    assert (exhausted_for({"ratelimit": value}) or 0.0) >= 0.0


async def test_requests_pass_one_at_a_time_and_three_seconds_apart() -> None:
    clock = FakeClock(NOW)
    line = Line(clock, 3.0)
    starts: list[datetime] = []
    inside = 0

    async def ask() -> None:
        nonlocal inside
        async with line.turn():
            inside += 1
            assert inside == 1
            starts.append(clock.now())
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(ask() for _ in range(4)))
    assert starts == [NOW + timedelta(seconds=3 * turn) for turn in range(4)]


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_that_is_set_holds_up_no_line(hours: int) -> None:
    clock = FakeClock(NOW + timedelta(hours=3))
    line = Line(clock, 3.0)
    async with line.turn():
        clock.set_to(clock.now() + timedelta(hours=hours))
    before = clock.monotonic()
    async with line.turn():
        assert clock.monotonic() - before == 3.0


async def test_nobody_waits_when_the_interval_is_over() -> None:
    clock = FakeClock(NOW)
    line = Line(clock, 3.0)
    async with line.turn():
        clock.advance(10)
    async with line.turn():
        assert clock.now() == NOW + timedelta(seconds=10)


async def test_a_failure_leaves_the_line_open() -> None:
    line = Line(FakeClock(NOW), 3.0)
    with pytest.raises(RuntimeError):
        async with line.turn():
            raise RuntimeError
    async with asyncio.timeout(1), line.turn():
        pass
