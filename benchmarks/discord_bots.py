"""Paperwire and a bare bot as processes, each in front of a local Discord of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.discord.render import components_of, pages
from bot.chat.commands import COMMANDS
from bot.chat.helping import overview
from tests.servers.discord import DiscordServer
from tests.servers.discord_user import Person

ROOT = Path(__file__).parent.parent
START_SECONDS = 120.0


@asynccontextmanager
async def bot(kind: str, guilds: int = 1) -> AsyncIterator[tuple[Person, int]]:
    """A bot of a kind ("paperwire", its "adapter" alone, or "bare") that has answered once.

    Yields a person in front of it, and its process id.
    """
    async with DiscordServer(strict=False).run() as server:
        for number in range(guilds):
            server.add_guild(f"Guild {number}", ("general", "papers", "random"))
        guild = next(iter(server.gateway.guilds.values()))
        person = Person(server, guild["id"], guild["channels"][0]["id"])
        with tempfile.TemporaryDirectory() as folder:
            process = await _start(kind, server, folder)
            try:
                await server.until(lambda: server.gateway.connected or process.returncode is not None, START_SECONDS)
                sessions = server.gateway.sessions
                await server.until(lambda: sum(len(each.sent) for each in sessions.values()) > guilds, START_SECONDS)
                await person.answer(await person.command("help"), START_SECONDS)
                yield person, process.pid
            finally:
                process.kill()
                await process.wait()


async def _start(kind: str, server: DiscordServer, folder: str) -> asyncio.subprocess.Process:
    words = {
        "paperwire": ("-c", "from paperwire.cli import main; main()", "run"),
        "adapter": ("-m", "benchmarks.discord_adapter", server.url, server.token),
        "bare": ("-m", "benchmarks.bare_discord", server.url, server.gateway.url, server.token, _help()),
    }[kind]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PAPERWIRE_DATA": folder,
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.url,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment, cwd=folder, stderr=asyncio.subprocess.DEVNULL
    )


def _help() -> str:
    """The components of Paperwire's help, as JSON."""
    return json.dumps(components_of(pages(overview(COMMANDS))[0]))
