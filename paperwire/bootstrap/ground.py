"""What all the rest stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.papers.library import Library
from bot.ports import Clock, Fetcher, LanguageModel, Store
from bot.reading.ports import PATIENCE
from paperwire.bootstrap.models import make_meter
from paperwire.settings import Settings

if TYPE_CHECKING:
    from bot.llm.budget import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Settings, time, store, network, model (None: there is none), and the library over them."""

    settings: Settings
    clock: Clock
    store: Store
    fetcher: Fetcher
    model: LanguageModel | None
    library: Library
    patience: float = PATIENCE  # seconds that somebody who looks on waits for a model's summaries

    def meter(self) -> Meter | None:
        """The model on the account of whoever asks; None without a model."""
        return make_meter(self.settings, self.model, self.store, self.clock)
