"""Where papers come from, at the addresses that the settings name."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import HuggingFace
from bot.papers.library import Library
from bot.ports import Clock, Fetcher, Store
from paperwire.settings import Settings


def open_fetcher(settings: Settings, clock: Clock, *, cached: bool = True) -> AbstractAsyncContextManager[Fetcher]:
    """The network, with a cache in the data folder (or without)."""
    from bot.papers.http import HttpFetcher, Sources

    token = settings.hf_token.get_secret_value() if settings.hf_token else None
    sources = Sources(hugging_face=settings.hf_endpoint, arxiv=settings.arxiv_url, hugging_face_token=token)
    return HttpFetcher(clock, sources=sources, cache=settings.data / "http" if cached else None)


def make_library(settings: Settings, fetcher: Fetcher, store: Store, clock: Clock) -> Library:
    """The sources at their configured addresses, and the store behind them."""
    huggingface, arxiv = HuggingFace(fetcher, settings.hf_endpoint), Arxiv(fetcher, settings.arxiv_url)
    return Library(huggingface, arxiv, store.papers, clock)
