"""Replies kept in memory."""

from __future__ import annotations

from datetime import datetime


class FakeAnswers:
    """Implements `bot.ports.AnswerRepository`."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        """The reply kept under a key."""
        return self._kept.get(key)

    async def save(self, key: str, reply: str, at: datetime) -> None:
        """Insert or replace."""
        self._kept[key] = reply
