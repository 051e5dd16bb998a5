"""Embeddings of an OpenAI-compatible server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.errors import ModelUnavailable

BATCH = 128  # texts in one request
TIMEOUT = 20.0  # seconds
_NO_KEY = "none"  # servers of one's own take any


class EmbeddingsEndpoint:
    """A server's embedding model.  Connects at the first call; close with `aclose`."""

    def __init__(self, model: str, *, api_key: str | None, base_url: str | None) -> None:
        self._model = model
        self._api_key = api_key or _NO_KEY
        self._base_url = base_url
        self._client: Any = None

    async def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, all of the same length, asked for in batches.

        Raises:
            ModelUnavailable: the server does not answer, or not with as many vectors.
        """
        import openai

        if self._client is None:
            self._client = openai.AsyncOpenAI(
                api_key=self._api_key, base_url=self._base_url, max_retries=1, timeout=TIMEOUT
            )
        found: list[list[float]] = []
        try:
            for start in range(0, len(texts), BATCH):
                batch = list(texts[start : start + BATCH])
                answer = await self._client.embeddings.create(model=self._model, input=batch)
                found.extend(entry.embedding for entry in answer.data)
        except openai.OpenAIError as error:
            raise ModelUnavailable("The embedding model does not answer.") from error
        if len(found) != len(texts) or len(set(map(len, found))) > 1:
            raise ModelUnavailable("The embedding model's answer cannot be used.")
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
