"""The ids of workflows: the key of a slot, what is done with it, and how often it was begun again.

    discord:9/123/daily/2026-07-10/final
    discord:9/123/daily/2026-07-10/final/again 2
    discord:9/123/daily/2026-07-10/final/look 2026-07-10T07:15:00+00:00/again 1

So an id alone says what to do once more, whatever became of the workflow's record.
"""

from __future__ import annotations

import re
from datetime import datetime

_AGAIN = "/again "
_LOOK = "/look "
_MARKS = re.compile(f"{_AGAIN}|{_LOOK}|/digests-")  # the last one stood in those of earlier versions


def look_id(slot_key: str, at: datetime) -> str:
    """The id of a look at a digest that is due then."""
    return f"{slot_key}{_LOOK}{at.isoformat()}"


def slot_of(workflow_id: str) -> str:
    """The key of the slot that a workflow is about."""
    return _MARKS.split(workflow_id, maxsplit=1)[0]


def next_id(workflow_id: str) -> str:
    """The id of the workflow that goes on where this one ends; it is the same whoever asks."""
    first, _, _ = workflow_id.partition(_AGAIN)
    return f"{first}{_AGAIN}{times_begun_again(workflow_id) + 1}"


def times_begun_again(workflow_id: str) -> int:
    """How often that has been begun again."""
    number = workflow_id.partition(_AGAIN)[2]
    return int(number) if number.isdecimal() else 0
