"""What summarizes papers, and what answers questions to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap.models import make_meter
from bot.chat.finding import Finder
from bot.papers.library import Library
from bot.ports import Clock, Fetcher, LanguageModel, Store
from bot.reading.ports import Summarizes
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.chat.asking import Asking
    from bot.reading.semantic import Embedder


@asynccontextmanager
async def open_summarizer(
    settings: Settings, model: LanguageModel | None, store: Store, clock: Clock
) -> AsyncIterator[Summarizes]:
    """Summaries by the model where there is one, on the account of whoever asks; work under way may end first."""
    from bot.reading.summaries import Summarizer

    summarizer = Summarizer(make_meter(settings, model, store, clock), store.summaries, leases=store.leases)
    try:
        yield summarizer
    finally:
        await summarizer.aclose()


@asynccontextmanager
async def open_asking(
    settings: Settings,
    library: Library,
    fetcher: Fetcher,
    store: Store,
    clock: Clock,
    model: LanguageModel | None,
    embedder: Embedder | None,
) -> AsyncIterator[Callable[[], Asking]]:
    """Questions to papers' full texts; by passages alone where there is no model.

    They are made ready at the first question: a start need not wait for what reads whole papers.
    """
    async with AsyncExitStack() as closing:

        @cache
        def ready() -> Asking:
            return make_asking(settings, library, fetcher, store, clock, model, embedder, closing)

        yield ready


def make_asking(
    settings: Settings,
    library: Library,
    fetcher: Fetcher,
    store: Store,
    clock: Clock,
    model: LanguageModel | None,
    embedder: Embedder | None,
    closing: AsyncExitStack,
) -> Asking:
    """What answers questions; its processes end when `closing` does."""
    from bot.chat.asking import Asking
    from bot.chat.subject import SubjectFinder
    from bot.papers.fulltext.ladder import Sources, TextLadder
    from bot.papers.fulltext.workshop import Workshop
    from bot.reading.answering import Answerer
    from bot.reading.reader import Reader
    from bot.reading.remembered import RememberedReplies

    workshop = Workshop()
    closing.push_async_callback(workshop.close)
    ladder = TextLadder(fetcher, store.texts, clock, workshop, Sources.of(settings.arxiv_url, settings.hf_endpoint))
    finder = Finder(library, store.conversations)
    return Asking(
        finder,
        SubjectFinder(finder, library, store.papers, store.conversations),
        Reader(ladder, embedder),
        Answerer(make_meter(settings, model, store, clock), RememberedReplies(store.answers, clock)),
        store.conversations,
        clock,
    )
