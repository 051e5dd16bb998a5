"""How long a server keeps a model: the field `shutdown_date` of `GET /v1/models/{model}`.

Source: https://developers.openai.com/api/reference/resources/models/methods/retrieve
"""

from __future__ import annotations

from datetime import date

from bot.llm.openai import OPENAI

TIMEOUT = 10.0  # seconds; what cannot be said soon is not worth waiting for
_NO_KEY = "none"  # servers of one's own take any


async def announced_shutdown(model: str, *, api_key: str | None, base_url: str | None) -> date | None:
    """Return the first day without the model, as its server announces it; None if it announces nothing."""
    import openai  # takes a second to import

    client = openai.AsyncOpenAI(api_key=api_key or _NO_KEY, base_url=base_url or OPENAI, max_retries=0, timeout=TIMEOUT)
    async with client:
        try:
            entry = await client.models.retrieve(model)
        except (openai.OpenAIError, ValueError):
            return None
    try:
        return date.fromisoformat(str(getattr(entry, "shutdown_date", None)))  # not every server has the field
    except ValueError:
        return None
