"""The adapter's smaller parts: payloads, errors, manifest, pace, lanes, people, set-up."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import events
from adapters.slack.config import COMMAND, SlackConfig
from adapters.slack.errors import translate
from adapters.slack.forms import filled_in, form_view
from adapters.slack.lanes import Lanes
from adapters.slack.listeners import Listeners
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUT, manifest, setup_text
from adapters.slack.pace import Pace, Silence, paced
from adapters.slack.quiet import quiet_logger
from bot.chat.commands import COMMANDS
from bot.chat.forms import Field, Form
from bot.chat.grammar import Kind
from bot.chat.request import Final, Partial, Reply
from bot.documents.model import Document
from bot.errors import Ambiguous, ContentRejected, RateLimited, SettingsError, TargetGone, Transient, Unauthorized
from tests.servers.slack_checks import view_faults

# --- payloads --------------------------------------------------------------------------------------------------------


def mention(**changes: object) -> dict[str, object]:
    """A mention's payload."""
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": "<@UBOT> why?"} | changes
    return {"team_id": "T1", "event": event, "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]}


def test_a_mention_is_a_question_in_its_own_thread() -> None:
    incoming = events.from_message(mention())
    assert incoming is not None
    assert (incoming.text, incoming.address.thread, incoming.key) == ("why?", "1.1", "slack:T1:C1:1.1")


def test_mentions_of_others_stay_in_the_text() -> None:
    incoming = events.from_message(mention(text="<@UBOT> who is <@U7>?"))
    assert incoming is not None
    assert incoming.text == "who is U7?"


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B1"},
        {"user": ""},
        {"user": "USLACKBOT"},
        {"subtype": "bot_message"},
        {"subtype": "message_deleted"},
        {"channel": "D1"},
        {"type": "message"},
        {"ts": None},
        {"channel": None},
    ],
)
def test_what_is_not_said_to_the_bot_by_a_person_is_left_alone(changes: dict[str, object]) -> None:
    assert events.from_message(mention(**changes)) is None


@pytest.mark.parametrize("body", [{}, {"event": None}, {"event": []}, {"authorizations": [None]}, {"team": "T"}])
def test_odd_payloads_are_nobodys(body: dict[str, object]) -> None:
    assert events.from_message(body) is None
    assert events.from_command(body) is None
    assert events.from_modal(body) is None
    assert events.from_shortcut(body) is None


ON_A_MESSAGE: dict[str, object] = {
    "team": {"id": "T1"},
    "channel": {"id": "C1"},
    "user": {"id": "U1"},
    "trigger_id": "1.2",
}


@pytest.mark.parametrize(
    "parts",
    [
        {"text": "see <https://arxiv.org/abs/2606.01234v2|paper>."},
        {"text": "no", "blocks": [{"elements": [{"text": "line\n2606.01234v2 here"}]}]},
        {"attachments": [{"title": "“Kites”", "from_url": "https://arxiv.org/pdf/2606.01234v2.pdf"}]},
    ],
)
def test_a_shortcut_shows_the_paper_of_its_message(parts: dict[str, object]) -> None:
    incoming = events.from_shortcut(ON_A_MESSAGE | {"message": parts})
    assert incoming is not None
    assert incoming.text == "show 2606.01234v2"


def state(element: dict[str, object]) -> dict[str, object]:
    """A window's state with one field."""
    return {"time": {"pw1:value": element}}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": "words"}, "words"),
        ({"type": "plain_text_input", "value": None}, ""),
        ({"type": "timepicker", "selected_time": "09:00"}, "09:00"),
        ({"type": "static_select", "selected_option": {"value": "live"}}, "live"),
        ({"type": "static_select", "selected_option": None}, ""),
        ({"type": "multi_static_select", "selected_options": [{"value": "a"}, {"value": "b"}]}, "a,b"),
        ({"type": "conversations_select", "selected_conversation": "C1"}, "C1"),
        ({}, ""),
    ],
)
def test_every_kind_of_field_is_read_back(element: dict[str, object], value: str) -> None:
    assert filled_in(state(element)) == {"time": value}


@pytest.mark.parametrize("values", [None, [], {"time": None}, {"time": []}])
def test_an_odd_state_has_no_fields(values: object) -> None:
    assert filled_in(values) == {}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("value", ["", "12"])
