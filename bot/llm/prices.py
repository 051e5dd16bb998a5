"""The cost of a call, by the list prices of `models.toml`."""

from __future__ import annotations

from bot.llm.catalog import facts_of

_MILLION = 1_000_000


def cost(
    model: str, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0, cache_write_tokens: int = 0
) -> float | None:
    """The list price of one call in US dollars; None if a price that it takes is unknown.

    Of `prompt_tokens`, `cached_tokens` came from the provider's prompt cache and `cache_write_tokens` went into it.
    """
    facts = facts_of(model)
    fresh = prompt_tokens - cached_tokens - cache_write_tokens
    parts = (
        (fresh, facts.input),
        (cached_tokens, facts.cached),
        (cache_write_tokens, facts.cache_write),
        (completion_tokens, facts.output),
    )
    if facts.input is None or any(tokens and price is None for tokens, price in parts):
        return None
    return sum(tokens * (price or 0.0) for tokens, price in parts) / _MILLION
