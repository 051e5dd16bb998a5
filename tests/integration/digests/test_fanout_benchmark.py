"""The measure of fan-out, in its short form, with recorded papers."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import fanout

ROOT = Path(__file__).parents[3]


async def _measured(platform: str, channels: int, processes: int | None = None) -> dict[str, Any]:
    options = argparse.Namespace(platform=platform, channels=channels, top=10, processes=processes, first_day=False)
    return await asyncio.to_thread(fanout.run, options)


@pytest.mark.real_data
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_nothing_is_refused_lost_or_doubled(shared_data: Path, platform: str) -> None:
    measured = await _measured(platform, 60)
    assert (measured["rate_limited"], measured["lost"], measured["duplicated"]) == (0, 0, 0)
    assert measured["messages"] == 660
    assert 0.85 < measured["efficiency"] <= 1


@pytest.mark.real_data
async def test_model_is_asked_as_often_for_many_channels_and_processes_as_for_one(shared_data: Path) -> None:
    one, many = await _measured("slack", 1), await _measured("slack", 30, processes=3)
    assert one["model_calls"] == many["model_calls"] == 1


@pytest.mark.real_data
def test_scripts_read_nothing_but_figures(shared_data: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "fanout", "--platform", "slack", "--channels", "1", "--json"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=True, timeout=60)
    assert json.loads(done.stdout)["lost"] == 0
