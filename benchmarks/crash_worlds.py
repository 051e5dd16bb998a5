"""Platforms on which processes are killed: the project's local Slack and Discord, seen alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from bot.digests.model import Target
from tests.servers.discord import THREAD, DiscordServer, words_of
from tests.servers.discord_checks import walk
from tests.servers.slack import ALL_SCOPES, APP_TOKEN, BOT_TOKEN, Channel, Json, SlackServer

MESSAGE, THREADS, LOOK = "message", "thread", "look"

Witness = Callable[[str, str, bool], None]  # what is asked for, in which channel, and whether it has had its effect


@dataclass(frozen=True)
class Shown:
    """A message as people see it.  `thread` is "" for one that stands in the channel itself."""

    words: str
    thread: str


class World(Protocol):
    """A platform with channels."""

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the bot finds it."""

    def add_channel(self) -> Target:
        """A new channel that the bot may write to."""

    def shown(self, target: Target) -> list[Shown]:
        """What stands in a channel and its threads, oldest first."""

    def witnessed_by(self, witness: Witness) -> None:
        """Tell of each request that concerns a digest, before and after its effect."""

    def faults(self) -> list[str]:
        """What the platform found wrong with requests."""


class SlackWorld:
    """Slack; `may_read` gives the app the right to look for its messages."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self.environment = {
            "SLACK_API_URL": server.api_url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
        }

    def add_channel(self) -> Target:
        """A channel of the one workspace."""
        channel = Channel(f"C{1000 + len(self._server.channels)}")
        self._server.channels[channel.id] = channel
        return Target("slack:T1", channel.id)

    def shown(self, target: Target) -> list[Shown]:
        """What everybody sees."""
        return [Shown(message.words, message.thread) for message in self._server.visible(target.channel)]

    def witnessed_by(self, witness: Witness) -> None:
        """Posts and looks."""
        looks = {"conversations.history", "conversations.replies"}

        def watch(method: str, arguments: Json, done: bool) -> None:
            if method == "chat.postMessage":
                witness(MESSAGE, arguments["channel"], done)
            elif method in looks:
                witness(LOOK, arguments["channel"], done)

        self._server.watch = watch

    def faults(self) -> list[str]:
        """Forms that Slack refused."""
        return self._server.faults


class DiscordWorld:
    """Discord, which here drops no repetition by its nonce: what is asked for twice is there twice."""

    def __init__(self, server: DiscordServer, *, may_read: bool = True) -> None:
        server.drops_repetitions = False
        self._server = server
        self._guild = server.add_guild("Lab", ())
        if not may_read:
            server.take_away(self._guild["id"], "read_message_history")
        self.environment = {"DISCORD_API_URL": server.url, "DISCORD_TOKEN": server.token}

    def add_channel(self) -> Target:
        """A text channel of the one server."""
        channel = self._server.add_channel("papers", self._guild["id"])
        self._guild["channels"].append(channel)
        return Target(f"discord:{self._guild['id']}", channel["id"])

    def shown(self, target: Target) -> list[Shown]:
        """What everybody sees."""
        return [
            Shown(_words(message), "" if message["channel_id"] == target.channel else message["channel_id"])
            for message in self._server.messages.values()
            if self._channel(message["channel_id"]) == target.channel
        ]

    def witnessed_by(self, witness: Witness) -> None:
        """Posts, threads and looks."""

        def watch(method: str, path: str, done: bool) -> None:
            _, _, channel, *rest = path.split("/")
            if not path.startswith("/channels/") or not rest:
                return
            if (method, rest) == ("POST", ["messages"]):
                witness(MESSAGE, self._channel(channel), done)
            elif method == "POST" and rest[-1] == "threads":
                witness(THREADS, channel, done)
            elif (method, rest) == ("GET", ["messages"]):
                witness(LOOK, self._channel(channel), done)

        self._server.watch = watch

    def faults(self) -> list[str]:
        """Requests that break Discord's rules."""
        return self._server.violations

    def _channel(self, place: str) -> str:
        """The channel that a thread hangs in; of a channel itself."""
        known = self._server.channels[place]
        return str(known["parent_id"]) if known["type"] == THREAD else place


@asynccontextmanager
async def open_world(platform: str, *, may_read: bool) -> AsyncIterator[World]:
    """A platform by its name; `may_read`: whether the bot may look for its own messages."""
    if platform == "slack":
        scopes = f"{ALL_SCOPES},channels:history" if may_read else ALL_SCOPES
        async with SlackServer(scopes=scopes) as slack:
            yield SlackWorld(slack)
    else:
        async with DiscordServer().run() as discord:
            yield DiscordWorld(discord, may_read=may_read)


def _words(message: Json) -> str:
    """A message of Discord's, with its buttons in a last line."""
    buttons = "  ".join(f"[{part['label']}]" for part in walk(message["components"]) if part.get("label"))
    return f"{words_of(message)}\n{buttons}"
