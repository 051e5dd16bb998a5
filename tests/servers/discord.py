"""A local Discord: REST and gateway over real sockets, strict where Discord is, with a transcript to read.

It knows guilds, channels, threads, messages, interactions and commands as far as a bot sees them.  Requests are held
against the limits and the OpenAPI description (`discord_checks`); what breaks them is answered with 400 and kept in
`violations`.  `faults` makes chosen requests fail; the bot's rate is limited, with `limits` each channel's as well.
Benchmarks switch all checks off (`strict=False`).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from discord import Permissions

from tests.servers.discord_checks import Description, description, message_faults, modal_faults, walk
from tests.servers.discord_gateway import Gateway
from tests.servers.limits import DiscordLimits

EPOCH_MS = 1_420_070_400_000
LOST, CUT = 0, 1
EPHEMERAL, LOADING = 1 << 6, 1 << 7
TEXT_CHANNEL, VOICE, THREAD, DM, FORUM = 0, 2, 11, 1, 15
ADMINISTRATOR, MANAGE_GUILD = 1 << 3, 1 << 5
ALL_PERMISSIONS = str((1 << 50) - 1)
MEMBERS_PERMISSIONS = str(int(ALL_PERMISSIONS) & ~(ADMINISTRATOR | MANAGE_GUILD))  # what everybody in a server may
ADMIN = "administrator"  # who has this one has all of them

Json = dict[str, Any]


Watch = Callable[[str, str, bool], None]  # a request's method and path; and whether it has had its effect


@dataclass
class Fault:
    """Requests that match fail so many times; with `after`, they have their effect and only the answer is this.

    `raw`, a content type and a text, takes the place of `body`.
    With the status `LOST` the connection breaks instead of an answer, with `CUT` in the middle of one.
    """

    method: str
    path: str  # a regular expression
    status: int
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    after: bool = False
    raw: tuple[str, str] | None = None


@dataclass
class Interaction:
    """One interaction, from its event to the end of its token's life."""

    id: str
    token: str
    channel: str
    kind: int
    user: str
    response: int | None = None  # the callback's type
    original: str | None = None  # the message that answers it
    modal: Json | None = None
    choices: list[Json] | None = None
    messages: list[str] = field(default_factory=list)


