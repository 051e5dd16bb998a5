"""Slack's poster passes the suite of all posters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from adapters.slack.clients import Clients, OneToken
from adapters.slack.outbox import Outbox
from adapters.slack.poster import SlackPoster
from bot.digests.model import Target
from tests.contract.adapters.posters import PosterContract
from tests.servers.slack import ALL_SCOPES, BOT_TOKEN, Fault, Json, SlackServer

POST = "chat.postMessage"
TARGET = Target("slack:T1", "C1")


@dataclass
class SlackPlace:
    """A channel of the local Slack, with the scope to read it."""

    server: SlackServer
    poster: SlackPoster
    target: Target = TARGET

    def forbid_reading(self) -> None:
        self.server.scopes = ALL_SCOPES

    def forbid_writing(self) -> None:
        self.server.channels["C1"].has_bot = False

    def spoil(self, request: str, raw: tuple[str, str], *, has_effect: bool) -> None:
        self._go_wrong(request, Fault(raw=raw, after=has_effect))

    def lose(self, request: str, *, has_effect: bool) -> None:
        self._go_wrong(request, Fault(drop=True, after=has_effect))

    def _go_wrong(self, request: str, fault: Fault) -> None:
        if request == "root":
            self.server.go_wrong(POST, fault)
        elif request == "reply":
            self.server.go_wrong_where(POST, lambda arguments: "thread_ts" in arguments, fault)
        else:
            self.server.go_wrong(request, fault)

    def chatter(self, messages: int) -> None:
        for number in range(messages):
            self.server.add_message("C1", {"text": f"message {number}"})

    def now(self) -> datetime:
        return datetime.fromtimestamp(float(self.server.fresh_ts()), UTC)

    def asked(self) -> Iterable[str]:
        return (_name(method, arguments) for method, arguments in self.server.calls)

    def words(self) -> Sequence[str]:
        return [message.words for message in self.server.visible("C1")]


def _name(method: str, arguments: Json) -> str:
    return ("reply" if "thread_ts" in arguments else "root") if method == POST else method


class TestSlack(PosterContract):
    POSTS = ("root", "reply")
    AROUND = ()
    LOOKS = ("conversations.history", "conversations.replies")
    EDITS = ("chat.update",)
    CHECKS = ("conversations.info",)

    @pytest.fixture
    async def place(self) -> AsyncIterator[SlackPlace]:
        async with SlackServer(scopes=f"{ALL_SCOPES},channels:history") as server:
            clients = Clients(OneToken(BOT_TOKEN), server.api_url)
            await clients.start()
            yield SlackPlace(server, SlackPoster(Outbox(clients)))
            await clients.close()
            assert not server.faults
