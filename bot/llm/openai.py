"""A language model behind any server that speaks OpenAI's chat completions (OpenAI, Ollama, llama.cpp, vLLM, …)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import AnswerCut, BotError, ModelError, Unauthorized
from bot.llm.answers import CUT, finished
from bot.llm.dialect import Dialect
from bot.llm.heard import Heard
from bot.llm.lessons import learn_from_answer
from bot.llm.model import Completion, ModelCall, TextDelta, Usage
from bot.llm.pieces import Reported
from bot.llm.prices import cost
from bot.llm.timeouts import Timeouts
from bot.llm.tokens import LONGEST_TOKEN, TokenCounter
from bot.ports import Clock

if TYPE_CHECKING:
    from bot.llm.wire import Server

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
        self._timeouts = timeouts or Timeouts()
        self._dialect = Dialect(model)
        self._server: Server | None = None
        self._connecting = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        return self._name

    def most_written(self, call: ModelCall) -> int:
        """The cap that the server is sent."""
        return self._dialect.most_written(call)

    def most_when_repeated(self, call: ModelCall) -> int:
        """The cap of a second request, should thoughts leave no room for the answer; 0: there would be none."""
        return self._dialect.most_when_repeated(call)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._server is not None:
            await self._server.aclose()

    async def complete(self, call: ModelCall) -> Completion:
        """Answer whole; see the port."""
        return [said async for said in self._said(call, stream=False) if isinstance(said, Completion)][-1]

    def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """Answer piece by piece; see the port."""
        return self._said(call, stream=True)

    async def _said(self, call: ModelCall, *, stream: bool) -> AsyncIterator[TextDelta | Completion]:
        """Ask, and once more where thoughts left no room for the answer."""
        usage: Usage | None = None
        while True:
            cap = self._dialect.most_written(call)
            heard = Heard(is_json=call.schema is not None)
            async with aclosing(self._hear(heard, call, stream=stream, before=usage)) as texts:
                async for text in texts:
                    yield TextDelta(text)
            usage = await self._usage(heard, call, before=usage)
            learn_from_answer(self._dialect, heard)
            has_more_room = self._dialect.most_written(call) > cap
            if not (call.may_repeat and heard.is_cut_while_thinking and has_more_room):
                break
            call = replace(call, may_repeat=False)
        answer = Completion(text=heard.text, model=self._name, usage=usage)
        yield finished(answer, finish=heard.finish, refused=heard.refused, strange=heard.strange, schema=call.schema)

    async def _hear(
        self, heard: Heard, call: ModelCall, *, stream: bool, before: Usage | None
    ) -> AsyncGenerator[str, None]:
        """The texts of one answer.  If a repeated call fails, the answer of the first one is what there is."""
        server = await self._connected()
        longest = LONGEST_TOKEN * self._dialect.most_written(call)
        try:
            async with aclosing(server.pieces(call, stream=stream)) as pieces:
                async for piece in pieces:
                    if text := heard.take(piece):
                        yield text
                    if heard.length > longest:  # the server ignores the cap, and may think for ever
                        heard.finish = "length"
                        break
        except ModelError:
            raise
        except BotError as error:
            if before is None:
                raise
            empty = Completion(text="", model=self._name, usage=before)
            raise AnswerCut(CUT, answer=empty) from error
        if text := heard.end():
            yield text

    async def _connected(self) -> Server:
        async with self._connecting:
            if self._server is None:
                self._server = await asyncio.to_thread(self._connect)
        return self._server

    def _connect(self) -> Server:
        from bot.llm.wire import Server

        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise Unauthorized("The language model's key holds a character that no key has; check OPENAI_API_KEY.")
        return Server(
            self._dialect,
            api_key=self._api_key,
            base_url=self._base_url,
            clock=self._clock,
            timeouts=self._timeouts,
        )

    async def _usage(self, heard: Heard, call: ModelCall, *, before: Usage | None) -> Usage:
        """The usage of all that was asked: what the server says, else what is counted here."""
        reported = heard.usage or Reported(None, None)
        prompt, written = reported.prompt, reported.written
        estimated = prompt is None or written is None
        if prompt is None or written is None:
            prompt = await asyncio.to_thread(self._counter.count_call, call)
            written = await asyncio.to_thread(self._counter.count, heard.written)
        usage = Usage(
            prompt, written, cost(self._name, prompt, written, reported.cached, reported.cache_write), estimated
        )
        return usage if before is None else before + usage
