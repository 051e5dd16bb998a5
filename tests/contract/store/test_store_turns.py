"""The contract of lines that all processes share.  Waits are compared with minutes, so that no machine is too slow."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tests.contract.store.kinds import Store

MINUTE = 60.0
LEEWAY = 30.0


async def test_each_turn_begins_where_the_one_before_ends(store: Store) -> None:
    waits = [await store.shared_turns.take("discord", 3 * MINUTE) for _ in range(3)]
    assert waits == pytest.approx([0.0, 3 * MINUTE, 6 * MINUTE], abs=LEEWAY)
    assert waits == sorted(waits)


async def test_lines_do_not_know_each_other(store: Store) -> None:
    await store.shared_turns.take("slack:T1", 3 * MINUTE)
    assert await store.shared_turns.take("slack:T2", MINUTE) == 0.0


async def test_turn_of_the_past_is_over(store: Store) -> None:
    await store.shared_turns.take("discord", 0.0)
    assert await store.shared_turns.take("discord", MINUTE) == 0.0


async def test_many_at_once_get_turns_of_their_own(store: Store) -> None:
    waits = await asyncio.gather(*[store.shared_turns.take("discord", MINUTE / 10) for _ in range(20)])
    steps = [after - before for before, after in pairwise(sorted(waits))]
    assert sum(waits) == pytest.approx(sum(range(20)) * MINUTE / 10, abs=20 * LEEWAY)
    assert min(steps) > 0


async def test_line_that_has_rested_lets_some_begin_at_once(store: Store) -> None:
    waits = [await store.shared_turns.take("slack:T1", 3 * MINUTE, ahead=6 * MINUTE) for _ in range(5)]
    assert waits[:3] == [0.0, 0.0, pytest.approx(0.0, abs=LEEWAY)]
    assert waits[3:] == pytest.approx([3 * MINUTE, 6 * MINUTE], abs=LEEWAY)