def test_a_field_of_any_kind_fits_a_window(kind: Kind, value: str) -> None:
    value = {Kind.TIME: value and "09:00", Kind.NUMBER: value and "12"}.get(kind, value)
    choices = (("12", "Twelve"), ("13", "x" * 200)) if kind is Kind.CHOICE else ()
    fields = tuple(
        Field(name=name, label=f"{name} <{kind}> " * 9, kind=kind, value=value, help="h" * 3_000, choices=choices)
        for name in ("one", "two")
    )
    form = Form(title="A title that is too long for a window", submit="Save", line="subscribe", fields=fields)
    assert not view_faults(form_view(form, "{}"))


# --- errors ----------------------------------------------------------------------------------------------------------


def refusal(word: str, *, status: int = 200, **more: object) -> SlackApiError:
    """Slack's error of that name."""
    data: dict[str, Any] = {"ok": False, "error": word, **more}
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,
        headers={"Retry-After": "7"},
        status_code=status,
    )
    return SlackApiError("no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal("is_archived"), TargetGone),
        (refusal("token_revoked"), Unauthorized),
        (refusal("missing_scope", needed="chat:write"), Unauthorized),
        (refusal("msg_blocks_too_long"), ContentRejected),
        (refusal("internal_error"), Transient),
        (refusal("what", status=503), Transient),
        (refusal("ratelimited", status=429), RateLimited),
        (TimeoutError(), Ambiguous),
        (aiohttp.ServerDisconnectedError(), Ambiguous),
    ],
)
def test_slacks_errors_become_ours(error: Exception, kind: type[Exception]) -> None:
    assert type(translate(error)) is kind


def test_a_missing_scope_is_named() -> None:
    assert "chat:write" in translate(refusal("missing_scope", needed="chat:write")).sentence


def test_slacks_wish_for_patience_is_kept() -> None:
    error = translate(refusal("ratelimited", status=429))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7


# --- manifest --------------------------------------------------------------------------------------------------------


