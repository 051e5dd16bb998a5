"""The ids of workflows say what they are about and how often they were begun again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.digests.workflow_ids import look_id, next_id, slot_of, times_begun_again

SLOT = "email:local/reader@example.org/daily/2026-07-10/final/notice"


@pytest.mark.parametrize("made", [SLOT, look_id(SLOT, datetime(2026, 7, 10, 7, 15, tzinfo=UTC))])
def test_what_is_begun_again_is_about_the_same_slot(made: str) -> None:
    again = next_id(next_id(made))
    assert again.startswith(made)
    assert slot_of(again) == slot_of(made) == SLOT
    assert [times_begun_again(name) for name in (made, again)] == [0, 2]


def test_ids_of_earlier_versions_are_understood() -> None:
    assert slot_of(f"{SLOT}/digests-2/again 3") == SLOT
    assert next_id(f"{SLOT}/digests-2/again 3") == f"{SLOT}/digests-2/again 4"


def test_number_that_is_none_is_not_believed() -> None:
    assert times_begun_again(f"{SLOT}/again many") == 0
