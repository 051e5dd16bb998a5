"""The language model, the embedding, and what counts their tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.llm.timeouts import Timeouts
from bot.llm.tokens import TokenCounter, cache_folder
from bot.ports import Clock, LanguageModel, Store
from paperwire.settings import Settings

if TYPE_CHECKING:
    from bot.llm.budget import Meter
    from bot.reading.semantic import Embedder


@asynccontextmanager
async def open_model(settings: Settings, clock: Clock) -> AsyncIterator[LanguageModel | None]:
    """The configured language model, if there is one.  Nothing is asked of its server yet."""
    if not settings.has_model:
        yield None
        return
    from bot.llm.openai import OpenAIModel

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    counter = make_counter(settings)
    model = OpenAIModel(
        settings.model,
        api_key=key,
        base_url=settings.openai_base_url,
        counter=counter,
        clock=clock,
        timeouts=Timeouts.within(settings.model_timeout),
    )
    try:
        yield model
    finally:
        await model.aclose()


@asynccontextmanager
async def open_embedder(settings: Settings) -> AsyncIterator[Embedder | None]:
    """Meaning as vectors: from the model's server if one is named, else from the extra `semantic` if installed."""
    from bot.llm.embeddings import EmbeddingsEndpoint
    from bot.reading.semantic import EndpointEmbedder, StaticEmbedder

    if not settings.embeddings_model:
        yield StaticEmbedder() if StaticEmbedder.available() else None
        return
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    endpoint = EmbeddingsEndpoint(settings.embeddings_model, api_key=key, base_url=settings.openai_base_url)
    try:
        yield EndpointEmbedder(endpoint)
    finally:
        await endpoint.aclose()


def make_meter(settings: Settings, model: LanguageModel | None, store: Store, clock: Clock) -> Meter | None:
    """The model on the account of whoever asks; None without a model."""
    if model is None:
        return None
    from bot.llm.budget import Meter

    counter, budget = make_counter(settings), settings.tokens_per_day
    return Meter(model=model, ledger=store.ledger, counter=counter, clock=clock, budget=budget)


def make_counter(settings: Settings) -> TokenCounter:
    """Counts tokens as the model does, with the encodings that `paperwire encodings` fetched."""
    return TokenCounter(settings.model, cache_folder(settings.data))
