"""Usage, help, and how the engine ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands import COMMANDS
from bot.chat.engine import TAKES_LONG, Asked, Engine
from bot.chat.grammar import find, parse
from bot.chat.request import Final, Origin, Partial, Place, Progress, Reply, Request, close
from bot.documents.model import Document
from bot.documents.plain import plain_document
from bot.errors import BadInput
from bot.llm.model import Usage
from paperwire.bootstrap import Parts, open_app
from paperwire.settings import Settings
from tests.strategies import nasty_texts
from tests.unit.chat.conftest import World


async def test_usage_without_a_model_tells_how_to_have_one_to_whoever_runs_the_bot(world: World) -> None:
    assert "OPENAI_API_KEY" not in await world.read("usage")
    at_the_terminal = Request(place=Place("test:1", "c"), user="u1", text="usage", runs_bot=True)
    *_, last = [reply async for reply in world.app.engine.handle(world.app.engine.parse(at_the_terminal))]
    assert isinstance(last, Final)
    assert "OPENAI_API_KEY" in plain_document(last.document)


async def test_usage_adds_up_tokens_and_cost(world: World) -> None:
    reservation = await world.store.ledger.reserve("test:1", date(2026, 7, 10), 1000, 0)
    assert reservation is not None
    await world.store.ledger.settle(reservation, "some-model", "summaries", Usage(900, 100, 0.0012))
    settings = Settings.model_validate({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "PAPERWIRE_TOKENS_PER_DAY": "5000"})
    parts = Parts(clock=world.clock, fetcher=world.fetcher, store=world.store)
    async with open_app(settings, parts) as app:
        world.app = app
        answer = await world.read("usage")
    assert "1,000 tokens in 1 call, about $0.0012." in answer
    assert "summaries, some-model: 900 read, 100 written" in answer
    assert "5,000 tokens a day" in answer


async def test_help_names_every_command(world: World) -> None:
    answer = await world.read("help")
    assert all(f"{command.brief}: {command.help}" in answer for command in COMMANDS if command.who != "operator")


async def test_help_explains_one_command_with_an_example(world: World) -> None:
    answer = await world.read("help search")
    assert "search diffusion policy" in answer
    assert "words to search for; required" in answer


async def test_help_for_an_unknown_command_names_the_nearest(world: World) -> None:
    assert "Did you mean `search`?" in await world.read("help serach")


async def test_every_example_can_be_read() -> None:
    assert all(parse(command.example, COMMANDS) is not None for command in COMMANDS)


async def test_a_handler_that_is_silent_too_long_is_stopped() -> None:
    stopped = asyncio.Event()

    async def hang(asked: Asked) -> AsyncIterator[Reply]:
        yield Progress("…")
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    engine = Engine([find("today", COMMANDS)], {"today": hang}, patience=0.01)
    request = Request(place=Place("test:1", "c"), user="u", text="today")
    last = [reply async for reply in engine.handle(engine.parse(request))][-1]
    assert isinstance(last, Final)
    assert "took too long" in plain_document(last.document)
    assert stopped.is_set()


async def test_a_handler_is_ended_as_soon_as_nobody_asks_on() -> None:
    ended = asyncio.Event()

    async def talk(asked: Asked) -> AsyncIterator[Reply]:
        try:
            while True:
                yield Progress("…")
        finally:
            ended.set()

    engine = Engine([find("today", COMMANDS)], {"today": talk})
    replies = engine.handle(engine.parse(Request(place=Place("test:1", "c"), user="u", text="today")))
    await anext(replies)
    await close(replies)
    assert ended.is_set()


async def test_free_words_go_to_whoever_answers_questions() -> None:
    async def answer(request: Request) -> AsyncIterator[Reply]:
        yield Progress(request.text)

    engine = Engine(COMMANDS, {}, question=answer)
    request = Request(place=Place("test:1", "c"), user="u", text="why is it so?", origin=Origin.MESSAGE)
    replies = [reply async for reply in engine.handle(engine.parse(request))]
    assert replies[0] == Progress("why is it so?")


@given(line=nasty_texts(13_000))
def test_any_line_is_read_or_refused(line: str) -> None:
    with suppress(BadInput):
        assert parse(line, COMMANDS) is None or line.strip()


@given(words=st.lists(st.sampled_from(["page", "top", "2", "x", "page:"]), max_size=8))
def test_a_search_with_keywords_anywhere_is_read_or_refused(words: list[str]) -> None:
    try:
        invocation = parse("search " + " ".join(words), COMMANDS)
    except BadInput:
        return
    assert invocation is not None
    assert invocation.get("words")


async def test_who_waits_long_is_told_so_and_gets_the_answer() -> None:
    told = asyncio.Event()

    async def slow(asked: Asked) -> AsyncIterator[Reply]:
        yield Progress("Reading …")
        await told.wait()
        yield Partial("It is")
        await asyncio.sleep(0.05)
        yield Final(Document())

    engine = Engine([find("today", COMMANDS)], {"today": slow}, slow=0.01)
    seen: list[Reply] = []
    async for reply in engine.handle(engine.parse(Request(place=Place("test:1", "c"), user="u", text="today"))):
        seen.append(reply)
        if reply == Progress(TAKES_LONG):
            told.set()
    assert seen == [Progress("Reading …"), Progress(TAKES_LONG), Partial("It is"), Final(Document())]


async def test_who_stops_listening_while_it_takes_long_stops_the_work() -> None:
    stopped = asyncio.Event()

    async def endless(asked: Asked) -> AsyncIterator[Reply]:
        try:
            yield Progress("Reading …")
            await asyncio.Event().wait()
        finally:
            stopped.set()
        yield Final(Document())

    engine = Engine([find("today", COMMANDS)], {"today": endless}, slow=0.01)
    replies = engine.handle(engine.parse(Request(place=Place("test:1", "c"), user="u", text="today")))
    assert [await anext(replies), await anext(replies)] == [Progress("Reading …"), Progress(TAKES_LONG)]
    await close(replies)
    assert stopped.is_set()
