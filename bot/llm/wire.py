"""Calls to a chat-completions server by the openai library: retried, put in the server's dialect, bounded in time.

Importing this module takes a second; `openai.py` does so in a thread, at the first call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from bot.errors import ModelUnavailable
from bot.llm import failures
from bot.llm.dialect import Dialect
from bot.llm.model import ModelCall
from bot.ports import Clock

TRIES = 3
_JITTER = wait_random_exponential(multiplier=0.5, max=8)  # seconds between tries, when the server names none
_MOST_LESSONS = 8  # more than there are parameters to be refused
_REFUSALS = {400, 404, 415, 422, 500, 501}  # with what servers answer parameters that they do not know

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until the model is held to be away."""

    connect: float = 10.0
    answer: float = 120.0  # a whole answer, all tries together
    first_piece: float = 75.0  # of a stream, from asking on, all tries together: a reasoning model thinks in silence
    silence: float = 30.0  # between two pieces of a stream


class Server:
    """One server and model.  Everything raised is of `bot.errors`."""

    def __init__(self, model: str, *, api_key: str, base_url: str, clock: Clock, timeouts: Timeouts) -> None:
        timeout = httpx2.Timeout(timeouts.answer, connect=timeouts.connect)
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout)
        self._model = model
        self._dialect = Dialect(model)
        self._clock = clock
        self._timeouts = timeouts

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def response(self, call: ModelCall) -> Any:
        """A whole response; it has a choice with a message."""
        limit = asyncio.get_running_loop().time() + self._timeouts.answer
        response = await self._by(limit, self._open(call, stream=False))
        choices = getattr(response, "choices", None)  # the library lets HTML, and any JSON, pass
        if not choices or getattr(choices[0], "message", None) is None:
            raise failures.not_a_model()
        return response

    async def chunks(self, call: ModelCall) -> AsyncIterator[Any]:
        """The chunks of a streamed response, as long as none is too long in coming."""
        limit = asyncio.get_running_loop().time() + self._timeouts.first_piece
        opened = await self._by(limit, self._open(call, stream=True))
        if not isinstance(opened, openai.AsyncStream):
            raise failures.not_a_model()
        finish = None
        async with opened:
            pieces = aiter(opened)
            while (chunk := await self._by(limit, self._next(pieces))) is not None:
                finish = finish or _finish_reason(chunk)
                yield chunk
                limit = asyncio.get_running_loop().time() + self._timeouts.silence
        if finish is None:  # every server names one in its last piece, so the end is missing
            raise failures.broken_off()

    async def _open(self, call: ModelCall, *, stream: bool) -> Any:
        """Ask until there is an answer or no more tries."""
        tries = AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=self._wait,
            retry=retry_if_exception(lambda error: failures.passes(error, self._now())),
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            return await tries(self._ask, call, stream)
        except openai.APIError as error:
            raise failures.translated(error, self._model, self._now()) from None
        except ValueError:  # it said JSON, and sent something else
            raise failures.not_a_model() from None

    async def _ask(self, call: ModelCall, stream: bool) -> Any:
        """Ask once, in as many dialects as it takes to be understood."""
        create: Any = self._client.chat.completions.create
        for _ in range(_MOST_LESSONS):
            parameters = self._dialect.parameters(call, stream=stream)
            try:
                return await create(**parameters)
            except openai.APIStatusError as error:
                refused = error.status_code in _REFUSALS
                if not (refused and self._dialect.learn(parameters, failures.complaint(error))):
                    raise
        raise failures.not_a_model()

    async def _next(self, pieces: AsyncIterator[Any]) -> Any:
        """The next chunk; None at the end."""
        try:
            return await anext(pieces, None)
        except openai.APIError as error:
            raise failures.translated(error, self._model, self._now()) from None
        except (httpx2.HTTPError, ValueError):  # the connection broke, or a chunk was not JSON
            raise failures.broken_off() from None

    async def _by(self, limit: float, work: Coroutine[Any, Any, T]) -> T:
        """The work's result, if it comes by then (by the loop's clock)."""
        try:
            async with asyncio.timeout_at(limit):
                return await work
        except TimeoutError:
            raise ModelUnavailable(failures.TOO_SLOW) from None

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = failures.asked_wait(error, self._now()) if error else None
        return _JITTER(state) + (asked or 0)

    def _now(self) -> datetime:
        return self._clock.now()


def _finish_reason(chunk: Any) -> str | None:
    choices = getattr(chunk, "choices", None)
    return choices[0].finish_reason if choices else None
