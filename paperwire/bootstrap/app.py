"""The whole of Paperwire, put together and taken apart again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from bot.chat.engine import Engine
from bot.clock import SystemClock
from bot.digests.composing import Composer
from bot.digests.ports import SendsCodes
from bot.papers.library import Library
from bot.ports import Clock, Fetcher, LanguageModel, Store, Witness
from bot.presence import Presence
from bot.reading.ports import PATIENCE, Summarizes, longest_drafting
from bot.watching import WatchedFetcher, WatchedModel
from paperwire.bootstrap.digesting import make_composer, make_outlets
from paperwire.bootstrap.ground import Ground
from paperwire.bootstrap.handlers import make_engine, make_handlers
from paperwire.bootstrap.models import open_embedder, open_model
from paperwire.bootstrap.reading import open_asking, open_summarizer
from paperwire.bootstrap.sources import make_library, open_fetcher
from paperwire.bootstrap.store import open_store
from paperwire.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Parts that somebody brings along; those that are None are made by the settings."""

    clock: Clock | None = None
    fetcher: Fetcher | None = None
    store: Store | None = None
    model: LanguageModel | None = None
    summarizer: Summarizes | None = None
    letters: SendsCodes | None = None
    witness: Witness | None = None  # told what happens; without one nothing is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running Paperwire: the engine, and what the platforms need beside it."""

    settings: Settings
    clock: Clock
    store: Store
    library: Library
    engine: Engine
    composer: Composer
    model: LanguageModel | None
    presence: Presence = field(default_factory=Presence)


@asynccontextmanager
async def open_app(
    settings: Settings, parts: Parts | None = None, *, or_read_only: bool = False, stays: bool = True
) -> AsyncIterator[App]:
    """Put everything together, and take it apart again at the end.

    Args:
        settings: of this machine.
        parts: what is not to be made by the settings.
        or_read_only: whether a store that can only be read will do, as it does for somebody who is there to be told.

        stays: whether the program goes on after its answers; else summaries that take long are waited for.

    Raises:
        SettingsError, StoreError: the database cannot be opened.
    """
    parts = parts or Parts()
    async with AsyncExitStack() as closing:
        clock = parts.clock or SystemClock()
        store = await closing.enter_async_context(
            nullcontext(parts.store) if parts.store else open_store(settings, clock, or_read_only=or_read_only)
        )
        fetcher = await closing.enter_async_context(
            nullcontext(parts.fetcher) if parts.fetcher else open_fetcher(settings, clock)
        )
        model = parts.model or await closing.enter_async_context(open_model(settings, clock))
        if parts.witness is not None:
            fetcher = WatchedFetcher(fetcher, parts.witness)
            model = WatchedModel(model, parts.witness) if model else None
        library = make_library(settings, fetcher, store, clock)
        ground = Ground(
            settings=settings,
            clock=clock,
            store=store,
            fetcher=fetcher,
            model=model,
            library=library,
            patience=PATIENCE if stays else longest_drafting(settings.model_timeout),
        )
        summarizer = await closing.enter_async_context(
            nullcontext(parts.summarizer) if parts.summarizer else open_summarizer(ground)
        )
        embedder = await closing.enter_async_context(open_embedder(settings))
        asking = await closing.enter_async_context(open_asking(ground, embedder))
        composer = make_composer(ground, summarizer, asking)
        handlers = make_handlers(ground, summarizer, asking, composer, make_outlets(ground, parts.letters))
        yield App(
            settings=settings,
            clock=clock,
            store=store,
            library=library,
            engine=make_engine(ground, handlers, asking, parts.witness),
            composer=composer,
            model=model,
        )


def demo_parts() -> Parts:
    """A small built-in day that needs no network, no key and no data folder."""
    from bot.testing.store import FakeStore
    from paperwire.demo.parts import DemoFetcher, DemoSummarizer, WeekdayClock

    clock = WeekdayClock()
    return Parts(clock=clock, fetcher=DemoFetcher(clock), store=FakeStore(), summarizer=DemoSummarizer())
