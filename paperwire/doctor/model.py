"""A check, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """How it looks."""

    OK = "ok"
    WARNING = "warning"  # it works, but less than it could
    FAULT = "fault"  # it does not work; the exit code of the doctor tells


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict, in a sentence for a person; `fix` says what to do where there is something to do."""

    verdict: Verdict
    sentence: str
    fix: str = ""


class Check(Protocol):
    """One thing to look at."""

    @property
    def name(self) -> str:
        """What is looked at, in a word or two."""

    async def run(self) -> Result:
        """Look.  A `BotError` counts as a fault with its sentence."""