class Register:
    """Stands in for bolt and notes what is listened to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def __getattr__(self, kind: str) -> Any:
        def register(what: object) -> Any:
            self.heard.append((kind, what))
            return lambda listener: listener

        return register


def heard(kind: str) -> set[object]:
    """What our listeners ask bolt for."""
    register = Register()
    Listeners(inbox=None, errands=None).register(register)  # type: ignore[arg-type]
    return {what for own, what in register.heard if own == kind}


def test_manifest_and_listeners_name_the_same_events() -> None:
    made: Any = manifest(COMMANDS)
    declared = set(made["settings"]["event_subscriptions"]["bot_events"])
    assert {event.partition(".")[0] for event in declared} == heard("event")


def test_manifest_and_listeners_name_the_same_command_and_shortcut() -> None:
    made: Any = manifest(COMMANDS)
    assert {command["command"] for command in made["features"]["slash_commands"]} == heard("command") == {COMMAND}
    assert {one["callback_id"] for one in made["features"]["shortcuts"]} == heard("shortcut") == {SHORTCUT}


def test_no_scope_reads_channels_history() -> None:
    assert not [scope for scope in SCOPES if "history" in scope and scope != "im:history"]


def test_pictures_can_be_uploaded_and_nobodys_files_read() -> None:
    """Charts of the week are drawn here; the three calls of an upload need files:write and nothing else of files."""
    made: Any = manifest(COMMANDS)
    asked = made["oauth_config"]["scopes"]["bot"]
    assert [scope for scope in asked if scope.startswith(("files", "remote_files"))] == ["files:write"]


def test_events_have_the_scopes_that_they_need() -> None:
    needed = {"app_mention": "app_mentions:read", "message.im": "im:history"}
    assert {scope for event, scope in needed.items() if event in EVENTS} <= set(SCOPES)


def test_the_manifest_keeps_its_own_limits() -> None:
    made: Any = manifest(COMMANDS, sockets=False)
    assert 174 <= len(made["display_information"]["long_description"]) <= 4_000
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["slash_commands"][0]["usage_hint"]) <= 1_000
    assert made["settings"]["event_subscriptions"]["request_url"].endswith("/slack/events")


def test_over_http_the_choices_of_a_field_are_asked_for_at_our_address() -> None:
    made: Any = manifest(COMMANDS, sockets=False)
    interactivity = made["settings"]["interactivity"]
    assert interactivity["message_menu_options_url"] == interactivity["request_url"]
    assert heard("options")


def test_the_usage_hint_comes_from_the_grammar() -> None:
    made: Any = manifest(COMMANDS)
    assert made["features"]["slash_commands"][0]["usage_hint"].startswith("today|yesterday")


def test_the_setup_text_begins_with_the_manifest() -> None:
    made, _ = json.JSONDecoder().raw_decode(setup_text(COMMANDS))
    assert made == manifest(COMMANDS)


# --- pace ------------------------------------------------------------------------------------------------------------


async def test_of_many_replies_only_the_newest_is_shown_and_the_last_always() -> None:
    async def replies() -> AsyncIterator[Reply]:
        for number in range(50):
            yield Partial(str(number))
        yield Final(Document("end"))

    shown = [reply async for reply in paced(replies(), Pace(gap=60))]
    assert shown == [Partial("0"), Final(Document("end"))]


async def test_a_held_reply_is_shown_when_its_time_comes() -> None:
    gate = asyncio.Event()

    async def replies() -> AsyncIterator[Reply]:
        yield Partial("a")
        yield Partial("b")
        await gate.wait()
        yield Final(Document("end"))

    shown: list[Reply] = []
    async for reply in paced(replies(), Pace(gap=0.01)):
        shown.append(reply)
        if reply == Partial("b"):
            gate.set()
    assert shown == [Partial("a"), Partial("b"), Final(Document("end"))]


async def test_silence_is_said_again_and_again() -> None:
    gate = asyncio.Event()

    async def replies() -> AsyncIterator[Reply]:
        await gate.wait()
        yield Final(Document("end"))

    silences = 0
    async for reply in paced(replies(), Pace(silence=0.01)):
        silences += isinstance(reply, Silence)
        if silences == 2:
            gate.set()
    assert silences >= 2


# --- lanes -----------------------------------------------------------------------------------------------------------


async def test_a_lane_keeps_its_order_and_others_go_on() -> None:
    lanes, gate, done = Lanes(), asyncio.Event(), []

    async def work(name: str, wait: bool = False) -> None:
        if wait:
            await gate.wait()
        done.append(name)

    lanes.put("a", lambda: work("a1", wait=True))
    lanes.put("a", lambda: work("a2"))
    lanes.put("b", lambda: work("b1"))
    await asyncio.sleep(0)
    gate.set()
    await lanes.drained()
    assert done == ["b1", "a1", "a2"]


async def test_a_full_lane_takes_no_more() -> None:
    lanes = Lanes(waiting=2)
    took = [lanes.put("a", asyncio.Event().wait) for _ in range(5)]
    await lanes.close(grace=0)
    assert took == [True, True, False, False, False]


async def test_who_waits_in_a_lane_that_closes_is_told() -> None:
    lanes, told = Lanes(), []

    async def tell() -> None:
        told.append("closed")

    lanes.put("a", asyncio.Event().wait, tell)
    lanes.put("a", asyncio.Event().wait, tell)
    lanes.put("a", asyncio.Event().wait)
    await lanes.close(grace=0)
    assert told == ["closed"]


async def test_a_failing_job_does_not_stop_its_lane() -> None:
    lanes, done = Lanes(), []

    async def fail() -> None:
        raise TargetGone

    async def work() -> None:
        done.append("work")

    lanes.put("a", fail)
    lanes.put("a", work)
    await lanes.drained()
    assert done == ["work"]


# --- set-up ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"app_token": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"bot_token": "xapp-1", "app_token": "xapp-1"}, "xoxb-"),
        ({"bot_token": "xoxb-1", "app_token": "xoxb-1"}, "xapp-"),
        ({"client_id": "1.2", "client_secret": "s", "app_token": "xapp-1"}, "unset SLACK_APP_TOKEN"),
        ({"client_id": "1.2", "client_secret": "s", "bot_token": "xoxb-1", "signing_secret": "s"}, "unset the one"),
        ({"bot_token": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"bot_token": "xoxb-1", "signing_secret": "s"}, "PAPERWIRE_HTTP"),
    ],
)
def test_a_set_up_that_cannot_work_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(named)):
        SlackConfig(**settings).check()


def test_secrets_do_not_show() -> None:
    config = SlackConfig(
        bot_token="xoxb-hidden", app_token="xapp-hidden", client_secret="hidden", signing_secret="hidden"
    )
    assert "hidden" not in repr(config)


def test_consent_is_asked_for_on_the_same_host() -> None:
    assert SlackConfig().authorize_url == "https://slack.com/oauth/v2/authorize"
    assert SlackConfig(api_url="http://127.0.0.1:9/api/").authorize_url == "http://127.0.0.1:9/oauth/v2/authorize"


# --- log -------------------------------------------------------------------------------------------------------------


def test_the_same_trouble_is_told_once_and_without_traceback(caplog: pytest.LogCaptureFixture) -> None:
    logger = quiet_logger("tests.slack.quiet")
    for number in range(100):
        try:
            raise OSError("down")
        except OSError:
            logger.exception("Failed to connect (attempt %d)", number)
    (record,) = caplog.records
    assert record.exc_info is None
