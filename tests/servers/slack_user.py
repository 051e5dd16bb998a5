"""A person at Slack: types, presses, opens and submits, over Socket Mode or over signed HTTP."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from tests.servers.slack import APP, BOT, TEAM, Message, SlackServer

Json = dict[str, Any]


class Transport(Protocol):
    """How Slack's payloads reach the bot."""

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Json:
        """Deliver a payload ("events_api", "slash_commands" or "interactive"); the acknowledgement's payload."""


@dataclass
class OverSocket:
    """Socket Mode."""

    server: SlackServer

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Json:
        """As an envelope on the newest socket."""
        return await self.server.send(kind, payload, retry=retry)


@dataclass
class OverHttp:
    """Signed requests.  `shift` moves the clock of the signature, in seconds."""

    url: str
    secret: str
    shift: int = 0

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Json:
        """As a request to /slack/events; an error status is raised as aiohttp.ClientResponseError."""
        body = _body(kind, payload)
        headers = self._signed(body) | {"Content-Type": _TYPES[kind]}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        timeout = aiohttp.ClientTimeout(total=3)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{self.url}/slack/events", data=body, headers=headers) as answer,
        ):
            answer.raise_for_status()
            words = await answer.text()
        return json.loads(words) if words.startswith("{") else {"text": words} if words else {}

    def _signed(self, body: str) -> dict[str, str]:
        stamp = str(int(time.time()) + self.shift)
        digest = hmac.new(self.secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


_TYPES = {
    "events_api": "application/json",
    "slash_commands": "application/x-www-form-urlencoded",
    "interactive": "application/x-www-form-urlencoded",
}


def _body(kind: str, payload: Json) -> str:
    if kind == "slash_commands":
        return urlencode(payload)
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)})
    return json.dumps(payload)


def _state(element: Json, words: str | None) -> Json:
    """What Slack sends of a field: as it was shown, or filled in with these words."""
    kind = element["type"]
    match kind:
        case "timepicker":
            state = {"selected_time": element.get("initial_time") if words is None else words}
        case "conversations_select":
            state = {"selected_conversation": element.get("initial_conversation") if words is None else words}
        case "static_select":
            state = {"selected_option": element.get("initial_option") if words is None else _options(element, words)[0]}
        case "multi_static_select":
            initial = element.get("initial_options", [])
            state = {"selected_options": initial if words is None else _options(element, words)}
        case "external_select":
            chosen = {"text": {"type": "plain_text", "text": words}, "value": words}
            state = {"selected_option": element.get("initial_option") if words is None else chosen}
        case _:
            state = {"value": element.get("initial_value") if words is None else words or None}
    return {"type": kind, **state}


def _options(element: Json, words: str) -> list[Json]:
    return [option for option in element["options"] if option["value"] in words.split(",")]


