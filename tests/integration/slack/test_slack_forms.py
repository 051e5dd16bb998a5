"""Subscriptions by form, in a channel and in the App Home, with the whole engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from adapters.slack.app import SlackApp
from bot.chat.engine import Engine
from bot.digests.model import Kind, Subscription, Target
from bot.digests.schedule import Schedule
from bot.testing.store import FakeStore
from paperwire.bootstrap import demo_parts, open_app
from paperwire.settings import Settings
from tests.integration.slack.test_slack_conversations import home_with, seen
from tests.servers.slack import Channel, Fault, Json, SlackServer, block_words
from tests.servers.slack_user import OverSocket, SlackUser

PAPERS = "C0000001"  # a channel whose id has the length of a real one


@pytest.fixture
async def engine(store: FakeStore, slack: SlackServer) -> AsyncIterator[Engine]:
    """The whole engine on the built-in day."""
    slack.channels[PAPERS] = Channel(PAPERS, creator="U1")
    async with open_app(Settings.model_validate({}), replace(demo_parts(), store=store)) as app:
        yield app.engine


async def subscribed(store: FakeStore, channel: str = PAPERS) -> Subscription | None:
    """What is subscribed there."""
    standing = await store.subscriptions.get(Target("slack:T1", channel), Kind.DAILY)
    return standing.subscription if standing else None


async def form_of(slack: SlackServer) -> Json:
    """The newest window, once its fields are there."""
    view: Json = await slack.until(lambda: [v for v in slack.views if v.get("callback_id") == "pw1:form"][-1:])
    return view[0]  # type: ignore[index,no-any-return]


async def changing(slack: SlackServer, user: SlackUser) -> Json:
    """Somebody subscribes the channel and asks for the form to change it."""
    await user.command("subscribe", channel=PAPERS)
    await user.press(await seen(slack, "is subscribed", channel=PAPERS), "Change")
    return await form_of(slack)


async def test_the_form_shows_what_holds_and_changes_it(slack: SlackServer, user: SlackUser, store: FakeStore) -> None:
    view = await changing(slack, user)
    assert [block["block_id"] for block in view["blocks"]][:3] == ["time", "zone", "days"]
    sent = await user.fill_in(time="07:30", zone="Asia/Tokyo", days="monday,friday", about="robots, vision", top="3")
    assert sent == {}
    assert (await seen(slack, "is changed", channel=PAPERS)).only_for == "U1"
    wish = await subscribed(store)
    assert wish is not None
    assert wish.schedule == Schedule(time(7, 30), "Asia/Tokyo", frozenset({0, 4}))
    assert (wish.topics, wish.top) == (("robots", "vision"), 3)


async def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(
    slack: SlackServer, user: SlackUser, store: FakeStore
) -> None:
    await changing(slack, user)
    before = await subscribed(store)
    await user.fill_in()
    await seen(slack, "is changed", channel=PAPERS)
    assert await subscribed(store) == before


async def test_what_is_wrong_is_said_at_the_field(slack: SlackServer, user: SlackUser, store: FakeStore) -> None:
    await changing(slack, user)
    before = await subscribed(store)
    answer = await user.fill_in(top="99", language="klingon")
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"top", "language"}
    assert await subscribed(store) == before


async def test_who_may_not_change_a_channel_is_told_so_in_the_window(slack: SlackServer, user: SlackUser) -> None:
    await user.command("subscribe", channel=PAPERS)
    message = await seen(slack, "is subscribed", channel=PAPERS)
    await SlackUser(slack, OverSocket(slack), user="U2").press(message, "Change")
    await slack.until(lambda: slack.views and "Only those who manage" in str(slack.views[-1]["blocks"]))


async def test_a_slow_look_at_rights_does_not_cost_the_window(slack: SlackServer, user: SlackUser) -> None:
    await user.command("subscribe", channel=PAPERS)
    message = await seen(slack, "is subscribed", channel=PAPERS)
    slack.go_wrong("conversations.info", Fault(delay=1.0))
    await user.press(message, "Change")
    first = await slack.until(lambda: slack.views and slack.views[-1])
    assert "One moment" in str(first["blocks"])
    assert (await form_of(slack))["submit"]["text"] == "Save"


async def test_a_channel_is_subscribed_from_the_home_which_shows_it_then(
    slack: SlackServer, user: SlackUser, store: FakeStore
) -> None:
    await user.open_home()
    await home_with(slack, "Subscribe a channel")
    await user.press_in_home("Subscribe a channel")
    assert (await form_of(slack))["blocks"][0]["element"]["type"] == "conversations_select"
    await user.fill_in(channel=PAPERS)
    await home_with(slack, PAPERS)
    assert await subscribed(store)
    await user.press_in_home("Stop")
    await home_with(slack, "No digest is subscribed")
    assert await subscribed(store) is None


async def test_a_channel_of_somebody_else_cannot_be_subscribed_from_the_home(
    slack: SlackServer, user: SlackUser, store: FakeStore, app: SlackApp
) -> None:
    await user.open_home()
    await home_with(slack, "Subscribe a channel")
    await user.press_in_home("Subscribe a channel")
    await form_of(slack)
    slack.channels["C0000002"] = Channel("C0000002", creator="U9")
    await user.fill_in(channel="C0000002")
    await app.inbox.drained()
    assert await seen(slack, "Only those who manage", channel="D1")
    assert await subscribed(store, "C0000002") is None


async def test_zones_are_offered_while_somebody_types(user: SlackUser) -> None:
    assert (await user.zones("berl"))[0] == "Europe/Berlin"
    assert "America/New_York" in await user.zones("new york")
    assert len(await user.zones("")) == 100


async def test_a_form_of_another_version_is_refused_in_private(slack: SlackServer, user: SlackUser) -> None:
    view = await changing(slack, user)
    old = {**view, "blocks": [{**view["blocks"][0], "block_id": "hour"}]}
    await user.fill_in(old, hour="07:30")
    assert (await seen(slack, "older version", channel=PAPERS)).only_for == "U1"


async def test_who_may_not_manage_a_channel_is_told_as_soon_as_they_choose_it(
    slack: SlackServer, user: SlackUser, app: SlackApp
) -> None:
    slack.channels["C0000002"] = Channel("C0000002", creator="U9")
    await user.open_home()
    await home_with(slack, "Subscribe a channel")
    await user.press_in_home("Subscribe a channel")
    await form_of(slack)
    for channel, is_warned in (("C0000002", True), (PAPERS, False), ("C0000002", True)):
        await user.choose_channel(channel)
        await app.inbox.drained()
        view = slack.views[-1]
        assert ("creator" in str(view["blocks"])) is is_warned
        assert view["blocks"][0]["block_id"] == "channel"
    assert [block["type"] for block in view["blocks"]].count("input") == 10


@pytest.mark.parametrize("count", [3, 18, 60])
async def test_the_home_shows_every_subscription_or_says_how_many_more_there_are(
    slack: SlackServer, store: FakeStore, engine: Engine, user: SlackUser, count: int
) -> None:
    now = datetime.now(UTC)
    for number in range(count):
        target = Target("slack:T1", f"C1{number:06}")
        await store.subscriptions.put(
            Subscription(target=target, owner="U1", schedule=Schedule(time(9), "Europe/Berlin", frozenset(range(5)))),
            now + timedelta(days=1),
        )
    await user.open_home()
    await home_with(slack, "Subscribe a channel")
    shown = slack.homes["U1"]["blocks"]
    words = "\n".join(map(block_words, shown))
    there = [number for number in range(count) if f"C1{number:06}" in words]
    buttons = [block for block in shown if "[Stop]" in block_words(block)]
    assert len(shown) <= 100
    assert len(buttons) == len(there)
    assert len(there) == count or f"{count - len(there)} more digests" in words
    assert count == 60 or len(there) == count
    assert "Trending papers" in words