class DiscordServer:
    """The whole of it; `run` serves it."""

    def __init__(self, *, heartbeat_ms: int = 41_250, strict: bool = True, limits: DiscordLimits | None = None) -> None:
        self.token = "MTAwMDAwMDAwMDAwMDAwMDAx.local.token"
        self.me: Json = {
            "id": "100000000000000001",
            "username": "Paperwire",
            "discriminator": "0",
            "avatar": None,
            "bot": True,
        }
        self.gateway = Gateway(self.token, self.note, heartbeat_ms)
        self.gateway.me = self.me
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, Json] = {}
        self.deleted: set[str] = set()
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Json] = []
        self.syncs = 0
        self.faults: list[Fault] = []
        self.drops_repetitions = True  # by their nonces, as Discord does for some minutes
        self.watch: Watch = lambda _method, _path, _done: None
        self.violations: list[str] = []
        self.requests: list[tuple[float, str, str, int]] = []
        self.lines: list[str] = []
        self.starts_left = 1000
        self.shards = 1
        self.url = ""
        self._description = description() if strict else Description(Path("none"))
        self._limits = limits or (DiscordLimits(channels=False) if strict else None)
        self._numbers = itertools.count()
        self._changed = asyncio.Condition()

    # --- serving -------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def run(self) -> AsyncIterator[DiscordServer]:
        """Serve on a free port of the loopback until the end of the block."""
        app = web.Application(client_max_size=30_000_000)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_route("*", "/api/v10/{tail:.*}", self._rest)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.url, self.gateway.url = f"http://127.0.0.1:{port}/api/v10", f"ws://127.0.0.1:{port}/gateway"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def until(self, ready: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait until something has become true of the server; what that was.  Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while not (result := ready()):
                async with self._changed:
                    try:
                        await asyncio.wait_for(self._changed.wait(), 0.05)
                    except TimeoutError:
                        continue
            return result

    def note(self, who: str, what: str) -> None:
        """A line of the transcript."""
        self.lines.append(f"{who:>12}  {what}")

    def transcript(self) -> str:
        """What happened, in the order it did, as people saw it."""
        return "\n".join(self.lines)

    def snowflake(self, guild_shard: int = 0, shards: int = 1) -> str:
        """A new id of this moment."""
        stamp = int(time.time() * 1000) - EPOCH_MS
        return str(((stamp // shards * shards + guild_shard) << 22) | (next(self._numbers) & 0x3FFFFF))

    # --- the world -----------------------------------------------------------------------------------------------

    def add_guild(self, name: str, channel_names: tuple[str, ...] = ("papers",), guild_id: str | None = None) -> Json:
        """A server in which the bot is, with text channels."""
        key = guild_id or self.snowflake()
        guild: Json = {
            "id": key,
            "name": name,
            "owner_id": "1",
            "roles": [_role(key, "@everyone", MEMBERS_PERMISSIONS), _role(admins_of(key), "admins", ALL_PERMISSIONS)],
            "emojis": [],
            "features": [],
            "channels": [],
            "members": [self._member(self.me)],
            "threads": [],
            "presences": [],
            "voice_states": [],
            "stickers": [],
            "member_count": 2,
            "unavailable": False,
            "large": False,
            "stage_instances": [],
            "preferred_locale": "en-US",
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "premium_tier": 0,
            "nsfw_level": 0,
            "system_channel_flags": 0,
            "afk_timeout": 60,
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
        for channel_name in channel_names:
            guild["channels"].append(self.add_channel(channel_name, key))
        self.gateway.guilds[key] = guild
        return guild

    def add_channel(
        self, name: str, guild: str | None = None, kind: int = TEXT_CHANNEL, parent: str | None = None
    ) -> Json:
        """A channel; without a guild, a direct one."""
        channel: Json = {
            "id": self.snowflake(),
            "type": kind,
            "name": name,
            "guild_id": guild,
            "position": 0,
            "permission_overwrites": [],
            "parent_id": parent,
            "nsfw": False,
            "flags": 0,
        }
        self.channels[channel["id"]] = channel
        return channel

    def take_away(self, guild: str, permission: str) -> None:
        """Take a permission, by discord.py's name, from the bot in a server."""
        role = self.gateway.guilds[guild]["roles"][0]
        role["permissions"] = str(int(role["permissions"]) & ~Permissions(**{permission: True, ADMIN: True}).value)

    def fill_threads(self, channel: str) -> None:
        """Let others have opened as many threads in a channel as there is room for, for now."""
        if self._limits:
            self._limits.fill_threads(channel, time.monotonic())

    def _may(self, channel: str, permission: str) -> bool:
        guild = self.gateway.guilds.get(str(self.channels.get(channel, {}).get("guild_id")))
        return guild is None or bool(getattr(Permissions(int(guild["roles"][0]["permissions"])), permission))

    def _is_mute(self, channel: str) -> bool:
        in_thread = "thread_metadata" in self.channels.get(channel, {})
        return not self._may(channel, "send_messages_in_threads" if in_thread else "send_messages")

    def remove_channel(self, key: str) -> None:
        """Delete a channel or a thread, and what stands there."""
        del self.channels[key]
        self.messages = {each["id"]: each for each in self.messages.values() if each["channel_id"] != key}

    def shown(self, channel: str) -> list[Json]:
        """The messages that stand in a channel, oldest first."""
        return [message for message in self.messages.values() if message["channel_id"] == channel]

    def may(self, guild: str) -> str:
        """The bot's own permissions in a server; where it was not added, those of an app that a person brings along."""
        known = self.gateway.guilds.get(guild)
        return str(known["roles"][0]["permissions"]) if known else MEMBERS_PERMISSIONS

    def _member(self, user: Json, roles: Sequence[str] = ()) -> Json:
        return {
            "user": user,
            "roles": list(roles),
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    # --- REST ----------------------------------------------------------------------------------------------------

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["tail"]
        body = await _body(request)
        fault = self._fault(request.method, path, after=False)
        answer: web.StreamResponse = (
            await self._failed(request, fault)
            if fault
            else self._over_the_limit(request.method, path) or await self._answer(request, path, body)
        )
        if fault is None and (late := self._fault(request.method, path, after=True)):
            answer = await self._failed(request, late)
        answer.headers.update(self._limits.told(request.method, path, time.monotonic()) if self._limits else {})
        self.watch(request.method, path, True)
        self.requests.append((time.monotonic(), request.method, path, answer.status))
        async with self._changed:
            self._changed.notify_all()
        return answer

    def _fault(self, method: str, path: str, *, after: bool) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.after is after and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                how = {LOST: "is lost", CUT: "is answered by half"}.get(fault.status, f"fails with {fault.status}")
                self.note("server", f"{method} {_public(path)} {how}")
                return fault
        return None

    async def _failed(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.status == CUT:
            half = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
            await half.prepare(request)
            await half.write(b'{"id": "1')
        if fault.status in (LOST, CUT) and request.transport is not None:
            request.transport.close()
            return web.Response(status=499)  # which nobody gets
        headers = {"Via": "1.1 local", **fault.headers}
        if fault.raw is not None:
            kind, text = fault.raw
            return web.Response(text=text, status=fault.status, headers=headers, content_type=kind)
        return _json(fault.body, status=fault.status, headers=headers)

    def _over_the_limit(self, method: str, path: str) -> web.Response | None:
        wait = self._limits.refuse(method, path, time.monotonic()) if self._limits else 0.0
        if not wait:
            return None
        body = {"message": "You are being rate limited.", "retry_after": wait, "global": wait <= 1}
        return _json(body, status=429, headers={"Via": "1.1 local"})

    async def _answer(self, request: web.Request, path: str, body: Any) -> web.Response:
        self.watch(request.method, path, False)
        for method, pattern, handler in self._routes():
            matched = re.fullmatch(pattern, path)
            if matched and method == request.method:
                faults = self._description.faults(method, path, body)
                if faults:
                    return self._refused(f"{method} {_public(path)}", faults)
                return await handler(request, body, *matched.groups())
        self.violations.append(f"no route {request.method} {path}")
        return _json({"message": "404: Not Found", "code": 0}, status=404)

    def _routes(self) -> list[tuple[str, str, Callable[..., Awaitable[web.Response]]]]:
        webhook, message = r"/webhooks/\d+/([\w.-]+)", r"/channels/(\d+)/messages/(\d+)"
        return [
            ("POST", r"/interactions/(\d+)/([\w.-]+)/callback", self._callback),
            ("PATCH", webhook + r"/messages/(@original|\d+)", self._edit_response),
            ("DELETE", webhook + r"/messages/(@original|\d+)", self._delete_response),
            ("GET", webhook + r"/messages/(@original|\d+)", self._get_response),
            ("POST", webhook, self._follow_up),
            ("POST", r"/channels/(\d+)/messages", self._send),
            ("GET", r"/channels/(\d+)/messages", self._history),
            ("POST", r"/channels/(\d+)/threads", self._post_in_forum),
            ("GET", r"/guilds/(\d+)/threads/active", self._active_threads),
            ("GET", r"/users/(\d+)", self._get_user),
            ("PATCH", message, self._edit),
            ("GET", message, self._get_message),
            ("DELETE", message, self._delete),
            ("POST", message + "/threads", self._open_thread),
            ("GET", r"/channels/(\d+)", self._get_channel),
            ("PATCH", r"/channels/(\d+)", self._open_again),
            ("POST", r"/channels/(\d+)/typing", self._nothing),
            ("POST", r"/users/@me/channels", self._open_dm),
            ("GET", r"/users/@me", self._get_me),
            ("GET", r"/users/@me/guilds", self._my_guilds),
            ("GET", r"/oauth2/applications/@me", self._application),
            ("GET", r"/applications/@me", self._application),
            ("GET", r"/applications/\d+/commands", self._get_commands),
            ("PUT", r"/applications/\d+/commands", self._put_commands),
            ("GET", r"/gateway/bot", self._get_gateway),
            ("GET", r"/guilds/(\d+)", self._get_guild),
            ("GET", r"/guilds/(\d+)/channels", self._guild_channels),
            ("GET", r"/guilds/(\d+)/members/(\d+)", self._get_member),
        ]

    def _refused(self, what: str, faults: list[str]) -> web.Response:
        self.violations += [f"{what}: {fault}" for fault in faults]
        self.note("server", f"refuses {what}: {faults}")
        return _json({"message": "Invalid Form Body", "code": 50035, "errors": {}}, status=400)

    # --- REST: interactions ----------------------------------------------------------------------------------------

    async def _callback(self, request: web.Request, body: Json, key: str, token: str) -> web.Response:
        known = self.interactions.get(token)
        if known is None or known.id != key:
            return _error(404, 10062, "Unknown interaction")
        if known.response is not None:
            return _error(400, 40060, "Interaction has already been acknowledged.")
        known.response = body["type"]
        data = body.get("data") or {}
        match body["type"]:
            case 4:
                if faults := message_faults(data):
                    return self._refused("callback", faults)
                known.original = self._new_message(known.channel, data, flags=data.get("flags", 0))["id"]
            case 5:
                flags = (data.get("flags") or 0) | LOADING
                known.original = self._new_message(known.channel, {}, flags=flags)["id"]
                self.note("Paperwire", "is thinking" + (" (seen by one person only)" if flags & EPHEMERAL else ""))
            case 8:
                known.choices = data["choices"]
            case 9:
                if faults := modal_faults(data):
                    return self._refused("modal", faults)
                known.modal = data
                self.note("Paperwire", f"opens a form: {data['title']}")
        resource: Json = {"interaction": {"id": key, "type": known.kind, "response_message_id": known.original}}
        if known.original:
            resource["resource"] = {"type": body["type"], "message": self.messages[known.original]}
        return _json(resource) if "with_response" in request.query else web.Response(status=204)

    def _answered_by(self, token: str, reference: str) -> Json | None:
        known = self.interactions.get(token)
        key = None if known is None else known.original if reference == "@original" else reference
        return self.messages.get(key or "")

    async def _edit_response(self, request: web.Request, body: Json, token: str, reference: str) -> web.Response:
        message = self._answered_by(token, reference)
        if token not in self.interactions:
            return _error(401, 50027, "Invalid Webhook Token")
        return self._changed_message(message, body)

    async def _get_response(self, request: web.Request, body: Any, token: str, reference: str) -> web.Response:
        message = self._answered_by(token, reference)
        return _json(message) if message else _error(404, 10008, "Unknown Message")

    async def _delete_response(self, request: web.Request, body: Any, token: str, reference: str) -> web.Response:
        message = self._answered_by(token, reference)
        if message is None:
            return _error(404, 10008, "Unknown Message")
        del self.messages[message["id"]]
        self.deleted.add(message["id"])
        return web.Response(status=204)

    async def _follow_up(self, request: web.Request, body: Json, token: str) -> web.Response:
        known = self.interactions.get(token)
        if known is None:
            return _error(401, 50027, "Invalid Webhook Token")
        if faults := message_faults(body, follow_up=True):
            return self._refused("follow-up", faults)
        original = self.messages.get(known.original or "")
        if original is not None and original["flags"] & LOADING:
            return self._changed_message(original, body)
        message = self._new_message(known.channel, body, flags=body.get("flags", 0))
        known.messages.append(message["id"])
        return _json(message)

    # --- REST: messages --------------------------------------------------------------------------------------------

    async def _send(self, request: web.Request, body: Json, channel: str) -> web.Response:
        if self._is_mute(channel):
            return _error(403, 50013, "Missing Permissions")
        if channel not in self.channels:
            return _error(404, 10003, "Unknown Channel")
        if self._thread_is(channel, "locked"):
            return _error(403, 160005, "Thread is locked")
        if faults := message_faults(body):
            return self._refused("message", faults)
        same = [each for each in self.shown(channel) if body.get("nonce") and each.get("nonce") == body["nonce"]]
        if same and body.get("enforce_nonce") and self.drops_repetitions:
            return _json(same[0])
        return _json(self._new_message(channel, body, flags=body.get("flags", 0)))

    async def _history(self, request: web.Request, body: Any, channel: str) -> web.Response:
        if not self._may(channel, "view_channel"):
            return _error(403, 50001, "Missing Access")
        if not self._may(channel, "read_message_history"):
            return _json([])  # whoever may not read is shown no messages, and no error
        messages = [{**each, "nonce": None} for each in self.messages.values() if each["channel_id"] == channel]
        if "after" in request.query:  # oldest first was asked for
            messages = [each for each in messages if int(each["id"]) > int(request.query["after"])]
            return _json(messages[: int(request.query.get("limit", 50))][::-1])
        newest_first = [each for each in messages[::-1] if int(each["id"]) < int(request.query.get("before", 1 << 63))]
        return _json(newest_first[: int(request.query.get("limit", 50))])

    async def _post_in_forum(self, request: web.Request, body: Json, channel: str) -> web.Response:
        if self._is_mute(channel):
            return _error(403, 50013, "Missing Permissions")
        parent = self.channels[channel]
        if parent["type"] != FORUM:
            return self._refused("post in a channel that is no forum", [channel])
        if faults := message_faults(body["message"]):
            return self._refused("post", faults)
        message = self.add_message(channel, body["message"], title=body["name"])
        return _json({**self.channels[message["id"]], "message": message}, status=201)

    def add_message(self, channel: str, body: Json, title: str = "") -> Json:
        """Let the bot write a message in a channel, or a post in a forum."""
        message = self._new_message(channel, body, flags=body.get("flags", 0))
        if self.channels[channel]["type"] == FORUM:
            message["channel_id"] = message["id"]
            self._new_thread(message["id"], title, self.channels[channel])
        return message

    async def _active_threads(self, request: web.Request, body: Any, guild: str) -> web.Response:
        threads = [each for each in self.channels.values() if each["type"] == THREAD and each["guild_id"] == guild]
        return _json({"threads": threads, "members": []})

    async def _get_user(self, request: web.Request, body: Any, key: str) -> web.Response:
        return _json({"id": key, "username": "somebody", "discriminator": "0", "avatar": None})

    async def _edit(self, request: web.Request, body: Json, channel: str, key: str) -> web.Response:
        if channel not in self.channels:
            return _error(404, 10003, "Unknown Channel")
        if self._thread_is(channel, "archived"):
            return _error(400, 50083, "Thread is archived")
        message = self.messages.get(key)
        return self._changed_message(message if message and message["channel_id"] == channel else None, body)

    async def _delete(self, request: web.Request, body: Any, channel: str, key: str) -> web.Response:
        if self.messages.pop(key, None) is None:
            return _error(404, 10008, "Unknown Message")
        self.deleted.add(key)
        self.note("Paperwire", f"deletes a message in #{self.channels[channel]['name']}")
        return web.Response(status=204)

    async def _get_message(self, request: web.Request, body: Any, channel: str, key: str) -> web.Response:
        message = self.messages.get(key)
        return _json(message) if message else _error(404, 10008, "Unknown Message")

    def _new_message(self, channel: str, body: Json, *, flags: int, author: Json | None = None) -> Json:
        message: Json = {
            "id": self.snowflake(), "channel_id": channel, "author": author or self.me,
            "content": body.get("content") or "", "timestamp": datetime.now(UTC).isoformat(), "edited_timestamp": None,
            "tts": False, "mention_everyone": False,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
            "flags": flags, "components": _with_ids(body.get("components") or []), "nonce": body.get("nonce"),
            "edits": 0,
        }  # fmt: skip
        self.messages[message["id"]] = message
        if message["components"] or message["content"]:
            self._tell(message, "writes")
        return message

    def _changed_message(self, message: Json | None, body: Json) -> web.Response:
        if message is None:
            return _error(404, 10008, "Unknown Message")
        if faults := message_faults(body):
            return self._refused("edit", faults)
        message["content"] = body.get("content") or message["content"]
        if "components" in body:
            message["components"] = _with_ids(body["components"] or [])
        message["flags"] = (message["flags"] | (body.get("flags") or 0)) & ~LOADING
        message["edited_timestamp"] = datetime.now(UTC).isoformat()
        message["edits"] += 1
        self._tell(message, "edits")
        return _json(message)

    def _tell(self, message: Json, verb: str) -> None:
        where = self.channels.get(message["channel_id"], {}).get("name", "?")
        private = " (seen by one person only)" if message["flags"] & EPHEMERAL else ""
        words = " ⏎ ".join(line for line in words_of(message).splitlines() if line.strip())
        buttons = "".join(f" [{part['label']}]" for part in walk(message["components"]) if part["type"] == 2)
        self.note(message["author"]["username"], f"{verb} in #{where}{private}: {words[:300]}{buttons}")

    # --- REST: channels, guilds, the bot ---------------------------------------------------------------------------

    async def _open_thread(self, request: web.Request, body: Json, channel: str, key: str) -> web.Response:
        if not 1 <= len(body["name"]) <= 100:
            return self._refused("thread", ["name"])
        if key in self.channels:
            return _error(400, 160004, "A thread has already been created for this message")
        if key not in self.messages:
            return _error(404, 10008, "Unknown Message")
        thread = self._new_thread(key, body["name"], self.channels[channel])
        await self.gateway.dispatch("THREAD_CREATE", {**thread, "newly_created": True})
        return _json(thread, status=201)

    def _new_thread(self, key: str, name: str, parent: Json) -> Json:
        thread: Json = {
            "id": key, "type": THREAD, "name": name, "guild_id": parent["guild_id"], "parent_id": parent["id"],
            "owner_id": self.me["id"], "message_count": 0, "member_count": 1, "rate_limit_per_user": 0, "flags": 0,
            "thread_metadata": {"archived": False, "auto_archive_duration": 1440, "locked": False,
                                "archive_timestamp": datetime.now(UTC).isoformat()},
        }  # fmt: skip
        self.channels[key] = thread
        self.note("Paperwire", f"opens the thread “{name}” in #{parent['name']}")
        return thread

    async def _get_channel(self, request: web.Request, body: Any, key: str) -> web.Response:
        channel = self.channels.get(key)
        if channel and not self._may(key, "view_channel"):
            return _error(403, 50001, "Missing Access")
        return _json(channel) if channel else _error(404, 10003, "Unknown Channel")

    async def _open_again(self, request: web.Request, body: Json, key: str) -> web.Response:
        if self._thread_is(key, "locked"):
            return _error(403, 50013, "Missing Permissions")
        self.channels[key]["thread_metadata"]["archived"] = body["archived"]
        self.note("Paperwire", f"opens the thread “{self.channels[key]['name']}” again")
        return _json(self.channels[key])

    def _thread_is(self, key: str, state: str) -> bool:
        return bool(self.channels[key].get("thread_metadata", {}).get(state))

    async def _open_dm(self, request: web.Request, body: Json) -> web.Response:
        user = {"id": body["recipient_id"], "username": "somebody", "discriminator": "0", "avatar": None}
        return _json({**self.add_channel("direct", kind=DM), "recipients": [user]})

    async def _nothing(self, request: web.Request, body: Any, *groups: str) -> web.Response:
        return web.Response(status=204)

    async def _get_me(self, request: web.Request, body: Any) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _error(401, 0, "401: Unauthorized")
        return _json(self.me)

    async def _application(self, request: web.Request, body: Any) -> web.Response:
        application = {"id": self.me["id"], "name": "Paperwire", "description": "", "icon": None, "bot_public": True,
                       "bot_require_code_grant": False, "verify_key": "00", "flags": 0, "rpc_origins": [],
                       "summary": "", "team": None, "owner": {**self.me, "id": "2", "bot": False}}  # fmt: skip
        return _json(application)

    async def _get_commands(self, request: web.Request, body: Any) -> web.Response:
        return _json(self.commands)

    async def _put_commands(self, request: web.Request, body: list[Json]) -> web.Response:
        self.syncs += 1
        version = self.snowflake()
        added = {
            "application_id": self.me["id"],
            "version": version,
            "default_member_permissions": None,
            "nsfw": False,
            "description": "",
        }
        self.commands = [{**added, **command, "id": self.snowflake()} for command in body]
        return _json(self.commands)

    async def _get_gateway(self, request: web.Request, body: Any) -> web.Response:
        limit = {"total": 1000, "remaining": self.starts_left, "reset_after": 3_600_000, "max_concurrency": 1}
        return _json({"url": self.gateway.url, "shards": self.shards, "session_start_limit": limit})

    async def _my_guilds(self, request: web.Request, body: Any) -> web.Response:
        after = int(request.query.get("after", 0))
        known = [guild for guild in self.gateway.guilds.values() if int(guild["id"]) > after]
        return _json([{**guild, "permissions": ALL_PERMISSIONS, "owner": False, "icon": None} for guild in known])

    async def _get_guild(self, request: web.Request, body: Any, key: str) -> web.Response:
        return _json(self.gateway.guilds[key])

    async def _guild_channels(self, request: web.Request, body: Any, key: str) -> web.Response:
        return _json(self.gateway.guilds[key]["channels"])

    async def _get_member(self, request: web.Request, body: Any, key: str, user: str) -> web.Response:
        return _json(self._member(self.me))


def _role(key: str, name: str, permissions: str) -> Json:
    return {
        "id": key,
        "name": name,
        "permissions": permissions,
        "position": 0 if name == "@everyone" else 1,
        "color": 0,
        "flags": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "colors": {"primary_color": 0},
    }


def admins_of(guild: str) -> str:
    """The id of a server's role for those who may do everything."""
    return str(int(guild) + 1)


def words_of(message: Json) -> str:
    """The texts of a message, a component a line."""
    return "\n".join(
        [message["content"], *(part["content"] for part in walk(message["components"]) if part["type"] == 10)]
    )


def _with_ids(components: list[Json]) -> list[Json]:
    for number, component in enumerate(walk(components), 1):
        component.setdefault("id", number)
    return components


def _json(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """An answer with Discord's exact content type, by which discord.py tells JSON from text."""
    named = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(value).encode(), status=status, headers=named)


def _error(status: int, code: int, message: str) -> web.Response:
    return _json({"message": message, "code": code}, status=status)


def _public(path: str) -> str:
    return re.sub(r"(/webhooks/\d+/|/interactions/\d+/)[\w.-]+", r"\1…", path)


async def _body(request: web.Request) -> Any:
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        return json.loads(str(form["payload_json"]))
    raw = await request.read()
    return json.loads(raw) if raw else None
