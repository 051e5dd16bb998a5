"""What was spent, in memory."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.llm.model import Usage
from bot.llm.timeouts import Timeouts
from bot.ports import Clock, DayUsage
from bot.testing.clock import FakeClock

SKEW = timedelta(minutes=1)  # between clocks that are right


class _Reservation(NamedTuple):
    workspace: str
    day: date
    tokens: int
    made_at: datetime


class FakeLedger:
    """Implements `bot.ports.UsageLedger`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or FakeClock()
        self._numbers = itertools.count(1)
        self._held: dict[int, _Reservation] = {}
        self._used: dict[tuple[str, date, str, str], DayUsage] = {}

    async def reserve(self, workspace: str, day: date, tokens: int, budget: int) -> int | None:
        """Hold `tokens` if they fit."""
        now = self._clock.now()
        earliest, latest = now - Timeouts().longest_call, now + SKEW
        held = sum(
            own.tokens
            for own in self._held.values()
            if (own.workspace, own.day) == (workspace, day) and earliest <= own.made_at <= latest
        )
        used = sum(row.prompt_tokens + row.completion_tokens for row in await self.usage(workspace, day))
        if budget and used + held + tokens > budget:
            return None
        number = next(self._numbers)
        self._held[number] = _Reservation(workspace, day, tokens, now)
        return number

    async def settle(self, reservation: int, model: str, purpose: str, usage: Usage | None) -> None:
        """Replace the reservation by what was used."""
        held = self._held.pop(reservation, None)
        if held is None or usage is None:
            return
        key = (held.workspace, held.day, model, purpose)
        blank = DayUsage(model=model, purpose=purpose, calls=0, prompt_tokens=0, completion_tokens=0, cost=None)
        before = self._used.get(key, blank)
        self._used[key] = replace(
            before,
            calls=before.calls + 1,
            prompt_tokens=before.prompt_tokens + usage.prompt_tokens,
            completion_tokens=before.completion_tokens + usage.completion_tokens,
            cost=before.cost if usage.cost is None else (before.cost or 0.0) + usage.cost,
        )

    async def usage(self, workspace: str, day: date) -> Sequence[DayUsage]:
        """A row per model and purpose, in that order."""
        return [row for key, row in sorted(self._used.items()) if key[:2] == (workspace, day)]

    async def release_stale(self, before: datetime) -> int:
        """Drop reservations made before then."""
        stale = [number for number, own in self._held.items() if own.made_at < before]
        for number in stale:
            del self._held[number]
        return len(stale)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {own.workspace for own in self._held.values()} | {key[0] for key in self._used}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._held = {number: own for number, own in self._held.items() if own.workspace != workspace}
        self._used = {key: row for key, row in self._used.items() if key[0] != workspace}
