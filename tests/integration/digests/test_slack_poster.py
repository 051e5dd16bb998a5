"""Digests on a local Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.slack.clients import Clients, OneToken
from adapters.slack.outbox import Outbox
from adapters.slack.poster import SlackPoster
from bot.digests.model import Target
from bot.digests.ports import MessageRef
from bot.documents.model import Card, Document, Image, Paragraph, text
from bot.errors import Ambiguous, RateLimited, TargetGone, Transient
from tests.servers.slack import ALL_SCOPES, BOT_TOKEN, Fault, SlackServer

ROOT = Document("Papers of Friday", (Paragraph(text("Two new papers.")),))
PAPER = Document(blocks=(Card(paper_id="2607.00001", title="A paper", url="https://huggingface.co/papers/2607.00001"),))
LATER = Document("Papers of Friday", (Paragraph(text("It is complete.")),))
TARGET = Target("slack:T1", "C1")
KEY, OTHER = "a" * 25, "b" * 25
SINCE = datetime(2026, 7, 10, 12, tzinfo=UTC)  # before anything was posted


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server
        assert not server.faults


@pytest.fixture
async def poster(slack: SlackServer) -> AsyncIterator[SlackPoster]:
    clients = Clients(OneToken(BOT_TOKEN), slack.api_url)
    await clients.start()
    yield SlackPoster(Outbox(clients))
    await clients.close()


async def test_a_message_and_replies_in_its_thread(slack: SlackServer, poster: SlackPoster) -> None:
    root = await poster.post_root(TARGET, "Papers of Friday", ROOT, KEY)
    await poster.post_reply(TARGET, root, PAPER, OTHER)
    first, second = slack.visible("C1")
    assert ("Two new papers." in first.words, "A paper" in second.words) == (True, True)
    assert (first.thread, second.thread) == ("", first.ts)
    assert not any("reply_broadcast" in arguments for _, arguments in slack.calls)


async def test_messages_can_be_changed_and_keep_their_keys(slack: SlackServer, poster: SlackPoster) -> None:
    slack.scopes = f"{ALL_SCOPES},channels:history"
    root = await poster.post_root(TARGET, "Papers", ROOT, KEY)
    reply = await poster.post_reply(TARGET, root, PAPER, OTHER)
    for _ in range(2):
        await poster.edit(TARGET, root, reply, LATER, OTHER)
        await poster.edit(TARGET, None, root, LATER, KEY)
    assert ["It is complete." in message.words for message in slack.visible("C1")] == [True, True]
    assert await poster.find(TARGET, None, "Papers", KEY, SINCE) == root
    assert await poster.find(TARGET, root, "Papers", OTHER, SINCE) is not None


async def test_message_that_was_taken_away_is_gone(slack: SlackServer, poster: SlackPoster) -> None:
    with pytest.raises(TargetGone):
        await poster.edit(TARGET, None, MessageRef("1.2", "1.2"), LATER, KEY)


async def test_messages_are_found_where_the_bot_may_read(slack: SlackServer, poster: SlackPoster) -> None:
    slack.scopes = f"{ALL_SCOPES},channels:history"
    root = await poster.post_root(TARGET, "Papers", ROOT, KEY)
    reply = await poster.post_reply(TARGET, root, PAPER, OTHER)
    assert await poster.find(TARGET, None, "Papers", KEY, SINCE) == root
    found = await poster.find(TARGET, root, "Papers", OTHER, SINCE)
    assert found is not None
    assert found.message == reply.message
    assert await poster.find(TARGET, root, "Papers", "c" * 25, SINCE) is None


async def test_message_far_down_a_thread_is_found(slack: SlackServer, poster: SlackPoster) -> None:
    slack.scopes = f"{ALL_SCOPES},channels:history"
    root = await poster.post_root(TARGET, "Papers", ROOT, KEY)
    replies = [await poster.post_reply(TARGET, root, PAPER, f"{number:025}") for number in range(40)]
    found = await poster.find(TARGET, root, "Papers", f"{39:025}", SINCE)
    assert found is not None
    assert found.message == replies[39].message


async def test_nobody_knows_where_the_bot_may_not_read(slack: SlackServer, poster: SlackPoster) -> None:
    with pytest.raises(Ambiguous):
        await poster.find(TARGET, None, "Papers", KEY, SINCE)


async def test_whoever_gets_no_answer_asks_again(slack: SlackServer, poster: SlackPoster) -> None:
    slack.go_wrong("conversations.history", *[Fault(drop=True)] * 9)
    with pytest.raises(Transient) as lost:
        await poster.find(TARGET, None, "Papers", KEY, SINCE)
    assert not isinstance(lost.value, Ambiguous)


@pytest.mark.parametrize("channel", ["C2", "C3", "C404"])
async def test_channel_that_takes_nothing_is_gone(slack: SlackServer, poster: SlackPoster, channel: str) -> None:
    with pytest.raises(TargetGone):
        await poster.post_root(Target("slack:T1", channel), "Papers", ROOT, KEY)


@pytest.mark.parametrize(
    ("fault", "error", "arrived"),
    [
        (Fault(drop=True), Ambiguous, 0),
        (Fault(drop=True, after=True), Ambiguous, 1),
        (Fault(error="ratelimited", status=429, retry_after=0), RateLimited, 0),
    ],
)
async def test_faults_are_named(
    slack: SlackServer, poster: SlackPoster, fault: Fault, error: type[Transient], arrived: int
) -> None:
    slack.go_wrong("chat.postMessage", *[fault] * 30)
    with pytest.raises(error):
        await poster.post_root(TARGET, "Papers", ROOT, KEY)
    assert len(slack.visible("C1")) == arrived


async def test_channel_that_takes_digests_is_told_from_others(slack: SlackServer, poster: SlackPoster) -> None:
    await poster.look_at(TARGET)
    for channel in ("C2", "C3", "C404"):
        with pytest.raises(TargetGone):
            await poster.look_at(Target("slack:T1", channel))
    assert not slack.visible()


async def test_owner_is_told_directly(slack: SlackServer, poster: SlackPoster) -> None:
    slack.channels["U1"] = slack.channels["D1"]
    await poster.tell("slack:T1", "U1", ROOT)
    assert "Two new papers." in slack.visible()[0].words


PNG = b"\x89PNG\r\n\x1a\n and the rest"
CHART = Document("The week", (Paragraph(text("Five topics.")), Image(alt="Agents lead.", data=PNG, title="Topics")))


async def test_a_chart_is_uploaded_and_shown_once_slack_has_looked_at_it(
    slack: SlackServer, poster: SlackPoster
) -> None:
    await poster.post_root(TARGET, "The week", CHART, KEY)
    (message,) = slack.visible("C1")
    (file,) = slack.files.values()
    assert (file.data, file.alt) == (PNG, "Agents lead.")
    assert [block["slack_file"] for block in message.blocks if block["type"] == "image"] == [{"id": file.id}]


async def test_without_the_scope_a_chart_is_told_in_words(slack: SlackServer, poster: SlackPoster) -> None:
    slack.scopes = ALL_SCOPES.replace("files:write,", "")
    await poster.post_root(TARGET, "The week", CHART, KEY)
    (message,) = slack.visible("C1")
    assert "Agents lead." in message.words
    assert "image" not in [block["type"] for block in message.blocks]


async def test_an_upload_that_fails_in_passing_posts_nothing_yet(slack: SlackServer, poster: SlackPoster) -> None:
    slack.go_wrong("files.getUploadURLExternal", *[Fault(error="internal_error")] * 9)
    with pytest.raises(Transient):
        await poster.post_root(TARGET, "The week", CHART, KEY)
    assert not slack.visible("C1")


async def test_a_picture_that_slack_never_likes_is_told_in_words(slack: SlackServer, poster: SlackPoster) -> None:
    slack.go_wrong("chat.postMessage", *[Fault(error="invalid_blocks")] * 4)
    await poster.post_root(TARGET, "The week", CHART, KEY)
    (message,) = slack.visible("C1")
    assert "Agents lead." in message.words
