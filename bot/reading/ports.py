"""What other rooms ask of reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.papers.model import Paper
from bot.reading.model import Summaries

# Seconds to wait for a model's summaries: while a person looks on, and while nobody does.
PATIENCE = 30.0
UNHURRIED = 300.0


def longest_drafting(model_timeout: float) -> float:
    """Seconds that summaries take at most: two calls, each with the model's timeout, and what is done around them."""
    return 2 * model_timeout + PATIENCE


class Summarizes(Protocol):
    """Summarizes papers; never fails and never drops one."""

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str, patience: float = PATIENCE
    ) -> Summaries:
        """A summary of each paper after `patience` seconds at most, billed to `workspace`."""

    async def recall(self, papers: Sequence[Paper], *, language: str) -> Summaries:
        """A summary of each paper at once and for nothing, as good as it is there."""
