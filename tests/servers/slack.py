"""A Slack of our own on this machine: the Web API and Socket Mode over real sockets, for the real slack-bolt.

It is strict: it checks every payload (`slack_checks`), and knows which workspaces, channels, people and messages there
are.  It can be unkind on demand: 429 with Retry-After, `ok: false`, slow answers, lost answers, disconnects.  What
people would see is written to a transcript.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.limits import SlackLimits
from tests.servers.slack_checks import message_faults, units, view_faults
from tests.servers.slack_markdown import read

Json = dict[str, Any]

BOT_TOKEN = "xoxb-1-local"
APP_TOKEN = "xapp-1-local"
TEAM = "T1"
BOT = "UBOT"
APP = "A1"
ALL_SCOPES = (
    "app_mentions:read,assistant:write,channels:read,chat:write,commands,files:write,groups:read,im:history,"
    "team:read,users:read"
)
PAGE = 15  # messages that apps get at once which are distributed beside Slack's Marketplace


class SlackSaysNo(Exception):
    """An answer with `ok: false`."""


Watch = Callable[[str, Json, bool], None]  # a call's method and arguments; and whether it has had its effect


@dataclass
class Channel:
    """A channel, or a direct conversation with the bot (`D…`)."""

    id: str
    creator: str = "U9"
    has_bot: bool = True
    archived: bool = False
    name: str = field(default="reading", init=False)


@dataclass
class Message:
    """A message as it stands.  `only_for` is set where one person alone sees it."""

    channel: str
    ts: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread: str = ""
    only_for: str = ""
    streaming: bool = False
    streamed: list[str] = field(default_factory=list)  # what was to be seen after each piece
    deleted: bool = False
    edits: list[float] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)

    @property
    def words(self) -> str:
        """All that is written in it, markup and all."""
        shown = "\n".join(block_words(block) for block in self.blocks)
        return shown or self.text

    def element(self, label: str) -> Json:
        """The button or menu entry with this label, with the fields that Slack sends when it is used."""
        for block in self.blocks:
            for element in block.get("elements", []):
                words = element.get("text")
                if isinstance(words, dict) and words["text"] == label:
                    return {**element, "block_id": block.get("block_id", "b")}
                for option in element.get("options", []):
                    if option["text"]["text"] == label:
                        return {"type": element["type"], "action_id": element["action_id"], "selected_option": option}
        raise AssertionError(f"there is no button {label!r} in {self.words!r}")


@dataclass
class File:
    """A file that is uploaded in three steps; it can be shown once Slack has looked at it, a few refusals later."""

    id: str
    length: int
    alt: str
    data: bytes = b""
    complete: bool = False
    looks: int = 1


@dataclass
class Fault:
    """How a call goes wrong.  With `after`, the call has its effect and only the answer is lost or slow.

    `raw`, a content type and a text, takes the answer's place.
    """

    error: str = ""
    status: int = 200
    retry_after: int | None = None
    delay: float = 0.0
    after: bool = False
    drop: bool = False
    raw: tuple[str, str] | None = None


class SlackServer:
    """The server.  `async with SlackServer() as slack:` gives one that listens on a free port."""

    def __init__(self, *, agent: bool = True, scopes: str = ALL_SCOPES, limits: SlackLimits | None = None) -> None:
        self.agent = agent  # whether the workspace has streaming and the assistant's methods
        self.scopes = scopes
        self._limits = limits
        self.tokens = {BOT_TOKEN: TEAM}
        self.channels = {
            channel.id: channel
            for channel in (
                Channel("C1"),
                Channel("C2", has_bot=False),
                Channel("C3", archived=True),
                Channel("D1"),
                Channel("D2"),
            )
        }
        self.users: dict[str, Json] = {
            "U1": {"id": "U1", "tz": "Europe/Berlin", "locale": "de-DE", "is_admin": False},
            "U2": {"id": "U2", "tz": "Asia/Tokyo", "locale": "ja-JP", "is_admin": False},
            "U9": {"id": "U9", "tz": "America/New_York", "locale": "en-US", "is_admin": True},
        }
        self.messages: dict[tuple[str, str], Message] = {}
        self.order: list[Message] = []
        self.answered: set[tuple[str, str]] = set()  # threads in which people have written: channel and `ts`
        self.files: dict[str, File] = {}
        self.views: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.statuses: list[tuple[str, str]] = []
        self.prompts: list[Json] = []
        self.calls: list[tuple[str, Json]] = []
        self.faults: list[str] = []
        self.transcript: list[str] = []
        self.watch: Watch = lambda _method, _arguments, _done: None
        self.refresh_tokens: dict[str, str] = {}
        self.triggers: set[str] = set()
        self.refused = 0  # messages that were one too many
        self.connections = 0
        self._unkind: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._unkind_where: list[tuple[str, Callable[[Json], bool], Fault]] = []
        self._response_urls: dict[str, tuple[str, str, int]] = {}
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._numbers = itertools.count(1)
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._url = ""

    # --- life ----------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> SlackServer:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/respond/{name}", self._respond)
        app.router.add_post("/upload/{name}", self._upload)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self._url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """For `SLACK_API_URL`."""
        return f"{self._url}/api/"

    # --- unkindness ----------------------------------------------------------------------------------------------

    def go_wrong(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go wrong, one fault each."""
        self._unkind[method].extend(faults)

    def go_wrong_where(self, method: str, concerns: Callable[[Json], bool], fault: Fault) -> None:
        """Let the next call of a method go wrong whose arguments it concerns."""
        self._unkind_where.append((method, concerns, fault))

    def _fault(self, method: str, arguments: Json) -> Fault:
        for place, (named, concerns, fault) in enumerate(self._unkind_where):
            if named == method and concerns(arguments):
                del self._unkind_where[place]
                return fault
        return self._unkind[method].popleft() if self._unkind[method] else Fault()

    # --- waiting -------------------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], Any], timeout: float = 10.0) -> Any:  # noqa: ASYNC109
        """Wait until something holds of what is to be seen; its value."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(condition)
        return condition()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # --- what people see -----------------------------------------------------------------------------------------

    def visible(self, channel: str = "", user: str = "U1") -> list[Message]:
        """The bot's messages that somebody can see, oldest first."""
        return [
            message
            for message in self.order
            if not message.deleted and message.only_for in ("", user) and (not channel or message.channel == channel)
        ]

    def has_replies(self, channel: str, thread: str) -> bool:
        """Whether a thread is one to those who look: somebody's reply stands in it."""
        ours = (m for m in self.order if (m.channel, m.thread) == (channel, thread))
        return (channel, thread) in self.answered or any(not m.only_for and not m.deleted for m in ours)

    def note(self, line: str) -> None:
        """Add a line to the transcript."""
        self.transcript.append(line)

    # --- events in -----------------------------------------------------------------------------------------------

    def trigger(self) -> str:
        """A fresh trigger id, good for one modal."""
        name = f"{next(self._numbers)}.trigger"
        self.triggers.add(name)
        return name

    def response_url(self, channel: str, user: str) -> str:
        """An address to answer at, good for five uses."""
        name = str(next(self._numbers))
        self._response_urls[name] = (channel, user, 5)
        return f"{self._url}/respond/{name}"

    def fresh_ts(self) -> str:
        """A message's time stamp, its id within a channel."""
        return f"1783684800.{next(self._numbers):06d}"

    async def send(self, kind: str, payload: Json, *, envelope: str = "", retry: int = 0) -> Json:
        """Send an envelope over the newest socket; the acknowledgement's payload.  Raises TimeoutError after 3 s."""
        await self.until(lambda: self._sockets)
        name = envelope or f"e-{next(self._numbers)}"
        acknowledged = self._acks[name] = asyncio.get_running_loop().create_future()
        body: Json = {"type": kind, "envelope_id": name, "payload": payload, "accepts_response_payload": True}
        if retry:
            body |= {"retry_attempt": retry, "retry_reason": "timeout"}
        await self._sockets[-1].send_json(body)
        async with asyncio.timeout(3):
            answer: Json = await acknowledged
        return answer

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the client to come back on another socket, as Slack does every few hours."""
        await self._sockets[-1].send_json({"type": "disconnect", "reason": reason, "debug_info": {}})

    async def cut(self) -> None:
        """Close the socket without a word."""
        await self._sockets[-1].close(code=1011)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self._sockets.append(socket)
        await self._notify()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                body = json.loads(frame.data)
                waiting = self._acks.get(body.get("envelope_id", ""))
                if waiting is not None and not waiting.done():
                    waiting.set_result(body.get("payload") or {})
        self._sockets.remove(socket)
        return socket

    # --- the Web API ---------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        await self._notify()
        self.watch(method, arguments, False)
        fault = self._fault(method, arguments)
        if not fault.after:
            await asyncio.sleep(fault.delay)
            if fault.error or fault.status != 200 or fault.drop or fault.raw:
                return _unkind_answer(request, fault)
        if wait := self._one_too_many(method, arguments, _token(request)):
            self.refused += 1
            return _unkind_answer(request, Fault(status=429, retry_after=math.ceil(wait)))
        try:
            answer = {"ok": True, **self._call(method, arguments, _token(request))}
        except SlackSaysNo as no:
            answer = {"ok": False, "error": str(no)}
        self.watch(method, arguments, True)
        await self._notify()
        if fault.after:
            await asyncio.sleep(fault.delay)
            return _unkind_answer(request, fault)
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    def _one_too_many(self, method: str, arguments: Json, token: str) -> float:
        if self._limits is None or method != "chat.postMessage":
            return 0.0
        return self._limits.refuse(self.tokens.get(token, ""), arguments["channel"], asyncio.get_running_loop().time())

    def _call(self, method: str, arguments: Json, token: str) -> Json:
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None:
            raise SlackSaysNo("unknown_method")
        if method not in {"oauth.v2.access", "apps.connections.open"} and token not in self.tokens:
            raise SlackSaysNo("invalid_auth" if token else "not_authed")
        result: Json = handler(arguments, token)
        return result

    def _auth_test(self, _: Json, token: str) -> Json:
        return {"team_id": self.tokens[token], "user_id": BOT, "bot_id": "B1", "url": "https://local.slack.com/"}

    def _apps_connections_open(self, _: Json, token: str) -> Json:
        if token != APP_TOKEN:
            raise SlackSaysNo("invalid_auth")
        return {"url": f"{self._url.replace('http', 'ws')}/link?ticket={next(self._numbers)}"}

    def _oauth_v2_access(self, arguments: Json, _: str) -> Json:
        if arguments.get("grant_type") == "refresh_token":
            team = self.refresh_tokens.pop(arguments["refresh_token"], None)
            if team is None:
                raise SlackSaysNo("invalid_refresh_token")
        elif arguments.get("code") == "good":
            team = "T2"
        else:
            raise SlackSaysNo("invalid_code")
        return self._issue(team)

    def _issue(self, team: str) -> Json:
        number = next(self._numbers)
        token, refresh = f"xoxe.xoxb-{number}", f"xoxe-{number}"
        self.tokens[token] = team
        self.refresh_tokens[refresh] = team
        return {
            "access_token": token,
            "token_type": "bot",
            "scope": self.scopes,
            "bot_user_id": BOT,
            "app_id": APP,
            "team": {"id": team, "name": team},
            "enterprise": None,
            "authed_user": {"id": "U9"},
            "refresh_token": refresh,
            "expires_in": 43_200,
            "is_enterprise_install": False,
        }

    def _users_info(self, arguments: Json, _: str) -> Json:
        if arguments["user"] not in self.users:
            raise SlackSaysNo("user_not_found")
        return {"user": self.users[arguments["user"]]}

    def _conversations_info(self, arguments: Json, _: str) -> Json:
        channel = self._channel(arguments)
        facts = {
            "name": channel.name,
            "creator": channel.creator,
            "is_member": channel.has_bot,
            "is_archived": channel.archived,
        }
        return {"channel": {"id": channel.id, **facts}}

    def _chat_postMessage(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._check_message(arguments)
        if arguments.get("unfurl_links") is not False or arguments.get("unfurl_media") is not False:
            self.faults.append("chat.postMessage would unfurl links")
        channel = self._writable(arguments)
        thread = arguments.get("thread_ts", "")
        message = self.add_message(channel.id, arguments, thread=thread)
        self._say(message)
        return {"channel": channel.id, "ts": message.ts, "message": {"ts": message.ts}}

    def _conversations_history(self, arguments: Json, _: str) -> Json:
        return _page(self._read(arguments, lambda message: not message.thread)[::-1], arguments)

    def _conversations_replies(self, arguments: Json, _: str) -> Json:
        return _page(self._read(arguments, lambda it: arguments["ts"] in (it.thread, it.ts)), arguments)

    def _read(self, arguments: Json, wanted: Callable[[Message], bool]) -> list[Json]:
        scope = "im:history" if self._channel(arguments).id.startswith("D") else "channels:history"
        if scope not in self.scopes:
            raise SlackSaysNo("missing_scope")
        there = [message for message in self.order if message.channel == self._channel(arguments).id]
        seen = [message for message in there if wanted(message) and not message.only_for]
        return [{"ts": message.ts, "metadata": message.metadata} for message in seen]

    def _chat_postEphemeral(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._check_message(arguments)
        channel = self._writable(arguments)
        if arguments["user"] not in self.users:
            raise SlackSaysNo("user_not_in_channel")
        message = self.add_message(
            channel.id, arguments, thread=arguments.get("thread_ts", ""), only_for=arguments["user"]
        )
        self._say(message)
        return {"message_ts": message.ts}

    def _chat_update(self, arguments: Json, _: str) -> Json:
        self._check_message(arguments)
        message = self._message(arguments)
        if message.streaming:
            raise SlackSaysNo("streaming_state_conflict")
        message.text, message.blocks = arguments["text"], arguments.get("blocks") or []
        message.metadata = arguments.get("metadata", message.metadata)
        message.edits.append(asyncio.get_running_loop().time())
        self._say(message, "edits")
        return {"channel": message.channel, "ts": message.ts}

    def _chat_delete(self, arguments: Json, _: str) -> Json:
        message = self._message(arguments)
        message.deleted = True
        self.note(f"{message.channel}  (the bot takes a message back)")
        return {"ts": message.ts}

    def _chat_startStream(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_agent()
        channel = self._writable(arguments)
        if not arguments.get("thread_ts") or not arguments.get("recipient_user_id"):
            raise SlackSaysNo("invalid_arguments")
        message = self.add_message(channel.id, {"text": ""}, thread=arguments["thread_ts"])
        message.streaming = True
        self._append(message, arguments)
        return {"channel": channel.id, "ts": message.ts}

    def _chat_appendStream(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_agent()
        message = self._message(arguments)
        if not message.streaming:
            raise SlackSaysNo("message_not_in_streaming_state")
        self._append(message, arguments)
        return {"ts": message.ts}

    def _chat_stopStream(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_agent()
        message = self._message(arguments)
        if not message.streaming:
            raise SlackSaysNo("message_not_in_streaming_state")
        message.streaming = False
        return {"ts": message.ts}

    def _assistant_threads_setStatus(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_agent()
        self._writable({"channel": arguments["channel_id"]})
        self.statuses.append((arguments["thread_ts"], arguments["status"]))
        self.note(f"{arguments['channel_id']}  (status) {arguments['status']}")
        return {}

    def _assistant_threads_setSuggestedPrompts(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_agent()
        prompts = arguments["prompts"]
        if "thread_ts" in arguments or not 1 <= len(prompts) <= 4:
            raise SlackSaysNo("invalid_arguments")
        self.prompts.append(arguments)
        return {}

    def _views_open(self, arguments: Json, _: str) -> Json:
        if arguments["trigger_id"] not in self.triggers:
            raise SlackSaysNo("expired_trigger_id")
        self.triggers.remove(arguments["trigger_id"])
        view = {**_object(arguments["view"]), "id": f"V{next(self._numbers)}"}
        self._check(view_faults(view))
        self.views.append(view)
        self.note(f"   (a window opens: {view['title']['text']})")
        return {"view": view}

    def _views_update(self, arguments: Json, _: str) -> Json:
        known = next((view for view in self.views if view["id"] == arguments["view_id"]), None)
        if known is None:
            raise SlackSaysNo("not_found")
        view = {**_object(arguments["view"]), "id": known["id"]}
        self._check(view_faults(view))
        self.views[self.views.index(known)] = view
        self.note(f"   (the window shows: {view['title']['text']})\n" + "\n".join(map(block_words, view["blocks"])))
        return {"view": view}

    def _views_publish(self, arguments: Json, _: str) -> Json:
        view = {**_object(arguments["view"]), "id": f"V{next(self._numbers)}"}
        self._check(view_faults(view))
        self.homes[arguments["user_id"]] = view
        self.note(f"   (App Home of {arguments['user_id']})\n" + "\n".join(block_words(b) for b in view["blocks"]))
        return {"view": view}

    def _files_getUploadURLExternal(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_scope("files:write")
        file = File(f"F{next(self._numbers):08}", int(arguments["length"]), str(arguments.get("alt_txt") or ""))
        self.files[file.id] = file
        return {"upload_url": f"{self._url}/upload/{file.id}", "file_id": file.id}

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.files[request.match_info["name"]]
        file.data = await request.read()
        if len(file.data) != file.length or not file.data.startswith(b"\x89PNG"):
            self.faults.append("the upload is not the picture that was announced")
            return web.Response(status=400)
        return web.Response(text=f"OK - {file.length}")

    def _files_completeUploadExternal(self, arguments: Json, _: str) -> Json:  # noqa: N802
        self._needs_scope("files:write")
        named = [self.files.get(file["id"]) for file in _list(arguments["files"])]
        if not all(file and file.data and not file.complete for file in named):
            raise SlackSaysNo("file_not_found")
        for file in filter(None, named):
            file.complete = True
        return {"files": [{"id": file.id} for file in named if file]}

    async def _respond(self, request: web.Request) -> web.Response:
        channel, user, left = self._response_urls[request.match_info["name"]]
        body = await request.json()
        self.calls.append(("response_url", body))
        if left == 0:
            return web.Response(status=404, text="used_url")
        self._response_urls[request.match_info["name"]] = (channel, user, left - 1)
        found = message_faults(body)
        if any("slack_file" in block for block in body.get("blocks") or []):
            found.append("a response_url shows no files of the app's")
        if found:
            self.faults += found
            return web.Response(status=400, text="invalid_blocks")
        only_for = "" if body.get("response_type") == "in_channel" else user
        self._say(self.add_message(channel, body, thread=body.get("thread_ts", ""), only_for=only_for))
        await self._notify()
        return web.Response(text="ok")

    # --- within --------------------------------------------------------------------------------------------------

    def _check(self, found: list[str]) -> None:
        if found:
            self.faults += found
            raise SlackSaysNo(found[0].partition(":")[0] if found[0].startswith("msg_") else "invalid_blocks")

    def _check_message(self, arguments: Json) -> None:
        """Refuse what breaks a limit, threads that cannot be, and pictures that are not there, or not yet."""
        if not re.fullmatch(r"(\d+\.\d+)?", str(arguments.get("thread_ts", ""))):
            raise SlackSaysNo("invalid_arguments")
        self._check(message_faults(arguments))
        for block in arguments.get("blocks") or []:
            if "slack_file" in block:
                file = self.files.get(block["slack_file"]["id"])
                if file is None or not file.complete:
                    self._check(["a picture that nobody has uploaded"])
                elif file.looks:
                    file.looks -= 1
                    raise SlackSaysNo("invalid_blocks")

    def _needs_scope(self, scope: str) -> None:
        if scope not in self.scopes.split(","):
            raise SlackSaysNo("missing_scope")

    def _needs_agent(self) -> None:
        if not self.agent:
            raise SlackSaysNo("feature_not_enabled")

    def _channel(self, arguments: Json) -> Channel:
        name = arguments["channel"]
        if name in self.users:
            name = "D" + name.removeprefix("U")
            self.channels.setdefault(name, Channel(name))
        if name not in self.channels:
            raise SlackSaysNo("channel_not_found")
        return self.channels[name]

    def _writable(self, arguments: Json) -> Channel:
        channel = self._channel(arguments)
        if channel.archived:
            raise SlackSaysNo("is_archived")
        if not channel.has_bot:
            raise SlackSaysNo("not_in_channel")
        return channel

    def _message(self, arguments: Json) -> Message:
        message = self.messages.get((arguments["channel"], arguments["ts"]))
        if message is None or message.deleted or message.only_for:
            raise SlackSaysNo("message_not_found")
        return message

    def add_message(self, channel: str, arguments: Json, *, thread: str = "", only_for: str = "") -> Message:
        """Put a message there; what it is."""
        if only_for and thread and not self.has_replies(channel, thread):
            self.faults.append("an ephemeral message in a thread without replies, which Slack shows to nobody")
        message = Message(channel, self.fresh_ts(), thread=thread, only_for=only_for)
        message.text, message.blocks = str(arguments.get("text", "")), list(arguments.get("blocks") or [])
        message.metadata = arguments.get("metadata") or {}
        self.messages[channel, message.ts] = message
        self.order.append(message)
        return message

    def _append(self, message: Message, arguments: Json) -> None:
        piece = arguments.get("markdown_text", "")
        if units(piece) > 12_000:
            raise SlackSaysNo("msg_too_long")
        words, live = read(piece)
        self.faults += [f"live in a stream: {each}" for each in live]
        message.text += words
        message.streamed.append(message.text)
        self.note(f"{message.channel}  (streams) {words}")

    def _say(self, message: Message, verb: str = "says") -> None:
        where = f"{message.channel}{' > thread' if message.thread else ''}"
        who = f" (only {message.only_for} sees it)" if message.only_for else ""
        self.note(f"{where}  Paperwire {verb}{who}: {message.words}")


def block_words(block: Json) -> str:
    """All that is written in a block."""
    parts = [block["text"]["text"]] if isinstance(block.get("text"), dict) else []
    parts += [block["title"]["text"]] if isinstance(block.get("title"), dict) else []
    parts += [f"(picture: {block['alt_text']})"] if block["type"] == "image" else []
    parts += [f"{block['label']['text']}: [{_initial(block['element'])}]"] if block["type"] == "input" else []
    for element in block.get("elements", []):
        words = element.get("text")
        label = words["text"] if isinstance(words, dict) else words
        if label is None:
            label = " / ".join(option["text"]["text"] for option in element.get("options", []))
        parts.append(f"[{label}]" if element["type"] != "mrkdwn" else label)
    return "  ".join(parts)


def _page(messages: list[Json], arguments: Json) -> Json:
    """Some of the messages, and where to go on."""
    begin = int(arguments.get("cursor") or 0)
    end = begin + min(PAGE, int(arguments.get("limit", PAGE)))
    cursor = str(end) if end < len(messages) else ""
    return {"messages": messages[begin:end], "response_metadata": {"next_cursor": cursor}}


def _initial(element: Json) -> str:
    """What stands in a field before somebody fills it in."""
    options = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    chosen = ", ".join(option["text"]["text"] for option in options)
    names = ("initial_value", "initial_time", "initial_conversation")
    return chosen or next((element[name] for name in names if name in element), "")


async def _arguments(request: web.Request) -> Json:
    body: Json = dict(request.query)
    if request.content_type == "application/json":
        body |= await request.json()
    else:
        body |= dict(await request.post())
    return body


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _object(value: Any) -> Json:
    made: Json = json.loads(value) if isinstance(value, str) else dict(value)
    return made


def _list(value: Any) -> list[Json]:
    made: list[Json] = json.loads(value) if isinstance(value, str) else list(value)
    return made


def _unkind_answer(request: web.Request, fault: Fault) -> web.Response:
    if fault.drop and request.transport is not None:
        request.transport.abort()
    if fault.raw is not None:
        kind, text = fault.raw
        return web.Response(text=text, status=fault.status, content_type=kind)
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    return web.json_response({"ok": False, "error": fault.error or "ratelimited"}, status=fault.status, headers=headers)
