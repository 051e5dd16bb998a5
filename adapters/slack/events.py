"""Slack's payloads as requests.  Pure: nothing is asked of anybody.

A function returns None where silence is right: for messages of bots (ourselves among them), for edits and deletions,
for anything that has no text or nobody behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from adapters.slack.buttons import WORDS, Press
from adapters.slack.escape import plain
from adapters.slack.forms import filled_in
from adapters.slack.limits import METADATA, Json, size
from bot.chat.request import Origin, Place
from bot.chatkit.mentioned_papers import first_paper_in

Payload = Mapping[str, object]

_SPOKEN = {"", "file_share", "thread_broadcast", "me_message"}  # subtypes that a person's own words come with


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an answer goes.  With a `response_url` it can be given even where the bot is not a member.

    `has_replies`: the thread is known to have some.  Slack shows what is for one person alone (an ephemeral message) in
    such threads only.  (https://docs.slack.dev/reference/methods/chat.postEphemeral)
    """

    team: str
    enterprise: str = ""
    channel: str
    thread: str = ""
    has_replies: bool = False
    user: str
    response_url: str = ""

    @property
    def place(self) -> Place:
        """The same for the engine."""
        return Place(f"slack:{self.team}", self.channel, self.thread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing that a person asks for.  `key` is the same for every delivery of it."""

    key: str
    address: Address
    text: str
    origin: Origin
    private: bool = False  # the answer is for the person alone
    home: bool = False  # asked for in the App Home, which shows what has changed
    fields: Mapping[str, str] = field(default_factory=dict)  # of the command's form

    @property
    def direct(self) -> bool:
        """Whether it was said in a direct message."""
        return self.address.channel.startswith("D")

    @property
    def lane(self) -> tuple[str, ...]:
        """What is worked on in order: a thread; outside threads, what one person says in a channel."""
        address = self.address
        return (address.team, address.channel, address.thread or address.user)


def team_of(body: Payload) -> tuple[str, str]:
    """The workspace in which the app was spoken to, and its enterprise ("" if none).

    In a channel shared by Slack Connect, `team` may be that of the guest who presses or sends in; the window names the
    workspace that has the app.  (https://github.com/slackapi/bolt-python/pull/767)
    """
    first = _first(body.get("authorizations"))
    installed = _id(body.get("view"), "app_installed_team_id")  # of a window that a guest of Slack Connect sends in
    team = (
        installed
        or first.get("team_id")
        or body.get("team_id")
        or _id(body.get("team"))
        or _id(body.get("user"), "team_id")
    )
    enterprise = first.get("enterprise_id") or body.get("enterprise_id") or _id(body.get("enterprise"))
    return str(team or enterprise or ""), str(enterprise or "")


def from_command(body: Payload) -> Incoming | None:
    """A slash command."""
    address = _address(body, channel=_text(body, "channel_id"), user=_text(body, "user_id"))
    if not address.channel or not address.user:
        return None
    key = _key(address, "trigger", _text(body, "trigger_id"))
    return Incoming(key=key, address=address, text=plain(_text(body, "text")), origin=Origin.COMMAND)


def from_message(body: Payload) -> Incoming | None:
    """A mention in a channel, or any message in a direct one."""
    event = _map(body.get("event"))
    channel, user, ts = (_text(event, name) for name in ("channel", "user", "ts"))
    is_mention = event.get("type") == "app_mention"
    is_direct = event.get("channel_type") == "im" or channel.startswith("D")
    if is_mention == is_direct or not _by_a_person(event) or not (channel and user and ts):
        return None
    thread = _text(event, "thread_ts")
    root = "" if is_direct else ts
    address = _address(body, channel=channel, user=user, thread=thread or root, has_replies=bool(thread))
    words = plain(_without_mention(_text(event, "text"), _own_id(body)))
    return Incoming(key=_key(address, channel, ts), address=address, text=words, origin=Origin.MESSAGE)


def from_press(body: Payload, press: Press) -> Incoming | None:
    """A button or a menu entry, on a message, in a modal, or in the App Home."""
    container, message = _map(body.get("container")), _map(body.get("message"))
    in_home = _text(container, "type") == "view"
    channel = _id(body.get("channel")) or _text(container, "channel_id")
    if in_home:
        channel = _text(_map(body.get("view")), "private_metadata")
    hidden = container.get("is_ephemeral") is True
    thread = _text(message, "thread_ts") or _text(container, "thread_ts")
    has_replies = bool(thread)
    if not thread and not hidden and not channel.startswith("D"):
        thread = _text(message, "ts") or _text(container, "message_ts")
    user = _id(body.get("user"))
    address = _address(body, channel=channel or user, user=user, thread=thread, has_replies=has_replies)
    if not user:
        return None
    key = _key(address, "trigger", _text(body, "trigger_id"))
    private = hidden or press.private
    return Incoming(key=key, address=address, text=press.command, origin=Origin.COMMAND, private=private, home=in_home)


def metadata(incoming: Incoming) -> str:
    """What a modal needs to remember of the button that opened it."""
    address = incoming.address
    kept: Json = {"command": incoming.text, "channel": address.channel, "thread": address.thread}
    if incoming.private:
        kept["private"] = True
    if incoming.home:
        kept["home"] = True
    if address.has_replies:
        kept["replies"] = True
    packed = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return packed if size(packed) <= METADATA else "{}"


def from_modal(body: Payload) -> Incoming | None:
    """A question that was answered; None if it is not one of ours, or of another version."""
    values = _map(_map(_map(body.get("view")).get("state")).get("values"))
    words = _text(_map(_map(values.get(WORDS)).get(WORDS)), "value")
    incoming = _submitted(body)
    return replace(incoming, text=f"{incoming.text} {words}".strip()) if incoming else None


def from_form(body: Payload) -> Incoming | None:
    """A form that was sent in; None as for `from_modal`."""
    incoming = _submitted(body)
    state = _map(_map(body.get("view")).get("state"))
    return replace(incoming, fields=filled_in(state.get("values"))) if incoming else None


def _submitted(body: Payload) -> Incoming | None:
    """A window that was sent in, as far as it remembers the button that opened it."""
    view = _map(body.get("view"))
    try:
        kept = json.loads(_text(view, "private_metadata"))
        command, channel, thread = str(kept["command"]), str(kept["channel"]), str(kept["thread"])
    except (ValueError, TypeError, KeyError):
        return None
    user = _id(body.get("user"))
    has_replies = kept.get("replies") is True
    address = _address(body, channel=channel, user=user, thread=thread, has_replies=has_replies)
    if not user:
        return None
    return Incoming(
        key=_key(address, "view", _text(view, "id")),
        address=address,
        text=command,
        origin=Origin.COMMAND,
        private=kept.get("private") is True,
        home=kept.get("home") is True,
    )


def from_shortcut(body: Payload) -> Incoming | None:
    """ "Explain this paper" on a message; shows the first paper that it names, to the person alone."""
    message = _map(body.get("message"))
    channel, user = _id(body.get("channel")), _id(body.get("user"))
    if not channel or not user:
        return None
    thread = _text(message, "thread_ts")
    address = _address(body, channel=channel, user=user, thread=thread, has_replies=bool(thread))
    key = _key(address, "trigger", _text(body, "trigger_id") or _text(body, "action_ts"))
    paper = first_paper_in(" ".join(_texts_in([message.get(name) for name in ("text", "blocks", "attachments")])))
    return Incoming(
        key=key, address=address, text=f"show {paper}" if paper else "", origin=Origin.COMMAND, private=True
    )


def _texts_in(value: object) -> Iterator[str]:
    """Every text in a part of a payload, in order."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            left += reversed(list(one.values()) if isinstance(one, dict) else one)


def _by_a_person(event: Payload) -> bool:
    by_bot = event.get("bot_id") or event.get("bot_profile") or event.get("app_id")
    return not by_bot and event.get("user") != "USLACKBOT" and _text(event, "subtype") in _SPOKEN


def _without_mention(words: str, own: str) -> str:
    """Without the bot's name, wherever it stands; if its id is unknown, without the name that comes first."""
    name = rf"<@{re.escape(own)}(?:\|[^>]*)?>" if own else r"<@[UW]\w+(?:\|[^>]*)?>"
    return re.sub(name, " ", words, count=0 if own else 1)


def _own_id(body: Payload) -> str:
    first = _first(body.get("authorizations"))
    return _text(first, "user_id") if first.get("is_bot") else ""


def _address(body: Payload, *, channel: str, user: str, thread: str = "", has_replies: bool = False) -> Address:
    team, enterprise = team_of(body)
    return Address(
        team=team,
        enterprise=enterprise,
        channel=channel,
        thread=thread,
        has_replies=has_replies,
        user=user,
        response_url=_text(body, "response_url"),
    )


def _key(address: Address, kind: str, name: str) -> str:
    return f"slack:{address.team}:{kind}:{name}"


def _first(value: object) -> Payload:
    return _map(value[0]) if isinstance(value, list) and value else {}


def _map(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}


def _id(value: object, name: str = "id") -> str:
    return _text(_map(value), name)


def _text(body: Payload, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
