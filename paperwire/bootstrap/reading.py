"""What summarizes papers, and what answers questions to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.chat.finding import Finder
from bot.reading.ports import Summarizes
from paperwire.bootstrap.ground import Ground

if TYPE_CHECKING:
    from bot.chat.asking import Asking
    from bot.reading.semantic import Embedder


@asynccontextmanager
async def open_summarizer(ground: Ground) -> AsyncIterator[Summarizes]:
    """Summaries by the model where there is one, on the account of whoever asks; work under way may end first."""
    from bot.reading.summaries import Summarizer

    summarizer = Summarizer(ground.meter(), ground.store.summaries, leases=ground.store.leases)
    try:
        yield summarizer
    finally:
        await summarizer.aclose()


@asynccontextmanager
async def open_asking(ground: Ground, embedder: Embedder | None) -> AsyncIterator[Callable[[], Asking]]:
    """Questions to papers' full texts; by passages alone where there is no model.

    They are made ready at the first question: a start need not wait for what reads whole papers.
    """
    async with AsyncExitStack() as closing:

        @cache
        def ready() -> Asking:
            return make_asking(ground, embedder, closing)

        yield ready


def make_asking(ground: Ground, embedder: Embedder | None, closing: AsyncExitStack) -> Asking:
    """What answers questions; its processes end when `closing` does."""
    from bot.chat.asking import Asking
    from bot.chat.subject import SubjectFinder
    from bot.papers.fulltext.ladder import Sources, TextLadder
    from bot.papers.fulltext.workshop import Workshop
    from bot.reading.answering import Answerer
    from bot.reading.reader import Reader
    from bot.reading.remembered import RememberedReplies

    store, clock = ground.store, ground.clock
    workshop = Workshop()
    closing.push_async_callback(workshop.close)
    sources = Sources.of(ground.settings.arxiv_url, ground.settings.hf_endpoint)
    finder = Finder(ground.library, store.conversations)
    return Asking(
        finder,
        SubjectFinder(finder, ground.library, store.papers, store.conversations),
        Reader(TextLadder(ground.fetcher, store.texts, clock, workshop, sources), embedder),
        Answerer(ground.meter(), RememberedReplies(store.answers, clock)),
        store.conversations,
        clock,
    )
