"""What goes wrong around the adapter, and what people see of it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.app import SlackApp
from adapters.slack.config import SlackConfig
from bot.chat.engine import Engine
from bot.chat.request import Place
from bot.ports import OpenReply
from bot.testing.store import FakeStore
from tests.integration.slack.conftest import Running, slack_app
from tests.integration.slack.small_engine import Calls
from tests.integration.slack.test_slack_conversations import seen
from tests.servers.limits import SlackLimits
from tests.servers.slack import APP_TOKEN, BOT, BOT_TOKEN, Fault, Message, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser


async def test_a_message_delivered_twice_is_one_call_and_one_answer(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    await user.mention("why?", times=4)
    await seen(slack, "You asked: why?")
    await user.mention("and now?")
    await seen(slack, "You asked: and now?")
    assert [request.text for request in calls.questions] == ["why?", "and now?"]


@pytest.mark.parametrize(
    "method",
    ["users.info", "conversations.info", "chat.postMessage", "chat.update", "chat.startStream", "chat.appendStream"],
)
@pytest.mark.parametrize("told", ["{}", '{"user": [], "channel": "C1", "ts": 7}'])
async def test_an_answer_without_what_it_must_tell_costs_no_answer(
    slack: SlackServer, user: SlackUser, app: SlackApp, method: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    raw = json.dumps({"ok": True} | json.loads(told))
    slack.go_wrong(method, Fault(raw=("application/json", raw), after=True))
    await user.mention("why?")
    await user.command("today")
    await seen(slack, "You asked: why?")
    await seen(slack, "Trending papers")
    await app.inbox.drained()
    assert len([message for message in slack.visible("C1") if "Trending papers" in message.words]) == 1
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_command_redelivered_after_a_reconnect_is_answered_once(slack: SlackServer, user: SlackUser) -> None:
    payload = user.command_payload("today")
    await slack.send("slash_commands", payload)
    await seen(slack, "Trending papers")
    await slack.send("slash_commands", payload)
    await user.command("search after")
    await seen(slack, "You searched for: after")
    assert len([m for m in slack.visible("C1") if "Trending papers" in m.words]) == 1


async def test_after_a_disconnect_the_bot_comes_back(slack: SlackServer, user: SlackUser) -> None:
    await slack.disconnect()
    await slack.until(lambda: slack.connections == 2)
    await user.command("today")
    assert await seen(slack, "Trending papers")


async def test_a_silent_engine_is_said_to_be_silent(slack: SlackServer, user: SlackUser, calls: Calls) -> None:
    calls.gate.clear()
    await user.command("yesterday")
    assert (await seen(slack, "Still waiting for an answer")).only_for == "U1"
    calls.gate.set()
    await seen(slack, "Yesterday")
    (answer,) = slack.visible("C1", "U2")
    assert "Yesterday" in answer.words


async def test_one_who_waits_does_not_stop_the_others(slack: SlackServer, user: SlackUser, calls: Calls) -> None:
    calls.gate.clear()
    await user.command("yesterday")
    await SlackUser(slack, OverSocket(slack), user="U2").command("search other")
    assert await seen(slack, "You searched for: other")
    calls.gate.set()


async def test_help_does_not_wait_for_a_question(slack: SlackServer, user: SlackUser, calls: Calls) -> None:
    calls.gate.clear()
    await user.command("yesterday")
    await user.command("help")
    assert (await seen(slack, "What can be asked")).only_for == "U1"
    calls.gate.set()


async def test_a_conversation_is_worked_on_in_order(slack: SlackServer, user: SlackUser) -> None:
    for number in range(8):
        await user.mention(f"search n{number}", thread="1783684800.7")
    await seen(slack, "n7")
    assert [m.words.rpartition("n")[2] for m in slack.visible("C1")] == [str(number) for number in range(8)]


async def test_a_rate_limit_is_waited_out(slack: SlackServer, user: SlackUser) -> None:
    slack.go_wrong("chat.postMessage", Fault(status=429, retry_after=0))
    await user.command("search patience")
    assert await seen(slack, "patience")


async def test_a_lost_answer_does_not_double_a_message(slack: SlackServer, user: SlackUser) -> None:
    slack.go_wrong("chat.postMessage", Fault(after=True, drop=True))
    await user.command("search once")
    await user.command("search afterwards")
    await seen(slack, "afterwards")
    assert len([message for message in slack.visible("C1") if "once" in message.words]) == 1


@pytest.mark.parametrize("word", ["invalid_blocks", "msg_blocks_too_long"])
async def test_a_refused_form_is_sent_again_in_a_plainer_one(slack: SlackServer, user: SlackUser, word: str) -> None:
    slack.go_wrong("chat.postMessage", Fault(error=word))
    await user.command("today")
    answer = await seen(slack, "A Paper")
    assert all("accessory" not in block for block in answer.blocks)


async def test_a_form_refused_throughout_becomes_plain_words(slack: SlackServer, user: SlackUser) -> None:
    slack.go_wrong("chat.postMessage", Fault(error="invalid_blocks"), Fault(error="invalid_blocks"))
    await user.command("search plain")
    answer = await seen(slack, "You searched for: plain")
    assert answer.blocks == []


async def test_slack_closing_a_stream_does_not_lose_the_answer(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    slack.go_wrong("chat.appendStream", Fault(error="message_not_in_streaming_state"))
    slack.go_wrong("chat.stopStream", Fault(error="message_not_in_streaming_state"))
    calls.gate.clear()
    await user.mention("why?")
    (stream,) = await slack.until(lambda: [message for message in slack.order if message.streaming])
    stream.streaming = False
    calls.gate.set()
    assert await seen(slack, "You asked: why?")


async def test_an_archived_channel_is_told_in_private(slack: SlackServer, user: SlackUser) -> None:
    await user.mention("today", channel="C3")
    assert "archived" in (await seen(slack, "archived", channel="D1")).words


async def test_other_bots_and_the_bot_itself_are_not_answered(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    said = {"type": "app_mention", "channel": "C1", "text": f"<@{BOT}> why?", "ts": "1.1", "user": "U1"}
    for own in ({"bot_id": "B1", "user": BOT}, {"bot_id": "B7"}, {"subtype": "message_changed"}):
        await slack.send("events_api", user.event_payload(said | own))
    await user.mention("and now?")
    await seen(slack, "You asked: and now?")
    assert [request.text for request in calls.questions] == ["and now?"]


async def test_a_button_of_another_version_is_refused_in_private(slack: SlackServer, user: SlackUser) -> None:
    old = {"type": "button", "action_id": "pw0:show", "value": "2606.01234"}
    await slack.send("interactive", user.press_payload(Message("C1", "1.1"), old))
    assert (await seen(slack, "another version")).only_for == "U1"


async def test_a_button_whose_value_is_garbled_is_refused_in_private(slack: SlackServer, user: SlackUser) -> None:
    for value in ("", "{", '{"comm', '{"command": "x", "input": [1]}'):
        await slack.send(
            "interactive", user.press_payload(Message("C1", "1.1"), {"action_id": "pw1:0", "value": value})
        )
    await slack.until(lambda: len([m for m in slack.visible("C1") if "another version" in m.words]) == 4)


async def test_a_window_of_another_version_says_so_at_once(slack: SlackServer, user: SlackUser) -> None:
    answer = await user.submit("words", {"id": "V1", "type": "modal", "callback_id": "pw0:ask", "private_metadata": ""})
    assert "another version" in str(answer["view"])
    answer = await user.submit(
        "words", {"id": "V1", "type": "modal", "callback_id": "pw1:ask", "private_metadata": "{"}
    )
    assert "another version" in str(answer["view"])


async def test_a_window_that_comes_too_late_is_told(slack: SlackServer, user: SlackUser) -> None:
    await user.command("today")
    papers = await seen(slack, "Trending papers")
    slack.go_wrong("views.open", Fault(error="expired_trigger_id"))
    await user.press(papers, "Search for …")
    assert (await seen(slack, "press the button again")).only_for == "U1"


async def test_unknown_payloads_are_acknowledged(slack: SlackServer, user: SlackUser) -> None:
    assert await slack.send("events_api", user.event_payload({"type": "future_event"})) == {}
    assert await slack.send("interactive", {"type": "future_kind", "team": {"id": "T1"}, "user": {"id": "U1"}}) == {}


async def test_forty_thousand_characters_get_a_private_sentence(slack: SlackServer, user: SlackUser) -> None:
    await user.command("search " + "x" * 40_000)
    assert (await seen(slack, "please keep it under")).only_for == "U1"


async def test_too_much_at_once_is_refused_in_the_acknowledgement(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    calls.gate.clear()
    answers = [await user.command("yesterday") for _ in range(25)]
    assert any("still working" in str(answer.get("text")) for answer in answers)
    calls.gate.set()


async def test_an_uninstall_deletes_what_the_workspace_owns(
    slack: SlackServer, user: SlackUser, store: FakeStore, app: SlackApp
) -> None:
    place = Place("slack:T1", "C1")
    await store.conversations.show_list(place, ["2606.01234"], datetime.now(UTC))
    await user.uninstall()
    await app.inbox.drained()
    assert not await store.conversations.shown_list(place)


async def test_what_a_crash_left_standing_is_closed_at_the_start(
    slack: SlackServer, store: FakeStore, running: Running
) -> None:
    slack.messages["C1", "1.5"] = Message("C1", "1.5", text="half an ans", streaming=True)
    before = datetime.now(UTC) - timedelta(minutes=5)
    await store.open_replies.opened(OpenReply(place=Place("slack:T1", "C1"), message="1.5", opened_at=before))
    async with running():
        assert "interrupted" in slack.messages["C1", "1.5"].words
        assert not slack.messages["C1", "1.5"].streaming
    assert not await store.open_replies.left_open("slack", datetime.now(UTC))


async def test_a_stop_ends_a_running_answer_with_a_sentence(
    slack: SlackServer, store: FakeStore, running: Running, calls: Calls
) -> None:
    calls.gate.clear()
    async with running() as app:
        await SlackUser(slack, OverSocket(slack)).mention("why?")
        await slack.until(lambda: [message for message in slack.order if message.streaming])
        await app.stop(grace=0.1)
    assert "interrupted" in slack.visible("C1")[-1].words
    assert not await store.open_replies.left_open("slack", datetime.now(UTC))


async def test_a_stop_says_so_to_one_whose_turn_has_not_come(
    slack: SlackServer, running: Running, calls: Calls
) -> None:
    calls.gate.clear()
    async with running() as app:
        user = SlackUser(slack, OverSocket(slack))
        first = await user.mention("why?")
        await slack.until(lambda: [message for message in slack.order if message.streaming])
        await user.mention("and then?", thread=first, times=2)
        await app.stop(grace=0.1)
    assert [request.text for request in calls.questions] == ["why?"]
    assert [message.thread for message in slack.visible("C1") if "interrupted" in message.words] == [first, first]


async def test_a_stop_lets_a_running_answer_finish(slack: SlackServer, running: Running, calls: Calls) -> None:
    calls.gate.clear()
    async with running() as app:
        await SlackUser(slack, OverSocket(slack)).mention("why?")
        await slack.until(lambda: [message for message in slack.order if message.streaming])
        stopping = asyncio.create_task(app.stop(grace=5))
        calls.gate.set()
        await stopping
    assert "You asked: why?" in slack.visible("C1")[-1].words


async def test_answers_of_one_channel_wait_in_one_line(engine: Engine, store: FakeStore) -> None:
    async with SlackServer(limits=SlackLimits()) as slack:
        config = SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
        app = slack_app(config, engine, store)
        await app.start()
        user = SlackUser(slack, OverSocket(slack))
        await asyncio.gather(*(user.mention(f"search n{number}") for number in range(6)))
        await app.inbox.drained()
        await app.stop(grace=1)
    assert len(slack.visible("C1")) == 6
    assert slack.refused <= 1
    assert not slack.faults


async def test_a_channel_that_waits_holds_up_no_other(slack: SlackServer, user: SlackUser) -> None:
    slack.go_wrong("chat.postMessage", Fault(status=429, retry_after=600))
    await user.command("search held")
    await slack.until(lambda: any(method == "chat.postMessage" for method, _ in slack.calls))
    await user.direct("search elsewhere")
    assert await seen(slack, "You searched for: elsewhere", channel="D1")
