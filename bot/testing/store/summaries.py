"""Summaries in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.reading.model import Summary, SummaryKey


class FakeSummaries:
    """Implements `bot.ports.SummaryRepository`."""

    def __init__(self) -> None:
        self._summaries: dict[SummaryKey, Summary] = {}

    async def get_many(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Those that are there."""
        return {key: self._summaries[key] for key in keys if key in self._summaries}

    async def save(self, summaries: Mapping[SummaryKey, Summary]) -> None:
        """Insert or replace."""
        self._summaries.update(summaries)
