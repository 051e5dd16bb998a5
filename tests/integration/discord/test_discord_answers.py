"""Answers as people on Discord see them: growing, long, interrupted, asked for twice, and in threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from adapters.discord.delivery import INTERRUPTED, SILENT
from adapters.discord.permissions import least
from adapters.discord.sending import ELSEWHERE
from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Origin, Partial, Place, Progress, Reply, Request
from bot.documents.model import Action, Actions, Card, Document, Input, Paragraph, text
from bot.errors import BadInput
from bot.ports import OpenReply
from bot.testing.store import FakeStore
from tests.servers.discord import DM, EPHEMERAL, LOADING, THREAD, DiscordServer, Fault, Json, words_of
from tests.servers.discord_bot import QUICK, RecordedEvents, RecordedReplies, running_bot
from tests.servers.discord_checks import walk
from tests.servers.discord_user import Person

LONG = "\n\n".join(f"Paragraph {number} " + "with words " * 80 for number in range(12))


@dataclass
class Stage:
    """An engine whose answers a test directs."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[Request] = field(default_factory=list)

    def engine(self) -> Engine:
        handlers = {
            "today": self.streams,
            "week": self.says_nothing,
            "trending": self.long,
            "search": self.echoes,
            "usage": self.private,
            "show": self.card,
            "similar": self.refuses,
            "preview": self.echoes,
        }
        return Engine(COMMANDS, handlers, question=self.question)

    async def streams(self, asked: Asked) -> AsyncIterator[Reply]:
        yield Progress("Reading the paper …")
        for number in range(1, 30):
            yield Partial(" ".join(f"word{each}" for each in range(number)))
            await asyncio.sleep(0.02)
        yield Partial("half an answer")
        await self.go_on.wait()
        yield Final(Document(blocks=(Paragraph(text("the whole answer")),)))

    async def says_nothing(self, asked: Asked) -> AsyncIterator[Reply]:
        await self.go_on.wait()
        yield Final(Document(blocks=(Paragraph(text("at last")),)))

    async def long(self, asked: Asked) -> AsyncIterator[Reply]:
        yield Final(Document("A long answer", (Paragraph(text(LONG)),)))

    async def echoes(self, asked: Asked) -> AsyncIterator[Reply]:
        self.asked.append(asked.request)
        words = asked.invocation.get("words")
        yield Final(Document(blocks=(Paragraph(text(f"found {len(words)}: {words[:100]}")),)))

    async def private(self, asked: Asked) -> AsyncIterator[Reply]:
        yield Final(Document(blocks=(Paragraph(text("12 tokens")),), private=True))

    async def card(self, asked: Asked) -> AsyncIterator[Reply]:
        url = "https://huggingface.co/papers/2606.01234"
        ask = Action("Ask", "search", input=Input("What would you like to know?", max_length=4000))
        again = Action(
            "Again", "search again and again with more words than a plain id can hold, which is a hundred or so"
        )
        yield Final(
            Document(
                blocks=(
                    Card(paper_id="2606.01234", title="A Title", url=url, thumbnail=f"{url}.png"),
                    Actions((ask, again)),
                )
            )
        )

    async def refuses(self, asked: Asked) -> AsyncIterator[Reply]:
        yield Progress("Looking …")
        raise BadInput("There is no such number.")

    async def question(self, request: Request) -> AsyncIterator[Reply]:
        self.asked.append(request)
        yield Final(Document(blocks=(Paragraph(text(f"answer {len(self.asked)}")),)))


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def person(server: DiscordServer) -> Person:
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


@pytest.fixture
def stage() -> Stage:
    return Stage()


def texts(server: DiscordServer, channel: str) -> list[str]:
    """What the bot's messages in a channel say."""
    return [words_of(each) for each in server.shown(channel) if each["author"] == server.me]


# --- growing ---------------------------------------------------------------------------------------------------------


