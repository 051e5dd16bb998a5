"""`paperwire run` as a process, against the local Discord and the recorded papers: what people see of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.discord.delivery import INTERRUPTED
from tests.servers.discord import EPHEMERAL, DiscordServer, words_of
from tests.servers.discord_user import Person
from tests.servers.openai import hangs, openai_server, says

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


class Bot:
    """The program with the settings of a test."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PAPERWIRE_DATA": str(folder / "data"),
            **environment,
        }
        self._folder = folder

    @asynccontextmanager
    async def running(self, server: DiscordServer, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """`paperwire run`, connected; it is killed at the end if it still runs."""
        process = await self._start("run", **settings)
        try:
            await server.until(lambda: server.gateway.connected or process.returncode is not None, PATIENCE)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            output, errors = await process.communicate()
            assert b"Traceback" not in errors, errors.decode()
            assert b"Task was destroyed" not in errors
            assert server.token.encode() not in output + errors

    async def call(self, *words: str) -> tuple[int, str]:
        """A one-shot command: exit code and output."""
        process = await self._start(*words)
        output, errors = await process.communicate()
        return process.returncode or 0, (output + errors).decode()

    async def _start(self, *words: str, **settings: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from paperwire.cli import main; main()", *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            cwd=self._folder, env=self._environment | settings,
        )  # fmt: skip


@pytest.fixture
async def papers(shared_data: Path) -> AsyncIterator[str]:
    """The recorded papers at an address of the loopback."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(shared_data.parent / "replay" / "serve.py"), "--port", "0",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    line = ""
    while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)):
        line = (await process.stdout.readline()).decode()
        assert line, "the recorded papers are not served"
    try:
        yield found[0]
    finally:
        process.kill()
        await process.communicate()


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        print(server.transcript())  # noqa: T201 (shown with a failure, or with -s)
        assert not server.violations


@pytest.fixture
def person(server: DiscordServer) -> Person:
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


@pytest.fixture
def bot(tmp_path: Path, server: DiscordServer, papers: str) -> Bot:
    settings = {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.url}
    return Bot(tmp_path, settings | {"HF_ENDPOINT": papers, "PAPERWIRE_ARXIV_URL": papers})


def stop(process: asyncio.subprocess.Process) -> None:
    """Ask it to end, as a container's host does."""
    process.send_signal(signal.SIGTERM)


def papers_in_words(message: Mapping[str, Any]) -> list[str]:
    """The ids of the papers that a message links."""
    return re.findall(r"huggingface\.co/papers/([\d.]+)", words_of(dict(message)))


def bots_words(server: DiscordServer, channel: str) -> list[dict[str, Any]]:
    """The bot's messages in a channel."""
    return [message for message in server.shown(channel) if message["author"] == server.me]


def final(message: Mapping[str, Any]) -> bool:
    """Whether an answer is more than progress."""
    words = words_of(dict(message))
    return bool(words.strip()) and not words.rstrip().endswith("…")


@pytest.mark.real_data
async def test_a_day_with_the_bot(bot: Bot, server: DiscordServer, person: Person) -> None:
    code, said = await bot.call("discord", "sync")
    assert (code, server.syncs) == (0, 1), said
    assert await bot.call("discord", "sync") == (0, "Discord knows these commands already.\n")
    assert server.syncs == 1

    async with bot.running(server) as process:
        shown = await person.answer(await person.command("week"), PATIENCE)
        await server.until(lambda: final(shown), PATIENCE)
        assert "upvotes" in words_of(shown)
        suggestions = await person.typing("show", "paper", "diffusion")
        assert 0 < len(suggestions) <= 25
        third, *_ = await person.typing("show", "paper", "#3")  # a long list has #30 too
        assert third["name"].startswith("#3 ")
        paper = await person.answer(await person.command("show", paper=suggestions[0]["value"]), PATIENCE)
        await server.until(lambda: final(paper), PATIENCE)

        await server.gateway.drop()
        usage = await person.answer(await person.command("usage"), PATIENCE)
        assert usage["flags"] & EPHEMERAL
        assert server.gateway.resumed == 1

        stop(process)
        assert await process.wait() == 0

    async with bot.running(server) as process:
        details = await person.answer(await person.press(shown, "Details"), PATIENCE)
        await server.until(lambda: final(details), PATIENCE)
        assert "Abstract" in words_of(details) or len(words_of(details)) > 500
        stop(process)
        assert await process.wait() == 0


@pytest.mark.real_data
async def test_a_subscription_by_form_and_its_channel_deleted(bot: Bot, server: DiscordServer, person: Person) -> None:
    async with bot.running(server) as process:
        subscribed = await person.answer(await person.command("subscribe", zone="Europe/Berlin", top=5), PATIENCE)
        form = await person.press(subscribed, "Change")
        changed = await person.answer(await person.send_form(form, {"time": "08:15", "days": ["monday"]}), PATIENCE)
        assert "Monday at 08:15, Europe/Berlin" in words_of(changed)
        assert changed["flags"] & EPHEMERAL

        await server.gateway.dispatch("CHANNEL_DELETE", server.channels[person.channel])
        await server.until(lambda: "#papers was deleted" in server.transcript().replace("\\", ""), PATIENCE)
        stop(process)
        assert await process.wait() == 0


@pytest.mark.real_data
async def test_questions_threads_and_a_stop_in_the_middle(bot: Bot, server: DiscordServer, person: Person) -> None:
    async def slowly(request: web.Request, asked: Mapping[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(1.5)
        return await says(json.dumps({"answer": "It is about speech [1].", "found": True}))(request, asked)

    async with (
        openai_server(slowly) as model,
        bot.running(server, OPENAI_API_KEY="k", OPENAI_BASE_URL=model.url) as process,
    ):
        shown = await person.answer(await person.command("trending"), PATIENCE)
        await server.until(lambda: "[Ask]" in server.transcript(), PATIENCE)
        asked = await person.press(shown, "Ask")
        answer = await person.answer(await person.fill_in(asked, "What is it about?"), PATIENCE)
        await server.until(lambda: final(answer), PATIENCE)

        paper, calls = papers_in_words(shown)[0], len(model.asked)
        question = await person.write(f"what is {paper} about?")
        await server.until(lambda: len(model.asked) > calls, PATIENCE)
        await server.until(lambda: any(map(final, bots_words(server, question["id"]))), PATIENCE)
        calls = len(model.asked)
        await person.write("and which data does it use?", channel=question["id"])
        await server.until(lambda: len(model.asked) > calls, PATIENCE)
        stop(process)
        assert await process.wait() == 0
    said = [words_of(each) for each in bots_words(server, question["id"])]
    assert paper in said[-1]
    assert "which data" in said[-1]
    assert not said[-1].rstrip().endswith("…")


@pytest.mark.real_data
@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1])
async def test_a_kill_right_after_the_acknowledgement_leaves_no_thinking(
    bot: Bot, server: DiscordServer, person: Person, seconds: float
) -> None:
    async with openai_server(hangs()) as model:
        settings = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": model.url}
        async with bot.running(server, **settings) as process:

            def kill_when_acknowledged(method: str, path: str, done: bool) -> None:
                if path.endswith("/callback") and not done:
                    asyncio.get_running_loop().call_later(seconds, process.kill)

            server.watch = kill_when_acknowledged
            asked = await person.command("today")
            await process.wait()
        async with bot.running(server, **settings) as process:
            answer = server.messages[asked.original or ""]
            await server.until(lambda: INTERRUPTED in words_of(answer), PATIENCE)
            stop(process)
            assert await process.wait() == 0


@pytest.mark.real_data
async def test_a_kill_in_the_middle_is_closed_with_a_sentence(bot: Bot, server: DiscordServer, person: Person) -> None:
    async with openai_server(hangs()) as model:
        settings = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": model.url}
        async with bot.running(server, **settings) as process:
            asked = await person.command("today")
            await server.until(lambda: model.asked or process.returncode is not None, PATIENCE)
            process.kill()
            await process.wait()
        async with bot.running(server, **settings) as process:
            answer = server.messages[asked.original or ""]
            await server.until(lambda: INTERRUPTED in words_of(answer), PATIENCE)
            stop(process)
            assert await process.wait() == 0
