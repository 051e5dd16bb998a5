"""Slack keeps the contract of every adapter, in front of the local Slack."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from adapters.slack.render import render
from bot.chat.engine import Engine
from bot.documents.model import Document
from bot.ports import Managers
from bot.testing.store import FakeStore
from tests.contract.adapters.contract import AdapterContract, Driver, Seen
from tests.integration.slack.conftest import slack_app
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, TEAM, Json, Message, SlackServer
from tests.servers.slack_checks import message_faults
from tests.servers.slack_user import OverSocket, SlackUser

_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")
_PING = re.compile(r"<[!@#](?!date\^)[^>]*>")
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_STYLES = re.compile("\u200b[*_]{1,2}|[*_]{1,2}\u200b|`")  # around a part of a word


@dataclass
class SlackDriver:
    """Somebody at the local Slack, one answer at a time for each person."""

    server: SlackServer
    app: SlackApp
    managers: Managers
    looked_at: dict[str, int] = field(default_factory=dict)

    async def say(self, line: str, *, user: str = "U1") -> Seen:
        """`/papers line`, each person in a channel of their own."""
        before = len(self.server.order)
        await self._user(user).command(line, channel=self._channel(user))
        return await self._answer(before, user)

    async def press(self, label: str, *, answer: str = "", user: str = "U1") -> Seen:
        """A button of the newest message that has it, and its window if it opens one."""
        before, windows = len(self.server.order), len(self.server.views)
        message = [message for message in self.server.visible(user=user) if f"[{label}]" in message.words][-1]
        await self._user(user).press(message, label)
        await self.app.inbox.drained()
        if len(self.server.views) > windows:
            await self._user(user).submit(answer)
        return await self._answer(before, user)

    async def mention(self, line: str) -> tuple[Seen, Seen]:
        """`@Paperwire line` in a channel."""
        before, person = len(self.server.order), self._user("U1")
        await self.managers.add(f"slack:{TEAM}", "U1")
        await person.mention(line)
        await self.app.inbox.drained()
        new = [message for message in self.server.order[before:] if not message.deleted]
        alone = [message_payload(message) for message in new if message.only_for == "U1"]
        everybody = [message_payload(message) for message in new if not message.only_for]
        return look(alone, private=True, faults=self.server.faults), look(everybody, faults=self.server.faults)

    async def _answer(self, before: int, user: str) -> Seen:
        await self.app.inbox.drained()
        new = [m for m in self.server.order[before:] if not m.deleted and m.channel == self._channel(user)]
        private = bool(new) and all(message.only_for == user for message in new)
        return look([message_payload(message) for message in new], private=private, faults=self.server.faults)

    def _user(self, user: str) -> SlackUser:
        return SlackUser(self.server, OverSocket(self.server), user=user)

    def _channel(self, user: str) -> str:
        return {"U1": "C1", "U2": "C4"}[user]


class TestSlackKeepsTheContract(AdapterContract):
    @pytest.fixture
    async def driver(self, engine: Engine) -> AsyncIterator[Driver]:
        async with SlackServer() as server:
            server.channels["C4"] = type(server.channels["C1"])("C4")
            config = SlackConfig(api_url=server.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
            store = FakeStore()
            app = slack_app(config, engine, store)
            await app.start()
            yield SlackDriver(server, app, store.managers)
            await app.stop(grace=1)

    def see(self, document: Document) -> Seen:
        messages = [message.payload for message in render(document)]
        return look(messages, faults=[fault for message in messages for fault in message_faults(message)])


def message_payload(message: Message) -> Json:
    """What stands in a message."""
    return {"text": message.text, "blocks": message.blocks}


def look(messages: list[Json], *, private: bool = False, faults: list[str]) -> Seen:
    """What a person sees of messages."""
    texts = [text for message in messages for text in _texts(message)]
    markup = "\n".join(text["text"] for text in texts if text["type"] == "mrkdwn")
    labels = [label for message in messages for label in _labels(message)]
    return Seen(
        words="\n".join(_read(text) for text in texts),
        private=private,
        links=frozenset(html.unescape(url) for url, _ in _LINK.findall(markup)),
        pings=tuple(_PING.findall(markup)),
        buttons=tuple(labels),
        faults=tuple(faults),
    )


def _texts(message: Json) -> list[Json]:
    if not message["blocks"]:
        return [{"type": "mrkdwn", "text": message["text"]}]
    found = []
    for block in message["blocks"]:
        found += [block["text"]] if "text" in block else []
        found += block["elements"] if block["type"] == "context" else []
    return found


def _labels(message: Json) -> list[str]:
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [label for row in rows for element in row for label in _names(element)]


def _names(element: Json) -> list[str]:
    return [option["text"]["text"] for option in element.get("options", [])] or [element["text"]["text"]]


def _read(text: Json) -> str:
    """A text object as it is read: links by their labels, escapes undone."""
    words = _STYLES.sub("", _DATE.sub(r"\1", str(text["text"])))
    return html.unescape(_LINK.sub(lambda found: found[2] or found[1], words))
