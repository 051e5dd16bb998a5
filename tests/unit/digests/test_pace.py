"""How fast messages leave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.model import Target
from bot.digests.pace import Pace
from bot.testing.clock import FakeClock
from bot.testing.simulation import SimulatedClock, simulate

HOURS = timedelta(hours=3)
A, B = Target("slack:T1", "A"), Target("slack:T1", "B")


def left(
    turns: Sequence[tuple[float, Target]],
    *,
    seconds_between: float = 0.0,
    per_second: float | None = None,
    burst: int = 1,
) -> list[tuple[Target, float]]:
    """When messages leave, in order: of each, when it is ready, and its channel."""

    async def whole() -> list[tuple[Target, float]]:
        pace = Pace(SimulatedClock(), seconds_between=seconds_between, per_second=per_second, burst=burst)
        departures: list[tuple[Target, float]] = []

        async def send(ready: float, target: Target) -> None:
            await asyncio.sleep(ready)
            await pace.turn(target)
            departures.append((target, asyncio.get_running_loop().time()))

        await asyncio.gather(*[send(*turn) for turn in turns])
        return departures

    return simulate(whole())


def test_a_channel_keeps_its_distance_whoever_sends() -> None:
    assert [at for _, at in left([(0, A)] * 4, seconds_between=1)] == [0, 1, 2, 3]


def test_channels_do_not_wait_for_each_other() -> None:
    assert left([(0, A), (0, B)], seconds_between=1) == [(A, 0), (B, 0)]


def test_over_all_channels_so_many_leave_in_a_second() -> None:
    channels = [Target("discord:1", str(number)) for number in range(101)]
    departures = left([(0, channel) for channel in channels], per_second=50)
    assert round(departures[-1][1], 6) == 2.0


def test_after_a_rest_some_leave_at_once() -> None:
    channels = [Target("slack:1", str(number)) for number in range(6)]
    times = [at for _, at in left([(0, channel) for channel in channels], per_second=2, burst=4)]
    assert [round(at, 6) for at in times] == [0, 0, 0, 0, 0.5, 1.0]


def test_channel_that_is_not_ready_keeps_nobody_waiting_in_line() -> None:
    departures = left([(0, A), (0.1, A), (0.2, B)], seconds_between=5, per_second=10)
    assert [(target, round(at, 6)) for target, at in departures] == [(A, 0), (B, 0.2), (A, 5)]


ready = st.floats(min_value=0, max_value=3)
messages = st.lists(st.tuples(ready, st.sampled_from([A, B, Target("slack:T1", "C")])), max_size=30)


@given(messages)
def test_no_second_has_more_than_the_limit(turns: list[tuple[float, Target]]) -> None:
    departures = left(turns, seconds_between=0.5, per_second=5)
    times = [at for _, at in departures]
    assert len(times) == len(turns)
    assert all(sum(start <= at < start + 1 - 1e-6 for at in times) <= 5 for start in times)
    for channel in {target for target, _ in departures}:
        own = [at for target, at in departures if target == channel]
        assert all(later - earlier > 0.5 - 1e-6 for earlier, later in pairwise(own))


@pytest.mark.parametrize("ahead", [-HOURS, HOURS])
async def test_clock_that_is_set_holds_up_nobody(ahead: timedelta) -> None:
    clock = FakeClock()
    pace = Pace(clock, seconds_between=1.0, per_second=2.0)
    await pace.turn(A)
    clock.set_to(clock.now() + ahead)
    before = clock.monotonic()
    await pace.turn(A)
    assert clock.monotonic() - before == 1.0
