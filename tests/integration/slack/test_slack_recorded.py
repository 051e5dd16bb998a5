"""Payloads that Slack once sent, as its SDKs keep them: each gets an answer or a deliberate silence, and no harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.slack.app import SlackApp
from tests.servers.slack import Json, SlackServer
from tests.servers.slack_user import SlackUser

EVENTS = {"event_callback"}
INTERACTIVE = {
    "block_actions",
    "block_suggestion",
    "dialog_cancellation",
    "dialog_submission",
    "dialog_suggestion",
    "interactive_message",
    "message_action",
    "shortcut",
    "view_closed",
    "view_submission",
    "workflow_step_edit",
}


def recorded(folder: Path) -> Iterator[tuple[str, Json]]:
    """The kind and payload of every recorded envelope, and of every payload that would come in one."""
    for name in ("payloads_from_sdk_tests.jsonl", "socket_mode_envelopes_java.jsonl"):
        for line in (folder / "slack" / name).read_text().splitlines():
            body = json.loads(line)["payload"]
            if not isinstance(body, dict):
                continue
            body = body["payload"] if "envelope_id" in body and isinstance(body.get("payload"), dict) else body
            if kind := kind_of(body):
                yield kind, body


def kind_of(body: Json) -> str:
    """The kind of envelope that a payload comes in; "" for none."""
    if body.get("type") in EVENTS and "event" in body:
        return "events_api"
    if "command" in body and "channel_id" in body:
        return "slash_commands"
    return "interactive" if body.get("type") in INTERACTIVE else ""


@pytest.mark.real_data
async def test_every_recorded_payload_is_acknowledged(
    slack: SlackServer, user: SlackUser, app: SlackApp, shared_data: Path
) -> None:
    payloads = list(recorded(shared_data))
    for kind, body in payloads:
        body.pop("response_url", None)
        await slack.send(kind, body)
    await app.inbox.drained()
    assert len(payloads) > 60
    await user.command("today")
    assert await slack.until(lambda: [m for m in slack.visible("C1") if "Trending papers" in m.words])
