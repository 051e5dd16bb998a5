"""Parts that tell a witness what happens: handlers, the network and the model, each with one more layer around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from time import perf_counter
from typing import TypeVar
from urllib.parse import urlsplit

from bot.chat.request import Final, Reply
from bot.errors import BotError, ModelError, UserError
from bot.llm.model import Completion, ModelCall, TextDelta
from bot.ports import Fetched, Fetcher, LanguageModel, Witness

T = TypeVar("T")
Answers = Callable[[T], AsyncIterator[Reply]]


def watched_all(handlers: Mapping[str, Answers[T]], witness: Witness) -> dict[str, Answers[T]]:
    """Handlers whose answers are told, each under its name."""
    return {name: watched(name, handler, witness) for name, handler in handlers.items()}


def watched(name: str, answers: Answers[T], witness: Witness) -> Answers[T]:
    """The same handler.  Told once for each request: "answered", "declined" (the person can mend it), "failed"
    (something foreseen), "broken" (something unforeseen), or "stopped" (nobody waited for the end).
    """

    async def answer(asked: T) -> AsyncIterator[Reply]:
        began, outcome = perf_counter(), "stopped"
        try:
            async for reply in answers(asked):
                if isinstance(reply, Final):
                    outcome = "answered"
                    break
                yield reply
            else:
                outcome = "broken"  # the engine says so to the person
        except BotError as error:
            outcome = "declined" if isinstance(error, UserError) else "failed"
            raise
        except Exception:
            outcome = "broken"
            raise
        finally:
            witness.answered(name, outcome, perf_counter() - began)
        if outcome == "answered":
            yield reply

    return answer


class WatchedFetcher:
    """Implements `bot.ports.Fetcher`; tells the host that was asked and what came: "ok", "stale", or "failed"."""

    def __init__(self, fetcher: Fetcher, witness: Witness) -> None:
        self._fetcher = fetcher
        self._witness = witness

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 30_000_000) -> Fetched:
        """See `bot.ports.Fetcher.get`."""
        outcome = "failed"
        try:
            fetched = await self._fetcher.get(url, params=params, max_bytes=max_bytes)
            outcome = "stale" if fetched.stale else "ok"
        finally:
            self._witness.fetched(urlsplit(url).hostname or "", outcome)
        return fetched


class WatchedModel:
    """Implements `bot.ports.LanguageModel`; tells the tokens of every answer that has come to an end."""

    def __init__(self, model: LanguageModel, witness: Witness) -> None:
        self._model = model
        self._witness = witness

    @property
    def name(self) -> str:
        """See `bot.ports.LanguageModel.name`."""
        return self._model.name

    def most_written(self, call: ModelCall) -> int:
        """See `bot.ports.LanguageModel.most_written`."""
        return self._model.most_written(call)

    def most_when_repeated(self, call: ModelCall) -> int:
        """See `bot.ports.LanguageModel.most_when_repeated`."""
        return self._model.most_when_repeated(call)

    async def complete(self, call: ModelCall) -> Completion:
        """See `bot.ports.LanguageModel.complete`."""
        try:
            answer = await self._model.complete(call)
        except ModelError as error:
            self._billed(error)
            raise
        self._witness.spent(answer.usage)
        return answer

    async def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """See `bot.ports.LanguageModel.stream`."""
        try:
            async for piece in self._model.stream(call):
                if isinstance(piece, Completion):
                    self._witness.spent(piece.usage)
                yield piece
        except ModelError as error:
            self._billed(error)
            raise

    def _billed(self, error: ModelError) -> None:
        if error.answer is not None:
            self._witness.spent(error.answer.usage)
