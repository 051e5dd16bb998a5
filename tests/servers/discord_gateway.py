"""The local gateway: hello, identify, heartbeats, resume, and every way in which a connection goes wrong."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11


@dataclass
class Session:
    """What lasts from an identify on, over resumed connections."""

    id: str
    shard: tuple[int, int]
    sent: list[dict[str, Any]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


class Gateway:
    """Serves the websocket.  Switches decide how it misbehaves.

    Attributes:
        deaf: sessions get heartbeats acknowledged, but no event.
        zombie: nothing is acknowledged any more.
        refuse_with: a close code for everybody who identifies.
        spacing: seconds between two who may identify, as one at once may; who comes earlier is refused (opcode 9).
        too_early: how many were.
    """

    def __init__(self, token: str, note: Any, heartbeat_ms: int = 41_250) -> None:
        self._token = token
        self._note = note
        self._heartbeat_ms = heartbeat_ms
        self._numbers = itertools.count(1)
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.identified: list[tuple[int, int]] = []
        self.intents: list[int] = []
        self.resumed = 0
        self.heartbeats = 0
        self.deaf = False
        self.zombie = False
        self.refuse_with: int | None = None
        self.spacing = 0.0
        self.too_early = 0
        self._next_identify = 0.0
        self.guilds: dict[str, dict[str, Any]] = {}
        self.me: dict[str, Any] = {}

    # --- the protocol --------------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self._heartbeat_ms}, "s": None, "t": None})
        session: Session | None = None
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            payload = json.loads(message.data)
            if payload["op"] in (IDENTIFY, RESUME):
                opened = await (self._identify if payload["op"] == IDENTIFY else self._resume)(socket, payload["d"])
                session = opened or session
            elif payload["op"] == HEARTBEAT:
                self.heartbeats += 1
                if not self.zombie:
                    await socket.send_json({"op": ACK, "d": None, "s": None, "t": None})
            elif payload["op"] == MEMBERS and session is not None:
                await self._members(session, payload["d"])
        if session is not None and session.socket is socket:
            session.socket = None
            self._note("gateway", f"connection of shard {session.shard[0]} closed with {socket.close_code}")
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> Session | None:
        if self.refuse_with or data["token"] != self._token:
            await socket.close(code=self.refuse_with or 4004)
            return None
        if time.monotonic() < self._next_identify:
            self.too_early += 1
            await socket.send_json({"op": INVALID, "d": False, "s": None, "t": None})
            return None
        self._next_identify = time.monotonic() + self.spacing
        shard = tuple(data.get("shard") or (0, 1))
        session = Session(f"session{next(self._numbers)}", (shard[0], shard[1]), socket=socket)
        self.sessions[session.id] = session
        self.identified.append(session.shard)
        self.intents.append(data["intents"])
        self._note("gateway", f"shard {shard[0]} of {shard[1]} identified")
        mine = list(self._guilds_of(session))
        ready = {
            "v": 10,
            "user": self.me,
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(shard),
            "application": {"id": self.me["id"], "flags": 0},
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in mine],
        }
        await self.send(session, "READY", ready)
        for guild in mine:
            await self.send(session, "GUILD_CREATE", guild)
        return session

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_json({"op": INVALID, "d": False, "s": None, "t": None})
            return None
        session.socket = socket
        self.resumed += 1
        self.deaf = False
        missed = session.sent[data["seq"] :]
        self._note("gateway", f"shard {session.shard[0]} resumed; {len(missed)} missed events come now")
        for event in missed:
            await socket.send_json(event)
        await self.send(session, "RESUMED", {})
        return session

    async def _members(self, session: Session, data: dict[str, Any]) -> None:
        chunk = {
            "guild_id": data["guild_id"],
            "members": [{"user": self.me, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "flags": 0}],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": data.get("nonce"),
        }
        await self.send(session, "GUILD_MEMBERS_CHUNK", chunk)

    # --- what a test does ----------------------------------------------------------------------------------------

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send an event through the shard that its guild belongs to; it waits for a resume if that one is away."""
        guild = int(data.get("guild_id") or (data.get("id") if event.startswith("GUILD") else 0) or 0)
        for session in self.sessions.values():
            if (guild >> 22) % session.shard[1] == session.shard[0]:
                await self.send(session, event, data)

    async def send(self, session: Session, event: str, data: dict[str, Any]) -> None:
        """Send an event in one session, and keep it for a resume."""
        payload = {"op": DISPATCH, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(payload)
        if session.socket is not None and not session.socket.closed and not self.deaf:
            await session.socket.send_json(payload)

    async def ask_to_reconnect(self) -> None:
        """Opcode 7."""
        await self._to_all({"op": RECONNECT, "d": None, "s": None, "t": None})

    async def invalidate(self) -> None:
        """Opcode 9: the sessions are gone and cannot be resumed."""
        gone, self.sessions = self.sessions, {}
        for session in gone.values():
            if session.socket is not None:
                await session.socket.send_json({"op": INVALID, "d": False, "s": None, "t": None})

    async def drop(self, code: int = 1006) -> None:
        """Close every connection, as a failing network (1006) or a restarting gateway would."""
        for session in tuple(self.sessions.values()):
            socket, session.socket = session.socket, None
            if socket is not None and code == 1006 and socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
            elif socket is not None:
                await socket.close(code=code)
        await asyncio.sleep(0)

    @property
    def connected(self) -> int:
        """How many sessions have a living connection."""
        return sum(session.socket is not None and not session.socket.closed for session in self.sessions.values())

    async def _to_all(self, payload: dict[str, Any]) -> None:
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.send_json(payload)

    def _guilds_of(self, session: Session) -> Iterator[dict[str, Any]]:
        shard, count = session.shard
        return (guild for key, guild in self.guilds.items() if (int(key) >> 22) % count == shard)
