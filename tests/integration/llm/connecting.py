"""The model's client, connected to a server that behaves as a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.llm.model import Message, ModelCall
from bot.llm.openai import OpenAIModel
from bot.llm.timeouts import Timeouts
from bot.llm.tokens import TokenCounter
from bot.testing.clock import FakeClock
from tests.servers.openai import Behaviour, OpenAIServer, openai_server

KEY = "sk-a-secret-key"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
HASTY = Timeouts(answer=1.0, first_piece=0.5, silence=0.3)


@asynccontextmanager
async def connected(
    *behaviours: Behaviour, name: str = "m", timeouts: Timeouts | None = None, clock: FakeClock | None = None
) -> AsyncIterator[tuple[OpenAIModel, OpenAIServer]]:
    """A model whose server behaves so."""
    async with openai_server(*behaviours) as server:
        model = OpenAIModel(
            name,
            api_key=KEY,
            base_url=server.url,
            counter=TokenCounter(name, Path("nowhere")),
            clock=clock or FakeClock(),
            timeouts=timeouts,
        )
        try:
            yield model, server
        finally:
            await model.aclose()


def call(schema: dict[str, Any] | None = None) -> ModelCall:
    """A short call."""
    return ModelCall(purpose="test", messages=(Message("user", "Say it."),), max_tokens=50, schema=schema)
