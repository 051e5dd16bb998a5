"""Processes are frozen while they send digests, or their database dies: nothing is lost, nothing comes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benchmarks.crash_worker import Spans, Step
from benchmarks.frozen import frozen
from benchmarks.outage import outage
from benchmarks.postgres import postgres

SHORT = Spans(alive=timedelta(seconds=1.5), settled=timedelta(seconds=4))
SCENES = [("slack", True), ("slack", False), ("discord", True), ("discord", False)]
STEPS = [(Step.LEAVING, 0), (Step.ARRIVED, 0), (Step.LEAVING, 1), (Step.ARRIVED, 1)]


@pytest.mark.long
@pytest.mark.postgres  # a frozen process may keep a SQLite file locked for everybody
@pytest.mark.parametrize(
    ("platform", "may_read", "aim"), [("slack", True, (Step.LEAVING, 0)), ("discord", False, (Step.ARRIVED, 0))]
)
async def test_process_that_wakes_up_repeats_nothing(
    platform: str, may_read: bool, aim: tuple[Step, int], postgres_database: str
) -> None:
    figures = await frozen(
        platform, aim, may_read=may_read, channels=3, seconds=6, spans=SHORT, database_url=postgres_database
    )
    _assert_whole(figures)
    assert figures["given_up"] == figures["given_up_and_told"]
    assert (figures["given_up"] == 0) is may_read


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize(("platform", "may_read"), SCENES)
@pytest.mark.parametrize("aim", STEPS)
async def test_process_that_wakes_up_after_minutes_repeats_nothing(
    platform: str, may_read: bool, aim: tuple[Step, int]
) -> None:
    with postgres() as server:
        figures = await frozen(platform, aim, may_read=may_read, channels=30, seconds=130, database_url=server.url)
    _assert_whole(figures)
    assert figures["given_up"] == figures["given_up_and_told"]


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("seconds", [15, 75])
async def test_database_that_dies_while_messages_leave_loses_none(seconds: float) -> None:
    with postgres() as server:
        _assert_whole(await outage("slack", server, may_read=False, channels=40, seconds=seconds))


def _assert_whole(figures: dict[str, object]) -> None:
    counts = [figures[name] for name in ("lost", "duplicated", "unknown", "refused_by_the_platform")]
    assert counts == [0, 0, 0, 0]
    assert set(figures["exit_codes"]) == {0}  # type: ignore[call-overload]
