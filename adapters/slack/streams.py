"""Slack's own signs of work going on, where a workspace has them: a status line, and streamed answers.

Both belong to threads, and not every plan or app has them.  Where one is refused, we ask again after an hour.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import required
from adapters.slack.escape import escape_markdown
from adapters.slack.events import Address
from adapters.slack.limits import STREAM_TEXT
from adapters.slack.outbox import Outbox, call
from bot.errors import BotError, Permanent, RateLimited, TargetGone
from bot.ports import Clock

log = structlog.get_logger(__name__)

PAUSE = 3600.0  # seconds
PIECE = STREAM_TEXT // 3  # characters before escaping, which may double them or more

Result = TypeVar("Result")


class Stream:
    """A message that grows in place (chat.startStream and its family), by a hasty client; a patient one stops it."""

    def __init__(self, client: AsyncWebClient, hasty: AsyncWebClient, channel: str, ts: str, words: str) -> None:
        self._client = client
        self._hasty = hasty
        self._channel = channel
        self._words = words
        self.ts = ts

    async def grow(self, words: str) -> bool:
        """Show `words`, the whole text so far; False if Slack has closed the stream, as it does after some minutes.

        Raises:
            RateLimited: what is missing comes with the next call.
        """
        if not words.startswith(self._words):
            return True  # the end will set it right
        while fresh := words[len(self._words) :][:PIECE]:
            if not await self._append(fresh):
                return False
            self._words += fresh
        return True

    async def note(self, sentence: str) -> None:
        """Add a sentence that is not part of the text."""
        await self._append(f"\n\n{sentence}\n\n")

    async def stop(self) -> None:
        """Turn it into an ordinary message."""
        try:
            await call(lambda: self._client.chat_stopStream(channel=self._channel, ts=self.ts))
        except BotError as error:
            log.info("stream_not_stopped", action="stop_stream", kind=type(error).__name__)

    async def _append(self, words: str) -> bool:
        piece = escape_markdown(words)
        try:
            await call(
                lambda: self._hasty.chat_appendStream(channel=self._channel, ts=self.ts, markdown_text=piece),
                attempts=1,
            )
        except RateLimited:
            raise
        except BotError as error:
            log.info("stream_closed", action="append_to_stream", kind=type(error).__name__)
            return False
        return True


class Abilities:
    """What each workspace lets us do, found out by trying."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._refused: dict[tuple[str, str], float] = {}
        self._resting: dict[str, float] = {}

    def rest(self, to: Address, seconds: float) -> None:
        """Slack asks for patience: for so long nothing is shown in that workspace but what is finished."""
        self._resting[to.team] = self._clock.monotonic() + seconds

    def resting(self, to: Address) -> bool:
        """Whether that time is not over yet."""
        return self._clock.monotonic() < self._resting.get(to.team, -math.inf)

    def may(self, ability: str, to: Address) -> bool:
        """Whether "status" or "stream" can be tried there: in a thread, and not refused lately."""
        return bool(to.thread) and self._clock.monotonic() >= self._refused.get((to.team, ability), -math.inf)

    async def status(self, to: Address, sentence: str) -> bool:
        """Show a status line under a thread ("" takes it away); False if that cannot be."""

        async def ask(client: AsyncWebClient) -> bool:
            await client.assistant_threads_setStatus(channel_id=to.channel, thread_ts=to.thread, status=sentence)
            return True

        return await self._try("status", to, ask) or False

    async def stream(self, to: Address, words: str) -> Stream | None:
        """Start a stream with the text so far; None if that cannot be."""

        async def ask(client: AsyncWebClient) -> Stream:
            answer = await client.chat_startStream(
                channel=to.channel,
                thread_ts=to.thread,
                markdown_text=escape_markdown(words[:PIECE]),
                recipient_team_id=to.team,
                recipient_user_id=to.user,
            )
            patient = await self._outbox.client(to)
            return Stream(patient, client, to.channel, required(answer, "ts"), words[:PIECE])

        return await self._try("stream", to, ask)

    async def end_stream(self, to: Address, ts: str) -> None:
        """Stop a stream that somebody else began, if it is one."""
        client = await self._outbox.client(to)
        await Stream(client, client, to.channel, ts, "").stop()

    async def _try(
        self, ability: str, to: Address, ask: Callable[[AsyncWebClient], Awaitable[Result]]
    ) -> Result | None:
        if not self.may(ability, to):
            return None
        try:
            client = await self._outbox.client(to, hasty=True)
            return await call(lambda: ask(client), again_if_unsure=False, attempts=1)
        except RateLimited:
            raise
        except TargetGone:
            pass  # one channel is not all of the workspace
        except Permanent:
            self._refused[to.team, ability] = self._clock.monotonic() + PAUSE
        except BotError as error:
            log.info("ability_failed", action=ability, kind=type(error).__name__)
        return None
