"""Calls to a chat-completions server by the openai library: retried, put in the server's dialect, bounded in time.

Importing this module takes a second; `openai.py` does so in a thread, at the first call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

import httpx2
import openai
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from bot.errors import ModelUnavailable
from bot.llm import failures
from bot.llm.dialect import Dialect
from bot.llm.lessons import learn_from_refusal
from bot.llm.model import ModelCall
from bot.llm.opening import Opened, opened
from bot.llm.pieces import Piece
from bot.llm.timeouts import Timeouts
from bot.ports import Clock

TRIES = 3
_JITTER = wait_random_exponential(multiplier=0.5, max=8)  # seconds between tries, when the server names none
_MOST_LESSONS = 12  # of one call; as many as there are parameters and forms to be refused
_REFUSALS = {400, 404, 415, 422, 500, 501}  # with what servers answer parameters that they do not know

T = TypeVar("T")


class Server:
    """One server and model.  Everything raised is of `bot.errors`."""

    def __init__(self, dialect: Dialect, *, api_key: str, base_url: str, clock: Clock, timeouts: Timeouts) -> None:
        timeout = httpx2.Timeout(max(timeouts.answer, timeouts.first_piece), connect=timeouts.connect)
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout)
        self._dialect = dialect
        self._clock = clock
        self._timeouts = timeouts

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def pieces(self, call: ModelCall, *, stream: bool) -> AsyncGenerator[Piece, None]:
        """The answer as it comes, or, without `stream`, as one piece."""
        patience = self._timeouts.first_piece if stream else self._timeouts.answer
        limit = _now() + patience
        answer = await self._by(limit, self._open(call, stream=stream))
        try:
            ended = False
            async with aclosing(self._each(answer, limit, patience)) as pieces:
                async for piece in pieces:
                    ended = ended or piece.last or piece.finish is not None
                    yield piece
            if not ended:
                raise failures.broken_off()
        finally:
            if answer.rest is not None:
                await answer.rest.aclose()

    async def _each(self, answer: Opened, limit: float, patience: float) -> AsyncGenerator[Piece, None]:
        """All pieces, as long as none is too long in coming.  A blank one is no sign that the answer goes on."""
        is_whole = False
        first = iter(answer.first)
        while piece := next(first, None) or await self._next_by(limit, answer.rest, is_whole=is_whole):
            yield piece
            is_whole = is_whole or piece.finish is not None
            patience = self._timeouts.farewell if is_whole else self._timeouts.silence if piece.text else patience
            limit = limit if piece.is_blank and not is_whole else _now() + patience

    async def _next_by(self, limit: float, rest: AsyncGenerator[Piece, None] | None, *, is_whole: bool) -> Piece | None:
        """The next piece; None at the end.  Once the answer is whole, trouble is an end like any other."""
        try:
            return await self._by(limit, self._next(rest)) if rest else None
        except ModelUnavailable:
            if is_whole:
                return None
            raise

    async def _open(self, call: ModelCall, *, stream: bool) -> Opened:
        """Ask until an answer begins or there are no more tries."""
        tries = AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=self._wait,
            retry=retry_if_exception(lambda error: failures.passes(error, self._clock.now())),
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            return await tries(self._ask, call, stream)
        except openai.APIError as error:
            if generated := failures.failed_generation(error):
                return Opened([Piece(text=generated, finish="stop", last=True)])
            raise self._translated(error) from None
        except httpx2.HTTPError:
            raise failures.broken_off() from None
        except ValueError:  # it said JSON, and sent something else
            raise failures.not_a_model() from None

    async def _ask(self, call: ModelCall, stream: bool) -> Opened:
        """Ask once, in as many dialects as it takes to be understood."""
        create: Any = self._client.chat.completions.with_raw_response.create
        for _ in range(_MOST_LESSONS):
            sent = self._dialect.parameters(call, stream=stream)
            try:
                response = (await create(**sent)).http_response
                return await opened(response, asked_to_stream=stream)
            except openai.APIStatusError as error:
                refused = error.status_code in _REFUSALS and not failures.is_bad_luck(error)
                if not (refused and learn_from_refusal(self._dialect, call, sent, failures.complaint(error))):
                    raise
        raise failures.not_a_model()

    async def _next(self, pieces: AsyncGenerator[Piece, None]) -> Piece | None:
        try:
            return await anext(pieces, None)
        except openai.APIError as error:
            raise self._translated(error) from None
        except (httpx2.HTTPError, ValueError):  # the connection broke, or a chunk was not JSON
            raise failures.broken_off() from None

    async def _by(self, limit: float, work: Coroutine[Any, Any, T]) -> T:
        """The work's result, if it comes by then (by the loop's clock)."""
        try:
            async with asyncio.timeout_at(limit):
                return await work
        except TimeoutError:
            raise ModelUnavailable(failures.TOO_SLOW) from None

    def _translated(self, error: openai.APIError) -> Exception:
        return failures.translated(error, self._dialect.model, self._clock.now())

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = failures.asked_wait(error, self._clock.now()) if error else None
        return _JITTER(state) + (asked or 0)


def _now() -> float:
    return asyncio.get_running_loop().time()
