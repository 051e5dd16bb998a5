"""A language model behind any server that speaks OpenAI's chat completions (OpenAI, Ollama, llama.cpp, vLLM, …)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from bot.errors import Unauthorized
from bot.llm.answers import finished
from bot.llm.dialect import most_written
from bot.llm.model import Completion, ModelCall, TextDelta, Usage
from bot.llm.prices import cost
from bot.llm.thinking import ThoughtFilter, without_thoughts
from bot.llm.tokens import TokenCounter
from bot.ports import Clock

if TYPE_CHECKING:
    from bot.llm.wire import Server, Timeouts

OPENAI = "https://api.openai.com/v1"
_NO_KEY = "none"  # servers of one's own take any


class OpenAIModel:
    """Implements `bot.ports.LanguageModel`.  Connects at the first call; close with `aclose`."""

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        counter: TokenCounter,
        clock: Clock,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._name = model
        self._api_key = (api_key or "").strip() or _NO_KEY
        self._base_url = base_url or OPENAI
        self._counter = counter
        self._clock = clock
        self._timeouts = timeouts
        self._server: Server | None = None
        self._connecting = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        return self._name

    def most_written(self, call: ModelCall) -> int:
        """The cap that the server is sent."""
        return most_written(self._name, call)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._server is not None:
            await self._server.aclose()

    async def complete(self, call: ModelCall) -> Completion:
        """Answer whole; see the port."""
        server = await self._connected()
        response = await server.response(call)
        choice = response.choices[0]
        text = without_thoughts(choice.message.content or "")
        answer = await self._completion(text, response.usage, call)
        refused = bool(getattr(choice.message, "refusal", None))
        return finished(answer, finish=choice.finish_reason, refused=refused, schema=call.schema)

    async def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """Answer piece by piece; see the port."""
        server = await self._connected()
        heard = _Heard()
        async for chunk in server.chunks(call):
            if piece := heard.take(chunk):
                yield TextDelta(piece)
        if rest := heard.end():
            yield TextDelta(rest)
        answer = await self._completion(heard.text, heard.usage, call)
        yield finished(answer, finish=heard.finish, refused=heard.refused, schema=call.schema)

    async def _connected(self) -> Server:
        async with self._connecting:
            if self._server is None:
                self._server = await asyncio.to_thread(self._connect)
        return self._server

    def _connect(self) -> Server:
        from bot.llm.wire import Server, Timeouts

        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise Unauthorized("The language model's key holds a character that no key has; check OPENAI_API_KEY.")
        return Server(
            self._name,
            api_key=self._api_key,
            base_url=self._base_url,
            clock=self._clock,
            timeouts=self._timeouts or Timeouts(),
        )

    async def _completion(self, text: str, reported: Any, call: ModelCall) -> Completion:
        """The answer with its usage: what the server says, else what is counted here."""
        prompt: int | None = getattr(reported, "prompt_tokens", None)
        written: int | None = getattr(reported, "completion_tokens", None)
        estimated = prompt is None or written is None
        if prompt is None or written is None:
            prompt = await asyncio.to_thread(self._counter.count_call, call)
            written = await asyncio.to_thread(self._counter.count, text)
        details = getattr(reported, "prompt_tokens_details", None)
        cached = getattr(details, "cached_tokens", None) or 0
        cache_write = getattr(details, "cache_write_tokens", None) or 0
        usage = Usage(prompt, written, cost(self._name, prompt, written, cached, cache_write), estimated)
        return Completion(text=text, model=self._name, usage=usage)


class _Heard:
    """What has come of a stream so far."""

    def __init__(self) -> None:
        self.text = ""
        self.finish: str | None = None
        self.refused = False
        self.usage: Any = None
        self._thoughts = ThoughtFilter()

    def take(self, chunk: Any) -> str:
        """Note a chunk; the piece of the answer in it."""
        self.usage = getattr(chunk, "usage", None) or self.usage
        if not getattr(chunk, "choices", None):
            return ""
        choice = chunk.choices[0]
        self.finish = choice.finish_reason or self.finish
        self.refused = self.refused or bool(getattr(choice.delta, "refusal", None))
        return self._keep(self._thoughts.feed(getattr(choice.delta, "content", None) or ""))

    def end(self) -> str:
        """The last piece."""
        return self._keep(self._thoughts.end())

    def _keep(self, piece: str) -> str:
        self.text += piece
        return piece
