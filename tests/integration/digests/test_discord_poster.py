"""Digests on a local Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from discord import Permissions

from adapters.discord.permissions import least
from adapters.discord.poster import DiscordPoster
from bot.digests.model import Target
from bot.digests.ports import MessageRef
from bot.documents.model import Bars, Card, Document, Image, Paragraph, text
from bot.errors import Ambiguous, ContentRejected, RateLimited, TargetGone, Transient, Unauthorized
from tests.servers.discord import FORUM, TEXT_CHANNEL, DiscordServer, Fault, words_of

ROOT = Document("Papers of Friday", (Paragraph(text("Two new papers.")),))
PAPER = Document(blocks=(Card(paper_id="2607.00001", title="A paper", url="https://huggingface.co/papers/2607.00001"),))
LATER = Document("Papers of Friday", (Paragraph(text("It is complete.")),))
KEY, OTHER = "a" * 25, "b" * 25
SINCE = datetime(2026, 7, 10, 12, tzinfo=UTC)  # before anything was posted
POST = r"/channels/\d+/messages$"


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def target(server: DiscordServer) -> Target:
    guild = server.add_guild("Lab")
    return Target(f"discord:{guild['id']}", guild["channels"][0]["id"])


@pytest.fixture
async def poster(server: DiscordServer) -> AsyncIterator[DiscordPoster]:
    poster = DiscordPoster(server.token, server.url)
    yield poster
    await poster.close()


async def _posted(poster: DiscordPoster, target: Target, title: str, key: str) -> MessageRef:
    """A root with its thread."""
    return await poster.open_thread(target, await poster.post_root(target, title, ROOT, key), title)


def _shown(server: DiscordServer, channel: str) -> list[str]:
    return [words_of(message) for message in server.messages.values() if message["channel_id"] == channel]


async def test_a_message_its_thread_and_replies_in_it(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    root = await _posted(poster, target, "Papers of Friday", KEY)
    await poster.post_reply(target, root, PAPER, OTHER)
    assert root.thread == root.message
    assert server.channels[str(root.thread)]["name"] == "Papers of Friday"
    assert "Two new papers" in _shown(server, target.channel)[0]
    assert "A paper" in _shown(server, str(root.thread))[0]


@pytest.mark.parametrize("kind", [TEXT_CHANNEL, FORUM])
async def test_messages_can_be_changed_and_keep_their_keys(
    server: DiscordServer, target: Target, poster: DiscordPoster, kind: int
) -> None:
    guild = target.workspace.partition(":")[2]
    there = Target(target.workspace, server.add_channel("reading", guild, kind=kind)["id"])
    root = await _posted(poster, there, "Papers", KEY)
    reply = await poster.post_reply(there, root, PAPER, OTHER)
    for _ in range(2):
        await poster.edit(there, root, reply, LATER, OTHER)
        await poster.edit(there, None, root, LATER, KEY)
    assert ["It is complete." in words_of(message) for message in server.messages.values()] == [True, True]
    found = await poster.find(there, None, "Papers", KEY, SINCE)
    assert found is not None
    assert await poster.open_thread(there, found, "Papers") == root
    assert await poster.find(there, root, "Papers", OTHER, SINCE) == reply


async def test_thread_that_was_deleted_or_locked_says_nothing_about_its_channel(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    deleted = await _posted(poster, target, "Papers of Friday", KEY)
    locked = await _posted(poster, target, "Papers of Monday", OTHER)
    server.remove_channel(str(deleted.thread))
    server.channels[str(locked.thread)]["thread_metadata"]["locked"] = True
    for root in (deleted, locked):
        with pytest.raises(ContentRejected):
            await poster.post_reply(target, root, PAPER, "c" * 25)


@pytest.mark.parametrize("may_attach", [True, False])
async def test_chart_is_attached_or_told_in_words(
    server: DiscordServer, target: Target, poster: DiscordPoster, may_attach: bool
) -> None:
    chart = Image(
        "Bar chart. Agents 34.", data=b"\x89PNG", title="Topics", bars=Bars(("Papers",), (("Agents", (34,)),))
    )
    if not may_attach:
        missing = {"code": 50013, "message": "Missing Permissions"}
        server.faults.append(Fault("POST", POST, 403, missing, times=1))
    await poster.post_root(target, "Papers", ROOT.with_blocks(chart), KEY)
    [shown] = server.messages.values()
    kinds = {component["type"] for component in shown["components"]}
    assert (12 in kinds) is may_attach  # a media gallery
    assert ("Agents 34" in words_of(shown)) is not may_attach


async def test_message_that_was_taken_away_is_gone(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    with pytest.raises(TargetGone):
        await poster.edit(target, None, MessageRef("1", "1"), LATER, KEY)


async def test_messages_make_no_sound(server: DiscordServer, target: Target, poster: DiscordPoster) -> None:
    root = await _posted(poster, target, "Papers", KEY)
    await poster.post_reply(target, root, PAPER, OTHER)
    assert all(message["flags"] & (1 << 12) for message in server.messages.values())


async def test_repetition_is_dropped_by_discord(server: DiscordServer, target: Target, poster: DiscordPoster) -> None:
    first = await poster.post_root(target, "Papers", ROOT, KEY)
    assert await poster.post_root(target, "Papers", ROOT, KEY) == first
    assert len(server.messages) == 1


async def test_messages_are_found_by_their_keys(server: DiscordServer, target: Target, poster: DiscordPoster) -> None:
    first = await poster.post_root(target, "Papers", ROOT, KEY)
    root = await poster.open_thread(target, first, "Papers")
    reply = await poster.post_reply(target, root, PAPER, OTHER)
    assert await poster.find(target, None, "Papers", KEY, SINCE) == first
    assert await poster.find(target, root, "Papers", OTHER, SINCE) == reply
    assert await poster.find(target, root, "Papers", "c" * 25, SINCE) is None
    assert await poster.find(target, None, "Papers", OTHER, SINCE) is None


async def test_thread_that_could_not_be_opened_is_opened_later_and_once(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    root = await poster.post_root(target, "Papers", ROOT, KEY)
    for has_effect in (False, True):
        server.faults.append(Fault("POST", r"/threads$", 501, after=has_effect))
        with pytest.raises(Transient):
            await poster.open_thread(target, root, "Papers")
    opened = [await poster.open_thread(target, root, "Papers") for _ in range(2)]
    assert opened == [replace(root, thread=root.message)] * 2
    assert root.message in server.channels


async def test_thread_of_a_message_that_somebody_deleted_is_not_opened(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    root = await poster.post_root(target, "Papers", ROOT, KEY)
    server.messages.clear()
    with pytest.raises(ContentRejected):
        await poster.open_thread(target, root, "Papers")


async def test_second_thread_in_a_channel_does_not_wait_for_a_window_that_has_room(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    for number in range(3):
        root = await _posted(poster, target, f"Papers {number}", f"{number:025}")
        assert root.thread in server.channels


async def test_window_without_room_is_waited_out_elsewhere(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    await _posted(poster, target, "Papers", KEY)
    server.fill_threads(target.channel)
    root = await poster.post_root(target, "Papers", ROOT, OTHER)
    with pytest.raises(RateLimited) as refused:
        await poster.open_thread(target, root, "Papers")
    assert refused.value.retry_after is not None
    assert 30 < refused.value.retry_after <= 300


async def test_where_threads_are_forbidden_replies_are_plain(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    server.faults.append(Fault("POST", r"/threads$", 403, {"code": 50013, "message": "Missing Permissions"}, times=9))
    root = await _posted(poster, target, "Papers", KEY)
    reply = await poster.post_reply(target, root, PAPER, OTHER)
    assert root.thread == ""
    assert len(_shown(server, target.channel)) == 2
    assert await poster.find(target, root, "Papers", OTHER, SINCE) == reply


async def test_forum_gets_a_post(server: DiscordServer, target: Target, poster: DiscordPoster) -> None:
    guild = target.workspace.partition(":")[2]
    forum = Target(target.workspace, server.add_channel("reading", guild, kind=FORUM)["id"])
    root = await poster.post_root(forum, "Papers of Friday", ROOT, KEY)
    await poster.post_reply(forum, root, PAPER, OTHER)
    assert server.channels[str(root.thread)]["name"] == "Papers of Friday"
    assert len(_shown(server, str(root.thread))) == 2
    assert await poster.find(forum, None, "Papers of Friday", KEY, SINCE) == root


@pytest.mark.parametrize("kind", [TEXT_CHANNEL, FORUM])
@pytest.mark.parametrize("lacking", ["read_message_history", "view_channel"])
async def test_bot_that_may_not_read_does_not_know(
    server: DiscordServer, target: Target, poster: DiscordPoster, lacking: str, kind: int
) -> None:
    guild = target.workspace.partition(":")[2]
    there = Target(target.workspace, server.add_channel("reading", guild, kind=kind)["id"])
    root = await _posted(poster, there, "Papers", KEY)
    server.take_away(guild, lacking)
    for asked, key in ((None, KEY), (root, OTHER)):
        with pytest.raises(Ambiguous):
            await poster.find(there, asked, "Papers", key, SINCE)


async def test_whoever_gets_no_answer_asks_again(server: DiscordServer, target: Target, poster: DiscordPoster) -> None:
    server.faults.append(Fault("GET", r"/messages", 501))
    with pytest.raises(Transient) as lost:
        await poster.find(target, None, "Papers", KEY, SINCE)
    assert not isinstance(lost.value, Ambiguous)


async def test_channel_of_another_server_is_refused(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    stranger = server.add_guild("Elsewhere")
    with pytest.raises(TargetGone):
        await poster.post_root(Target(f"discord:{stranger['id']}", target.channel), "Papers", ROOT, KEY)
    assert not server.messages


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("POST", POST, 403, {"code": 50001, "message": "Missing Access"}), TargetGone),
        (Fault("GET", r"/channels/\d+$", 404, {"code": 10003, "message": "Unknown Channel"}), TargetGone),
        (Fault("POST", POST, 501, {}), Ambiguous),
        (Fault("POST", POST, 429, {"retry_after": 60.0, "message": "", "global": False}), RateLimited),
    ],
)
async def test_faults_are_named(
    server: DiscordServer, target: Target, poster: DiscordPoster, fault: Fault, error: type[Exception]
) -> None:
    server.faults.append(fault)
    with pytest.raises(error):
        await poster.post_root(target, "Papers", ROOT, KEY)


async def test_refused_token_is_named(server: DiscordServer, target: Target) -> None:
    poster = DiscordPoster("MTAwMDAwMDAwMDAwMDAwMDAx.other.token", server.url)
    server.faults.append(Fault("GET", r"/users/@me$", 401, {"message": "401: Unauthorized"}))
    with pytest.raises(Unauthorized):
        await poster.post_root(target, "Papers", ROOT, KEY)


async def test_channel_that_takes_digests_is_told_from_others(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    await poster.look_at(target)
    with pytest.raises(TargetGone):
        await poster.look_at(Target(target.workspace, "123"))
    guild = server.gateway.guilds[target.workspace.partition(":")[2]]
    guild["roles"][0]["permissions"] = str(Permissions(view_channel=True).value)
    with pytest.raises(TargetGone, match="Send Messages"):
        await poster.look_at(target)
    guild["roles"][0]["permissions"] = str(least().value & ~Permissions(create_public_threads=True).value)
    await poster.look_at(target)  # replies are plain there


async def test_owner_is_told_directly(server: DiscordServer, target: Target, poster: DiscordPoster) -> None:
    await poster.tell(target.workspace, "200000000000000001", ROOT)
    assert "Two new papers" in words_of(next(iter(server.messages.values())))


async def test_channel_is_looked_at_once_and_each_further_request_has_its_turn(
    server: DiscordServer, target: Target
) -> None:
    turns: list[int] = []

    async def turn() -> None:
        turns.append(len(server.requests))

    poster = DiscordPoster(server.token, server.url, turn)
    await _posted(poster, target, "Papers of Friday", KEY)
    await _posted(poster, target, "Papers of Monday", OTHER)
    await poster.close()
    asked = [method for _, method, path, _ in server.requests if path.startswith("/channels")]
    assert asked == ["GET", "POST", "POST", "POST", "POST"]
    assert len(turns) == len(asked) - 2  # whoever posts has taken the first one of each


@pytest.mark.parametrize("status", [500, 502, 504, 524])
async def test_post_in_a_forum_is_not_repeated_after_a_fault_of_discords_own(
    server: DiscordServer, target: Target, poster: DiscordPoster, status: int
) -> None:
    forum = Target(target.workspace, server.add_channel("papers", target.workspace.partition(":")[2], FORUM)["id"])
    server.faults.append(Fault("POST", r"/channels/\d+/threads$", status, after=True))
    with pytest.raises(Ambiguous):
        await poster.post_root(forum, "Papers", ROOT, KEY)
    assert len(server.messages) == 1
    assert await poster.find(forum, None, "Papers", KEY, SINCE) is not None


async def test_claim_that_is_over_when_a_fault_is_answered_leaves_a_doubt(
    server: DiscordServer, target: Target, poster: DiscordPoster
) -> None:
    requests: list[str] = []

    def leave() -> None:
        requests.append(KEY)
        if len(requests) > 1:
            raise Transient("Too late.")

    server.faults.append(Fault("POST", POST, 524, after=True))
    with pytest.raises(Ambiguous):
        await poster.post_root(target, "Papers", ROOT, KEY, leave)
    assert len(server.messages) == 1
