"""One dropped connection between the bot and Discord: nobody's answer is lost, none but a follow-up can stand twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.discord.sending import UNDELIVERED
from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Partial, Progress, Reply, Request
from bot.documents.model import Action, Actions, Document, Input, Paragraph, text
from bot.errors import SourceUnavailable
from tests.servers.discord import CUT, DM, EPHEMERAL, LOADING, LOST, DiscordServer, Fault, Json, words_of
from tests.servers.discord_bot import QUICK, running_bot
from tests.servers.discord_user import Person

WHOLE = "the whole answer"
SORRY = "Hugging Face does not answer."
UNREADABLE = ("null", "[]", '"ok"', "{}", "7", "not JSON")
BROKEN = ("request lost", "answer lost", "answer cut", *UNREADABLE)

CALLBACK, ORIGINAL, FOLLOW_UP = r"/callback$", r"/webhooks/\d+/[\w.-]+/messages/@original$", r"/webhooks/\d+/[\w.-]+$"
MESSAGES, THREADS, MESSAGE = r"/channels/\d+/messages$", r"/messages/\d+/threads$", r"/channels/\d+/messages/\d+$"


async def whole(asked: Asked) -> AsyncIterator[Reply]:
    """An answer that grows, with a button that asks."""
    yield Partial("half an answer")
    await asyncio.sleep(0.15)
    ask = Actions((Action("Ask", "search", input=Input("What?")),))
    yield Final(Document(blocks=(Paragraph(text(WHOLE)), ask)))


async def sorry(asked: Asked) -> AsyncIterator[Reply]:
    """An error that only a handler finds, for one person alone."""
    yield Progress("Reading the list …")
    raise SourceUnavailable(SORRY)


async def question(request: Request) -> AsyncIterator[Reply]:
    """The answer to free words, which grows."""
    yield Partial("half an answer")
    await asyncio.sleep(0.15)
    yield Final(Document(blocks=(Paragraph(text(WHOLE)),)))


ENGINE = Engine(COMMANDS, {"today": whole, "search": whole, "week": sorry}, question=question)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def person(server: DiscordServer) -> Person:
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


def broken(how: str, method: str, path: str) -> Fault:
    """One request whose connection breaks: before it has an effect, after it, or in the middle of its answer.

    Or it succeeds, in an answer that is no such thing.
    """
    if how in UNREADABLE:
        return Fault(method, path, 200, after=True, raw=("application/json", how))
    return Fault(method, path, CUT if how == "answer cut" else LOST, after=how != "request lost")


def standing(server: DiscordServer, words: str) -> list[Json]:
    """The bot's messages, wherever they stand, that say so."""
    return [each for each in server.messages.values() if each["author"] == server.me and words in words_of(each)]


def unfinished(server: DiscordServer) -> list[Json]:
    """The bot's messages that still think, or say half of it."""
    own = [each for each in server.messages.values() if each["author"] == server.me]
    return [each for each in own if each["flags"] & LOADING or "half an answer" in words_of(each)]


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize(
    ("command", "method", "path", "words"),
    [
        ("today", "POST", CALLBACK, WHOLE),
        ("today", "PATCH", ORIGINAL, WHOLE),
        ("week", "DELETE", ORIGINAL, SORRY),
        ("week", "POST", FOLLOW_UP, SORRY),
    ],
)
async def test_a_command_is_answered(
    server: DiscordServer, person: Person, how: str, command: str, method: str, path: str, words: str
) -> None:
    fault = broken(how, method, path)
    async with running_bot(server, ENGINE):
        server.faults.append(fault)
        await person.command(command)
        shown = await server.until(lambda: not unfinished(server) and standing(server, words))
    assert fault.times == 0
    assert len(shown) == 1 or path == FOLLOW_UP
    assert all(each["flags"] & EPHEMERAL for each in shown) is (words == SORRY)


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize(("method", "path"), [("POST", THREADS), ("POST", MESSAGES), ("PATCH", MESSAGE)])
async def test_a_mention_is_answered_once_in_its_thread(
    server: DiscordServer, person: Person, how: str, method: str, path: str
) -> None:
    fault = broken(how, method, path)
    async with running_bot(server, ENGINE):
        server.faults.append(fault)
        asked = await person.write("what is attention?")
        await server.until(lambda: standing(server, WHOLE) and not unfinished(server))
    assert fault.times == 0
    assert [each["channel_id"] for each in standing(server, WHOLE)] == [asked["id"]]


@pytest.mark.parametrize("how", BROKEN)
async def test_a_form_opens_and_a_refusal_is_told(server: DiscordServer, person: Person, how: str) -> None:
    async with running_bot(server, ENGINE):
        shown = await person.answer(await person.command("today"))
        await server.until(lambda: WHOLE in words_of(shown))
        server.faults += [broken(how, "POST", CALLBACK)]
        asked = await person.press(shown, "Ask")
        await server.until(lambda: asked.modal)
        server.faults += [broken(how, "POST", CALLBACK)]
        refused = await person.answer(await person.command("date", day="2026-02-30"))
        assert refused["flags"] & EPHEMERAL
    assert not any(fault.times for fault in server.faults)


@pytest.mark.parametrize("code", [10008, 10015])
async def test_a_follow_up_that_has_no_place_is_told_directly(server: DiscordServer, person: Person, code: int) -> None:
    server.faults.append(Fault("POST", FOLLOW_UP, 404, {"code": code, "message": "Unknown"}, times=9))
    async with running_bot(server, ENGINE):
        await person.command("week")
        [told] = await server.until(lambda: standing(server, SORRY))
    assert server.channels[told["channel_id"]]["type"] == DM
    assert standing(server, UNDELIVERED)


async def test_an_interaction_that_somebody_else_has_acknowledged_is_left_alone(
    server: DiscordServer, person: Person
) -> None:
    async with running_bot(server, ENGINE):
        server.faults.append(Fault("POST", CALLBACK, 400, {"code": 40060, "message": "already acknowledged"}))
        await person.command("today")
        await person.answer(await person.command("search", words="after it"))
        await server.until(lambda: standing(server, WHOLE) and not unfinished(server))
        assert len(standing(server, WHOLE)) == 1


async def test_while_discord_takes_no_message_the_bot_is_seen_typing(server: DiscordServer, person: Person) -> None:
    limited = {"retry_after": 1.0, "global": False, "message": "limited"}
    async with running_bot(server, ENGINE, pace=replace(QUICK, held_up=0.1)):
        server.faults.append(Fault("POST", MESSAGES, 429, limited))
        asked = await person.write("what is attention?")
        await server.until(lambda: any(path == f"/channels/{asked['id']}/typing" for _, _, path, _ in server.requests))
        assert not standing(server, WHOLE)
        await server.until(lambda: standing(server, WHOLE))
    typed = [path for _, _, path, _ in server.requests if path.endswith("/typing")]
    assert len(typed) == 1


async def test_where_threads_are_long_in_coming_the_answer_stands_in_the_channel(
    server: DiscordServer, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.threads.PATIENCE", 0.1)
    limited = {"retry_after": 1.0, "global": False, "message": "limited"}
    async with running_bot(server, ENGINE):
        server.faults.append(Fault("POST", THREADS, 429, limited))
        await person.write("what is attention?")
        [shown] = await server.until(lambda: standing(server, WHOLE))
        assert shown["channel_id"] == person.channel