class SlackUser:
    """Somebody in a workspace.  Each method returns what the bot acknowledged with."""

    def __init__(self, server: SlackServer, transport: Transport, user: str = "U1", team: str = TEAM) -> None:
        self.server = server
        self.transport = transport
        self.user = user
        self.team = team

    async def command(self, text: str, channel: str = "C1") -> Json:
        """`/papers text`."""
        self.server.note(f"{channel}  {self.user} types: /papers {text}")
        return await self.transport.deliver("slash_commands", self.command_payload(text, channel))

    def command_payload(self, text: str, channel: str = "C1") -> Json:
        """What Slack sends for `/papers text`."""
        return {
            "token": "t",
            "team_id": self.team,
            "team_domain": "local",
            "channel_id": channel,
            "channel_name": "general",
            "user_id": self.user,
            "user_name": "somebody",
            "command": "/papers",
            "text": html.escape(text, quote=False),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self.server.response_url(channel, self.user),
            "trigger_id": self.server.trigger(),
        }

    async def mention(self, text: str, channel: str = "C1", thread: str = "", *, times: int = 1) -> str:
        """`@Paperwire text`; the message's `ts`.  `times`: how often Slack delivers it."""
        ts = self.server.fresh_ts()
        self.server.note(f"{channel}{' > thread' if thread else ''}  {self.user} says: @Paperwire {text}")
        if thread:
            self.server.answered.add((channel, thread))
        words = f"<@{BOT}> {html.escape(text, quote=False)}"
        event = {"type": "app_mention", "user": self.user, "text": words, "ts": ts, "channel": channel, "event_ts": ts}
        await self._event(event | ({"thread_ts": thread} if thread else {}), times)
        return ts

    async def direct(self, text: str, channel: str = "D1", thread: str = "") -> str:
        """A direct message; its `ts`."""
        ts = self.server.fresh_ts()
        self.server.note(f"{channel}  {self.user} says: {text}")
        words = html.escape(text, quote=False)
        event = {"type": "message", "channel_type": "im", "user": self.user, "text": words, "ts": ts, "event_ts": ts}
        await self._event(event | {"channel": channel} | ({"thread_ts": thread} if thread else {}))
        return ts

    async def open_home(self, tab: str = "home") -> None:
        """Look at the app's page."""
        self.server.note(f"   {self.user} opens the {tab} tab")
        await self._event({"type": "app_home_opened", "user": self.user, "channel": "D1", "tab": tab, "event_ts": "1"})

    async def uninstall(self) -> None:
        """Take the app out of the workspace."""
        self.server.note(f"   {self.user} uninstalls the app")
        await self._event({"type": "app_uninstalled"})

    async def press(self, message: Message, label: str) -> Json:
        """Press a button, or choose from a menu, of a message."""
        self.server.note(f"{message.channel}  {self.user} presses [{label}]")
        return await self.transport.deliver("interactive", self.press_payload(message, message.element(label)))

    def press_payload(self, message: Message, action: Json) -> Json:
        """What Slack sends for a press."""
        hidden = bool(message.only_for)
        container = {"type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": hidden}
        payload: Json = {
            "type": "block_actions",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": self.user, "team_id": self.team},
            "api_app_id": APP,
            "container": container | ({"thread_ts": message.thread} if message.thread else {}),
            "trigger_id": self.server.trigger(),
            "channel": {"id": message.channel, "name": "general"},
            "response_url": self.server.response_url(message.channel, self.user),
            "actions": [{**action, "action_ts": "1"}],
        }
        if not hidden:
            payload["message"] = {"type": "message", "ts": message.ts, "text": message.text, "user": BOT}
            if message.thread or self.server.has_replies(message.channel, message.ts):
                payload["message"]["thread_ts"] = message.thread or message.ts
        return payload

    async def press_in_home(self, label: str) -> Json:
        """Press a button of one's App Home."""
        view = self.server.homes[self.user]
        element = Message("", "", blocks=view["blocks"]).element(label)
        payload = {
            "type": "block_actions",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": self.user, "team_id": self.team},
            "api_app_id": APP,
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self.server.trigger(),
            "view": view,
            "actions": [{**element, "action_ts": "1"}],
        }
        return await self.transport.deliver("interactive", payload)

    async def submit(self, words: str, view: Json | None = None) -> Json:
        """Answer the question of the newest window and send it."""
        self.server.note(f"   {self.user} writes: {words}")
        return await self._send_in({"words": {"words": {"type": "plain_text_input", "value": words}}}, view)

    async def fill_in(self, view: Json | None = None, **fields: str) -> Json:
        """Change some fields of the newest window's form and send it; several values are joined by commas."""
        view = view or self.server.views[-1]
        self.server.note(f"   {self.user} fills in: {fields}")
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        assert set(fields) <= {block["block_id"] for block in inputs}
        return await self._send_in(
            {
                block["block_id"]: {
                    block["element"]["action_id"]: _state(block["element"], fields.get(block["block_id"]))
                }
                for block in inputs
            },
            view,
        )

    async def choose_channel(self, channel: str) -> Json:
        """Choose a channel in the newest window's form, of which Slack tells at once."""
        view = self.server.views[-1]
        block = next(block for block in view["blocks"] if block.get("dispatch_action"))
        fields = {block["block_id"]: channel}
        inputs = [each for each in view["blocks"] if each["type"] == "input"]
        values = {
            each["block_id"]: {each["element"]["action_id"]: _state(each["element"], fields.get(each["block_id"]))}
            for each in inputs
        }
        payload = {
            "type": "block_actions",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": self.user, "team_id": self.team},
            "api_app_id": APP,
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self.server.trigger(),
            "view": {**view, "hash": "1", "state": {"values": values}},
            "actions": [{"type": "conversations_select", "action_id": block["element"]["action_id"]}],
        }
        return await self.transport.deliver("interactive", payload)

    async def zones(self, typed: str) -> list[str]:
        """What is offered for a time zone while somebody types."""
        payload = {
            "type": "block_suggestion",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": self.user, "team_id": self.team},
            "api_app_id": APP,
            "action_id": "pw1:zones",
            "block_id": "zone",
            "value": typed,
        }
        answer = await self.transport.deliver("interactive", payload)
        return [option["value"] for option in answer["options"]]

    async def _send_in(self, values: Json, view: Json | None) -> Json:
        view = view or self.server.views[-1]
        payload = {
            "type": "view_submission",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": self.user, "team_id": self.team},
            "api_app_id": APP,
            "trigger_id": self.server.trigger(),
            "view": {**view, "state": {"values": values}},
        }
        return await self.transport.deliver("interactive", payload)

    async def shortcut(self, text: str, channel: str = "C1") -> Json:
        """Use “Explain this paper” on somebody's message."""
        self.server.note(f"{channel}  {self.user} uses “Explain this paper” on: {text}")
        payload = {
            "type": "message_action",
            "callback_id": "explain_paper",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": self.user, "team_id": self.team},
            "channel": {"id": channel, "name": "general"},
            "message": {"type": "message", "user": "U2", "ts": self.server.fresh_ts(), "text": text},
            "message_ts": "1",
            "response_url": self.server.response_url(channel, self.user),
            "trigger_id": self.server.trigger(),
        }
        return await self.transport.deliver("interactive", payload)

    def event_payload(self, event: Json) -> Json:
        """An event in its wrapping."""
        return {
            "token": "t",
            "team_id": self.team,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self.server.fresh_ts()}",
            "event_time": 1_783_684_800,
            "authorizations": [{"team_id": self.team, "user_id": BOT, "is_bot": True, "enterprise_id": None}],
        }

    async def _event(self, event: Json, times: int = 1) -> None:
        payload = self.event_payload(event)
        for attempt in range(times):
            await self.transport.deliver("events_api", payload, retry=attempt)
