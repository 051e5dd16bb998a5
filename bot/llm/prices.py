"""What models cost, in US dollars per million tokens.

Source: public tables of OpenAI's list prices, read in November 2026; https://developers.openai.com/api/docs/pricing has
them first hand.
Models that are not here, such as those on a server of one's own, have no known price: their cost is None, not zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens: read, read from the provider's prompt cache, written."""

    prompt: float
    cached: float
    completion: float


PRICES = {
    "gpt-4o": Price(2.50, 1.25, 10.00),
    "gpt-4o-mini": Price(0.15, 0.075, 0.60),
    "gpt-4.1": Price(2.00, 0.50, 8.00),
    "gpt-4.1-mini": Price(0.40, 0.10, 1.60),
    "gpt-4.1-nano": Price(0.10, 0.025, 0.40),
    "o3": Price(2.00, 0.50, 8.00),
    "o4-mini": Price(1.10, 0.275, 4.40),
    "gpt-5": Price(1.25, 0.125, 10.00),
    "gpt-5-mini": Price(0.25, 0.025, 2.00),
    "gpt-5-nano": Price(0.05, 0.005, 0.40),
    "gpt-5.1": Price(1.25, 0.125, 10.00),
    "gpt-5.2": Price(1.75, 0.175, 14.00),
    "gpt-5.4": Price(2.50, 0.25, 15.00),
    "gpt-5.4-mini": Price(0.75, 0.075, 4.50),
    "gpt-5.6-luna": Price(0.20, 0.02, 1.20),
    "gpt-6-luna": Price(0.10, 0.01, 0.50),
    "gpt-6.1-terra": Price(1.00, 0.05, 5.00),
}


def cost(model: str, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0) -> float | None:
    """The list price of one call in US dollars; None if the model's price is unknown.

    `cached_tokens` are those of `prompt_tokens` that the provider read from its cache.  A dated name
    ("gpt-5-mini-2025-08-07") costs what its undated one does.
    """
    price = PRICES.get(_DATED.sub("", model))
    if price is None:
        return None
    fresh = prompt_tokens - cached_tokens
    return (fresh * price.prompt + cached_tokens * price.cached + completion_tokens * price.completion) / _MILLION
