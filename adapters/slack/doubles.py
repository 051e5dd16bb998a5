"""Double clicks: Slack sends each click as a press of its own."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta

from bot.ports import Clock

MOMENT = timedelta(seconds=2)


class Doubles:
    """Remembers for a moment what was pressed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pressed: dict[Hashable, datetime] = {}

    def is_double(self, press: Hashable) -> bool:
        """Whether the same was pressed a moment ago; if not, it counts as pressed now."""
        now = self._clock.now()
        self._pressed = {known: at for known, at in self._pressed.items() if now - at < MOMENT}
        if press in self._pressed:
            return True
        self._pressed[press] = now
        return False
