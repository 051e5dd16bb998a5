"""What a model failed at lately, so that nobody pays for the same failure again soon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.errors import ModelError, ModelNotFound
from bot.reading.model import SummaryKey

LASTS = 3600.0  # seconds


class Setbacks:
    """Remembers, in memory, which summaries a model could not write, and why."""

    def __init__(self) -> None:
        self._known: dict[SummaryKey, tuple[float, ModelError | None]] = {}

    def add(self, keys: Iterable[SummaryKey], fault: ModelError | None, now: float) -> None:
        """The model was asked for these, and gave nothing that can be used; without `fault` it left them out."""
        if isinstance(fault, ModelNotFound):  # costs nothing, and may be mended at any moment
            return
        self._known = {key: entry for key, entry in self._known.items() if now - entry[0] < LASTS}
        self._known |= dict.fromkeys(keys, (now, fault))

    def among(self, keys: Iterable[SummaryKey], now: float) -> Mapping[SummaryKey, ModelError | None]:
        """Those that are not worth asking for yet, and why."""
        entries = ((key, self._known[key]) for key in keys if key in self._known)
        return {key: fault for key, (at, fault) in entries if now - at < LASTS}
