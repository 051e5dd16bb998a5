"""The gate between steps and their recorder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.digests.gate import Gate


async def _seven() -> int:
    return 7


async def _fails() -> int:
    raise RuntimeError("The recorder is gone.")


async def _waits(task: asyncio.Task[int]) -> bool:
    """Whether a task neither ends nor fails, however often others have their turn."""
    for _ in range(20):
        await asyncio.sleep(0)
    is_waiting = not task.done()
    task.cancel()
    return is_waiting


async def test_open_gate_lets_results_and_errors_through() -> None:
    gate = Gate()
    await gate.stay()
    assert await gate.through(_seven) == 7
    with pytest.raises(RuntimeError):
        await gate.through(_fails)


async def test_closed_gate_lets_nobody_in() -> None:
    gate = Gate()
    await gate.close(0)
    assert await _waits(asyncio.create_task(gate.through(_seven)))


async def test_closing_waits_for_whoever_is_inside() -> None:
    gate, may_go = Gate(), asyncio.Event()

    async def step() -> int:
        await may_go.wait()
        return 7

    inside = asyncio.create_task(gate.through(step))
    await asyncio.sleep(0)
    closing = asyncio.create_task(gate.close(10))
    await asyncio.sleep(0)
    assert not closing.done()
    may_go.set()
    await closing
    assert await inside == 7


@pytest.mark.parametrize("end", [_seven, _fails])
async def test_whoever_comes_back_too_late_says_nothing(end: Callable[[], Awaitable[int]]) -> None:
    gate, may_go = Gate(), asyncio.Event()

    async def step() -> int:
        await may_go.wait()
        return await end()

    inside = asyncio.create_task(gate.through(step))
    await asyncio.sleep(0)
    await gate.close(0)
    may_go.set()
    assert await _waits(inside)
