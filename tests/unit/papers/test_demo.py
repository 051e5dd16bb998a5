"""The demonstration has something to show on whatever day somebody tries it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.papers.calendar import list_day
from bot.testing.clock import FakeClock
from paperwire.demo.parts import DemoFetcher


@pytest.mark.parametrize("days", range(7))
async def test_the_week_before_has_lists_on_every_day(days: int) -> None:
    clock = FakeClock(datetime(2026, 7, 6, 12, tzinfo=UTC) + timedelta(days=days))
    today = list_day(clock.now())
    monday = today - timedelta(days=today.weekday(), weeks=1)
    lists = [
        await DemoFetcher(clock).get("https://hf/api/daily_papers", params={"date": str(monday + timedelta(days=ago))})
        for ago in range(5)
    ]
    assert any(json.loads(answer.body) for answer in lists)
