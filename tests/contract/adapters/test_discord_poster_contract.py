"""Discord's poster passes the suite of all posters, in text channels and in forums."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from adapters.discord.poster import DiscordPoster
from bot.digests.model import Target
from tests.contract.adapters.posters import PosterContract
from tests.servers.discord import FORUM, TEXT_CHANNEL, DiscordServer, Fault, words_of

ME = {
    "login": ("GET", r"/users/@me$"),
    "application": ("GET", r"/oauth2/applications/@me$|/applications/@me$"),
}
PERMISSIONS = {
    "guild": ("GET", r"/guilds/\d+$"),
    "member": ("GET", r"/guilds/\d+/members/\d+$"),
}
HISTORY = ("GET", r"/channels/\d+/messages$")


@dataclass(frozen=True)
class DiscordPlace:
    """A channel of the local Discord."""

    server: DiscordServer
    target: Target
    poster: DiscordPoster
    requests: Mapping[str, tuple[str, str]]

    def forbid_reading(self) -> None:
        self.server.drops_repetitions = False  # as after some minutes
        self.server.take_away(self.target.workspace.partition(":")[2], "read_message_history")

    def forbid_writing(self) -> None:
        self.server.take_away(self.target.workspace.partition(":")[2], "send_messages")

    def spoil(self, request: str, raw: tuple[str, str], *, has_effect: bool) -> None:
        method, path = self.requests[request]
        self.server.faults.append(Fault(method, self._of(path), 200, after=has_effect, raw=raw))

    def lose(self, request: str, *, has_effect: bool) -> None:
        method, path = self.requests[request]
        self.server.faults.append(Fault(method, self._of(path), 501, after=has_effect))

    def chatter(self, messages: int) -> None:
        for number in range(messages):
            self.server.add_message(self.target.channel, {"content": f"message {number}"})

    def now(self) -> datetime:
        return datetime.now(UTC)

    def asked(self) -> Iterable[str]:
        for _, method, path, _ in self.server.requests:
            yield next((name for name in self.requests if self._is(name, method, path)), f"{method} {path}")

    def words(self) -> Sequence[str]:
        return [words_of(message) for message in self.server.messages.values()]

    def _is(self, name: str, method: str, path: str) -> bool:
        named, pattern = self.requests[name]
        return method == named and re.search(self._of(pattern), path) is not None

    def _of(self, path: str) -> str:
        return path.replace("TARGET", self.target.channel)


class DiscordPosterContract(PosterContract):
    KIND: ClassVar[int]
    REQUESTS: ClassVar[Mapping[str, tuple[str, str]]]

    @pytest.fixture
    async def place(self) -> AsyncIterator[DiscordPlace]:
        async with DiscordServer().run() as server:
            guild = server.add_guild("Lab")["id"]
            target = Target(f"discord:{guild}", server.add_channel("reading", guild, kind=self.KIND)["id"])
            poster = DiscordPoster(server.token, server.url)
            yield DiscordPlace(server, target, poster, self.REQUESTS)
            await poster.close()
            assert not server.violations


class TestDiscordTextChannel(DiscordPosterContract):
    KIND = TEXT_CHANNEL
    REQUESTS: ClassVar = {
        **ME,
        **PERMISSIONS,
        "channel": ("GET", r"/channels/TARGET$"),
        "root": ("POST", r"/channels/TARGET/messages$"),
        "thread": ("POST", r"/channels/TARGET/messages/\d+/threads$"),
        "reply": ("POST", r"/channels/(?!TARGET)\d+/messages$"),
        "history": HISTORY,
        "edit": ("PATCH", r"/channels/\d+/messages/\d+$"),
    }
    POSTS = ("root", "reply")
    AROUND = ("login", "application", "channel", "thread")
    LOOKS = ("history", "guild", "member")
    EDITS = ("edit",)
    CHECKS = ("channel", "guild", "member")


class TestDiscordForum(DiscordPosterContract):
    KIND = FORUM
    REQUESTS: ClassVar = {
        **ME,
        **PERMISSIONS,
        "channel": ("GET", r"/channels/TARGET$"),
        "root": ("POST", r"/channels/TARGET/threads$"),
        "reply": ("POST", r"/channels/(?!TARGET)\d+/messages$"),
        "active threads": ("GET", r"/guilds/\d+/threads/active$"),
        "history": HISTORY,
        "edit": ("PATCH", r"/channels/\d+/messages/\d+$"),
    }
    POSTS = ("root", "reply")
    AROUND = ("login", "application", "channel")
    LOOKS = ("active threads", "history", "guild", "member")
    EDITS = ("edit",)
    CHECKS = ("channel", "guild", "member")
