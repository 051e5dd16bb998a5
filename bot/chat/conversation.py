"""What is remembered of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """A question or an answer, in plain words.  `papers` are the ids it was about."""

    role: Literal["user", "bot"]
    text: str
    at: datetime
    papers: tuple[str, ...] = ()