async def test_an_answer_grows_by_few_edits_and_ends_whole(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        asked = await person.command("today")
        await server.until(lambda: asked.original and "half an answer" in words_of(server.messages[asked.original]))
        stage.go_on.set()
        await server.until(lambda: "the whole answer" in words_of(server.messages[asked.original or ""]))
        edits = [moment for moment, method, path, _ in server.requests if method == "PATCH"]
        gaps = [later - earlier for earlier, later in pairwise(edits)]
        assert 2 <= len(edits) < 20
        assert min(gaps) > QUICK.edit * 0.8


async def test_a_silent_model_is_said_so(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("week"))
        assert SILENT in words_of(answer)
        stage.go_on.set()
        await server.until(lambda: "at last" in words_of(answer))


# --- long ------------------------------------------------------------------------------------------------------------


async def test_a_long_answer_goes_on_in_a_thread_paragraph_by_paragraph(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("trending"))
        await server.until(lambda: len(server.shown(answer["id"])) == 2)
        pieces = [words_of(answer), *texts(server, answer["id"])]
        assert server.channels[answer["id"]]["name"] == "A long answer"
        assert all(piece.strip().startswith(("Paragraph", "## A long")) for piece in pieces)
        assert "".join(pieces).count("Paragraph ") == 12


async def test_without_the_right_to_open_threads_it_goes_on_in_the_channel(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    server.faults.append(Fault("POST", r"/threads$", 403, {"code": 50013, "message": "Missing Permissions"}))
    async with running_bot(server, stage.engine()):
        await person.command("trending")
        await server.until(lambda: sum(piece.count("Paragraph ") for piece in texts(server, person.channel)) == 12)


async def test_a_form_that_discord_refuses_is_sent_again_without_pictures(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    server.faults.append(Fault("PATCH", r"/webhooks/", 400, {"code": 50035, "message": "Invalid Form Body"}))
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("show", paper="2606.01234"))
        assert "A Title" in words_of(answer)
        assert not any(part["type"] == 11 for part in walk(answer["components"]))


# --- twice, interrupted, after a restart -----------------------------------------------------------------------------


async def test_a_message_delivered_twice_is_answered_once(server: DiscordServer, person: Person, stage: Stage) -> None:
    events = RecordedEvents()
    async with running_bot(server, stage.engine(), events=events):
        event = await person.write("what is attention")
        await server.gateway.dispatch("MESSAGE_CREATE", event)
        await server.until(lambda: f"discord:m{event['id']}" in events.done)
        await server.gateway.dispatch("MESSAGE_CREATE", event)
        await person.answer(await person.command("search", words="after it"))
        assert sum(request.origin is Origin.MESSAGE for request in stage.asked) == 1
        assert texts(server, event["id"]) == ["\nanswer 1"]


async def test_a_stop_finishes_what_is_under_way(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()) as bot:
        asked = await person.command("today")
        await server.until(lambda: asked.original and "half an answer" in words_of(server.messages[asked.original]))
        bot.cancel()
        await asyncio.sleep(0)
        stage.go_on.set()
        await asyncio.gather(bot, return_exceptions=True)
    assert "the whole answer" in words_of(server.messages[asked.original or ""])
    assert server.gateway.connected == 0


async def test_what_a_stop_cannot_wait_for_is_closed_with_a_sentence(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine(), pace=replace(QUICK, farewell=0.1)):
        asked = await person.command("today")
        await server.until(lambda: asked.original and "half an answer" in words_of(server.messages[asked.original]))
    said = words_of(server.messages[asked.original or ""])
    assert "half an answer" in said
    assert INTERRUPTED in said


async def test_what_a_crash_left_open_is_closed_at_the_next_start(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    store = FakeStore()
    async with running_bot(server, stage.engine(), store=store):
        asked = await person.command("week")
        await server.until(lambda: asked.original)
        [crashed] = await noted_as_open(store)
    await store.open_replies.opened(crashed)
    message = server.messages[asked.original or ""]
    message["flags"], message["components"] = message["flags"] | LOADING, []
    async with running_bot(server, stage.engine(), store=store):
        await server.until(lambda: not server.messages[asked.original or ""]["flags"] & LOADING)
        assert INTERRUPTED in words_of(server.messages[asked.original or ""])
    assert not await store.open_replies.left_open("discord", datetime.now(UTC))


async def test_a_question_that_a_crash_left_without_a_word_is_answered_with_one(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    store = FakeStore()
    async with running_bot(server, stage.engine(), store=store, pace=replace(QUICK, silence=60, farewell=0)):
        asked = await person.write("week")
        [crashed] = await noted_as_open(store)
    assert crashed.message == f"{person.channel}/0/{asked['id']}"
    before = len(texts(server, person.channel))
    await store.open_replies.opened(crashed)
    async with running_bot(server, stage.engine(), store=store):
        await server.until(lambda: len(texts(server, person.channel)) > before)
    assert texts(server, person.channel)[-1].strip() == INTERRUPTED
    assert not await store.open_replies.left_open("discord", datetime.now(UTC))


@pytest.mark.parametrize(
    ("seconds", "order"), [(0.05, ["noted", "acknowledged"]), (1.5, ["acknowledged"])], ids=["slow", "hangs"]
)
async def test_an_answer_that_takes_its_time_is_noted_before_it_is_acknowledged(
    server: DiscordServer, person: Person, stage: Stage, seconds: float, order: list[str]
) -> None:
    happened: list[str] = []

    class Slow(RecordedReplies):
        async def opened(self, reply: OpenReply) -> None:
            await asyncio.sleep(seconds)
            await super().opened(reply)
            happened.append("noted")

    def watch(method: str, path: str, done: bool) -> None:
        if path.endswith("/callback") and not done:
            happened.append("acknowledged")

    server.watch = watch
    store = FakeStore(open_replies=Slow())
    async with running_bot(server, stage.engine(), store=store, pace=replace(QUICK, noting=0.5, farewell=0.1)):
        asked = await person.command("week")
        await server.until(lambda: asked.original)
        assert happened == order


async def test_a_quick_answer_is_noted_before_its_acknowledgement_is_at_discord(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    store, noted = FakeStore(), list[int]()

    def watch(method: str, path: str, done: bool) -> None:
        if path.endswith("/callback") and not done:
            noted.append(len(store.open_replies.owners()))

    server.watch = watch
    async with running_bot(server, stage.engine(), store=store):
        await person.answer(await person.command("search", words="quick"))
    assert noted == [1]
    assert not store.open_replies.owners()


async def test_an_interaction_that_comes_twice_at_once_stays_noted(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    store = FakeStore()
    async with running_bot(server, stage.engine(), store=store, pace=replace(QUICK, farewell=0.1)):
        asked = await person.command("week")
        [event] = [
            sent for each in server.gateway.sessions.values() for sent in each.sent if sent["t"] == "INTERACTION_CREATE"
        ]
        await server.gateway.dispatch("INTERACTION_CREATE", event["d"])
        await person.answer(await person.command("search", words="after it"))
        assert [each.message for each in await noted_as_open(store)] == [f"{person.channel}/@original/{asked.token}"]


async def noted_as_open(store: FakeStore) -> list[OpenReply]:
    """Wait until an answer is noted as open."""
    for _ in range(500):
        if left := await store.open_replies.left_open("discord", datetime.now(UTC)):
            return left
        await asyncio.sleep(0.01)
    raise AssertionError("nothing is open")


async def test_buttons_and_forms_work_after_a_restart(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        shown = await person.answer(await person.command("show", paper="2606.01234"))
    async with running_bot(server, stage.engine()):
        again = await person.answer(await person.press(shown, "Again"))
        assert "again and again with more words than a plain id can hold" in words_of(again)
        filled = await person.fill_in(await person.press(shown, "Ask"), "why " * 1000)
        assert "found 3999" in words_of(await person.answer(filled))


async def test_a_button_of_another_version_is_told_so(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        shown = await person.answer(await person.command("show", paper="2606.01234"))
        for part in walk(shown["components"]):
            if "custom_id" in part:
                part["custom_id"] = part["custom_id"].replace("pw1:", "pw9:")
        answer = await person.answer(await person.press(shown, "Ask"))
        assert "another version" in words_of(answer)
        assert answer["flags"] & EPHEMERAL


# --- mentions, threads, direct messages ------------------------------------------------------------------------------


async def test_a_mention_is_answered_in_a_thread_of_its_own(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        asked = await person.write("what is attention")
        await server.until(lambda: texts(server, asked["id"]))
        assert server.channels[asked["id"]]["type"] == THREAD
        assert stage.asked[0].place == Place(f"discord:{person.guild}", person.channel, asked["id"])
        assert stage.asked[0].text == "what is attention"


async def test_a_reply_to_a_card_is_about_its_paper(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        card = await person.answer(await person.command("show", paper="2606.01234"))
        await person.write("how large is it", reply_to=card)
        await server.until(lambda: stage.asked)
        assert stage.asked[0].replied_papers == ("2606.01234",)
        assert stage.asked[0].place.thread == ""


async def test_questions_of_a_thread_are_answered_in_order(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        first = await person.write("first?")
        await server.until(lambda: texts(server, first["id"]))
        for words in ("second?", "third?"):
            await person.write(words, channel=first["id"])
        await server.until(lambda: len(texts(server, first["id"])) == 3)
        assert [request.text for request in stage.asked] == ["first?", "second?", "third?"]


async def test_other_bots_and_messages_to_others_are_left_alone(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        event = await person.write("talking among people", to_bot=False)
        await server.gateway.dispatch(
            "MESSAGE_CREATE", {**event, "id": "1", "author": {**event["author"], "bot": True}}
        )
        await server.gateway.dispatch("MESSAGE_CREATE", {**event, "id": "2", "author": server.me})
        await person.answer(await person.command("search", words="after it"))
        assert [request.origin for request in stage.asked] == [Origin.COMMAND]


async def test_what_is_private_is_not_written_into_a_channel(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        asked = await person.write("usage")
        await server.until(lambda: texts(server, person.channel))
        assert "12 tokens" not in "".join(texts(server, person.channel))
        assert asked["id"] not in server.channels
        [direct] = [key for key, channel in server.channels.items() if channel["name"] == "direct"]
        assert "12 tokens" in "".join(texts(server, direct))


async def test_a_slip_in_a_mention_opens_no_thread(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        asked = await person.write("serch #3")
        await server.until(lambda: texts(server, person.channel))
        assert "Did you mean" in texts(server, person.channel)[0]
        assert asked["id"] not in server.channels


async def test_a_slip_in_a_mention_is_told_in_a_note_that_goes_away(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine(), pace=replace(QUICK, note=0.2)):
        await person.write("serch #3")
        await server.until(lambda: texts(server, person.channel))
        assert "This note goes away <t:" in texts(server, person.channel)[0]
        await server.until(lambda: not texts(server, person.channel))


async def test_a_note_goes_away_when_the_bot_stops(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        await person.write("serch #3")
        await server.until(lambda: texts(server, person.channel))
    assert not texts(server, person.channel)


async def test_a_number_means_the_same_in_the_thread_of_a_mention(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    store, channel = FakeStore(), Place(f"discord:{person.guild}", person.channel)
    await store.conversations.show_list(channel, ["2606.01234", "2606.01235"], datetime.now(UTC))
    async with running_bot(server, stage.engine(), store=store):
        asked = await person.write("what is the method of #2?")
        await server.until(lambda: texts(server, asked["id"]))
    assert await store.conversations.shown_list(stage.asked[0].place) == ["2606.01234", "2606.01235"]


async def test_where_the_bot_may_not_write_the_person_is_told_why(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    server.gateway.guilds[person.guild]["roles"][0]["permissions"] = str(1 << 10)  # View Channels
    async with running_bot(server, stage.engine()):
        await person.write("what is attention")
        await server.until(lambda: "Send Messages" in server.transcript())
        assert not texts(server, person.channel)
        assert not stage.asked


async def test_an_answer_that_may_not_stand_there_goes_to_the_person(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    events = RecordedEvents()
    refused = Fault("POST", rf"/{person.channel}/messages$", 403, {"code": 50001, "message": "Missing Access"}, times=9)
    async with running_bot(server, stage.engine(), events=events):
        server.faults += [refused, Fault("POST", r"/threads$", 403, {"code": 50013, "message": "Missing Permissions"})]
        asked = await person.write("what is attention")
        await server.until(lambda: f"discord:m{asked['id']}" in events.done)
        assert refused.times == 8
        assert ELSEWHERE in "".join(told_directly(server))
        assert "answer 1" in "".join(told_directly(server))


def told_directly(server: DiscordServer) -> list[str]:
    """What was written to somebody alone."""
    return [said for key, channel in server.channels.items() if channel["type"] == DM for said in texts(server, key)]


# --- gone meanwhile --------------------------------------------------------------------------------------------------


async def half_answered_in_a_thread(server: DiscordServer, person: Person) -> tuple[str, Json]:
    """A thread of the bot's in which an answer grows: its id, and the message."""
    asked = await person.write("today")
    await server.until(lambda: any("half an answer" in said for said in texts(server, asked["id"])))
    return asked["id"], server.shown(asked["id"])[-1]


async def test_a_thread_that_is_archived_meanwhile_is_opened_again(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        thread, message = await half_answered_in_a_thread(server, person)
        server.channels[thread]["thread_metadata"]["archived"] = True
        stage.go_on.set()
        await server.until(lambda: "the whole answer" in words_of(message))
        assert not server.channels[thread]["thread_metadata"]["archived"]


async def test_in_a_thread_that_is_locked_meanwhile_the_answer_goes_to_the_person(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        thread, message = await half_answered_in_a_thread(server, person)
        server.channels[thread]["thread_metadata"] |= {"archived": True, "locked": True}
        stage.go_on.set()
        await server.until(lambda: any("the whole answer" in said for said in told_directly(server)))
        assert "the whole answer" not in words_of(message)


@pytest.mark.parametrize("shown_first", [True, False])
async def test_when_the_thread_is_deleted_meanwhile_the_answer_goes_to_the_person(
    server: DiscordServer, person: Person, stage: Stage, shown_first: bool
) -> None:
    async with running_bot(server, stage.engine(), pace=QUICK if shown_first else replace(QUICK, silence=60)):
        thread, _ = await half_answered_in_a_thread(server, person)
        server.remove_channel(thread)
        if shown_first:
            await server.until(lambda: (404, "PATCH") in {(status, method) for _, method, _, status in server.requests})
        stage.go_on.set()
        await server.until(lambda: any("the whole answer" in said for said in told_directly(server)))
        refused = [status for _, method, _, status in server.requests if method == "PATCH" and status == 404]
        assert len(refused) == 1


async def test_an_answer_that_somebody_deletes_is_given_up_in_silence(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    store, replies = FakeStore(), RecordedReplies()
    store = replace(store, open_replies=replies)
    async with running_bot(server, stage.engine(), store=store):
        asked = await person.command("today")
        await server.until(lambda: asked.original and "half an answer" in words_of(server.messages[asked.original]))
        del server.messages[asked.original or ""]
        stage.go_on.set()
        await server.until(lambda: asked.token in replies.done)
        assert not told_directly(server)
        assert not texts(server, person.channel)


async def test_a_form_that_discord_keeps_refusing_is_said_in_plain_words(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    server.faults.append(Fault("PATCH", r"/webhooks/", 400, {"code": 50035, "message": "Invalid Form Body"}, times=2))
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("show", paper="2606.01234"))
        assert "A Title" in words_of(answer)
        assert not [part for part in walk(answer["components"]) if part["type"] == 2]


async def test_a_press_on_a_message_that_is_gone_is_answered_all_the_same(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        shown = await person.answer(await person.command("show", paper="2606.01234"))
        del server.messages[shown["id"]]
        again = await person.answer(await person.press(shown, "Again"))
        assert "again and again" in words_of(again)


@pytest.mark.parametrize("label", ["Ask", "Again"])
async def test_a_press_that_comes_too_late_costs_nothing(
    server: DiscordServer, person: Person, stage: Stage, label: str
) -> None:
    async with running_bot(server, stage.engine()):
        shown = await person.answer(await person.command("show", paper="2606.01234"))
        late = await person.press(shown, label)
        del server.interactions[late.token]
        answer = await person.answer(await person.command("search", words="after it"))
        assert "found 8" in words_of(answer)
        assert [asked.fields for asked in stage.asked] == [{"words": "after it"}]


# --- private ---------------------------------------------------------------------------------------------------------


async def test_what_cannot_be_is_told_at_once_to_one_person(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("show", paper="nonsense"))
        assert "names no paper" in words_of(answer)
        assert answer["flags"] & EPHEMERAL
        assert "is thinking" not in server.transcript()


@pytest.mark.parametrize(
    ("command", "options"), [("date", {"day": "2026-02-30"}), ("today", {"page": 0}), ("today", {"top": 51})]
)
async def test_days_and_numbers_that_cannot_be_are_told_at_once(
    server: DiscordServer, person: Person, stage: Stage, command: str, options: dict[str, str | int]
) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command(command, **options))
        assert answer["flags"] & EPHEMERAL
        assert "is thinking" not in server.transcript()


async def test_what_only_a_handler_finds_leaves_nothing_for_others_to_see(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("similar", paper="#3"))
        assert "no such number" in words_of(answer)
        assert answer["flags"] & EPHEMERAL
        assert server.shown(person.channel) == [answer]
        assert answer["edits"] == 0


async def test_what_stands_in_an_option_is_not_read_as_another_one(
    server: DiscordServer, person: Person, stage: Stage
) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("search", words="page 3 of top 5 lists"))
        assert "page 3 of top 5 lists" in words_of(answer)
        answer = await person.answer(await person.command("show", paper="no such paper"))
        assert "names no paper" in words_of(answer)


async def test_settings_are_told_to_one_person_alone(server: DiscordServer, person: Person, stage: Stage) -> None:
    async with running_bot(server, stage.engine()):
        answer = await person.answer(await person.command("subscribe"))
        assert answer["flags"] & EPHEMERAL


@pytest.mark.parametrize(
    ("withheld", "lacking"),
    [
        (("embed_links",), ("Embed Links",)),
        (("send_messages_in_threads",), ("Send Messages in Threads",)),
        (("create_public_threads",), ()),  # then replies are plain
        (("create_public_threads", "send_messages_in_threads"), ()),
    ],
)
async def test_what_the_bot_lacks_to_post_is_known_with_the_request(
    server: DiscordServer, person: Person, stage: Stage, withheld: tuple[str, ...], lacking: tuple[str, ...]
) -> None:
    held = least()
    held.update(**dict.fromkeys(withheld, False))
    server.gateway.guilds[person.guild]["roles"][0]["permissions"] = str(held.value)
    async with running_bot(server, stage.engine()):
        await person.answer(await person.command("preview"))
        assert stage.asked[0].lacking == lacking
