"""Meaning as vectors: a static embedding from a wheel, or an endpoint's.  Optional; without one BM25 ranks alone.

The static embedding is wordllama's (256 numbers a token, averaged; MIT).  Its own loader looks for the tokenizer in a
folder that the wheel does not have, and then downloads; so weights and tokenizer are loaded from the wheel directly.
"""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.llm.embeddings import EmbeddingsEndpoint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]  # one row a text, each of length 1 (or 0 where a text has no words)

WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how alike they are."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text.  Raises `Transient` or `Permanent` errors of `bot.errors` where a server is asked."""


class StaticEmbedder:
    """wordllama's vectors; loaded at first use (0.2 s, 40 MB), never downloaded."""

    def __init__(self) -> None:
        self._loaded: tuple[Any, Any] | None = None
        self._loading = threading.Lock()

    @staticmethod
    def available() -> bool:
        """Whether the extra `semantic` is installed."""
        return importlib.util.find_spec("wordllama") is not None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        return await asyncio.to_thread(self.vectors, texts)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The same, at once."""
        import numpy as np

        tokenizer, weights = self._load()
        rows = np.zeros((len(texts), weights.shape[1]), dtype=np.float32)
        for row, encoded in zip(rows, tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True):
            if encoded.ids:
                row[:] = weights[encoded.ids].mean(axis=0)
        return unit(rows)

    def _load(self) -> tuple[Any, Any]:
        with self._loading:
            if self._loaded is None:
                self._loaded = _read_wheel()
            return self._loaded


class EndpointEmbedder:
    """A server's vectors."""

    def __init__(self, endpoint: EmbeddingsEndpoint) -> None:
        self._endpoint = endpoint

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text.  Raises `ModelUnavailable`."""
        import numpy as np

        found = await self._endpoint.vectors(texts)
        return unit(np.array(found, dtype=np.float32).reshape(len(texts), -1))


def _read_wheel() -> tuple[Any, Any]:
    import numpy as np
    from safetensors import safe_open
    from tokenizers import Tokenizer

    package = importlib.util.find_spec("wordllama")
    if package is None or package.origin is None:
        raise RuntimeError("wordllama is not installed; StaticEmbedder.available() tells")
    folder = Path(package.origin).parent
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with safe_open(str(folder / WEIGHTS), framework="np") as file:
        weights = file.get_tensor(next(iter(file.keys()))).astype(np.float32)
    return tokenizer, weights


def unit(rows: Vectors) -> Vectors:
    """Rows scaled to length 1; rows of zeros stay."""
    import numpy as np

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    scaled: Vectors = (rows / lengths).astype(np.float32)
    return scaled


def similarities(rows: Vectors, vector: Vectors) -> list[float]:
    """The inner product of each row with one vector (or a matrix of one row)."""
    return [float(value) for value in rows @ vector.reshape(-1)]
