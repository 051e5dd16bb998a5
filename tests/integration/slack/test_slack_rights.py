"""Who may change which channel's digests, with the whole engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.chat.engine import Engine
from bot.testing.store import FakeStore
from paperwire.bootstrap import demo_parts, open_app
from paperwire.settings import Settings
from tests.integration.slack.conftest import Running
from tests.integration.slack.test_slack_conversations import seen
from tests.servers.slack import Channel, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

OWN, OTHER = "C0000001", "C0000002"


@pytest.fixture
async def engine(store: FakeStore, slack: SlackServer) -> AsyncIterator[Engine]:
    """The whole engine on the built-in day; U1 created one channel, an admin the other."""
    slack.channels |= {OWN: Channel(OWN, creator="U1"), OTHER: Channel(OTHER, creator="U9")}
    async with open_app(Settings.model_validate({}), replace(demo_parts(), store=store)) as app:
        yield app.engine


@pytest.fixture
def admin(slack: SlackServer, user: SlackUser) -> SlackUser:
    """An admin of the workspace."""
    return SlackUser(slack, OverSocket(slack), user="U9")


async def subscribed(store: FakeStore) -> list[str]:
    """The channels that get digests."""
    return [standing.subscription.target.channel for standing in await store.subscriptions.of_workspace("slack:T1")]


async def test_ones_own_channel_can_be_named_in_private(slack: SlackServer, user: SlackUser, store: FakeStore) -> None:
    await user.direct(f"subscribe <#{OWN}|papers>")
    await seen(slack, "is subscribed", channel="D1")
    assert await subscribed(store) == [OWN]


@pytest.mark.parametrize("mentioned", [False, True])
async def test_what_is_set_for_a_channel_is_told_to_its_manager_alone(
    slack: SlackServer, user: SlackUser, mentioned: bool
) -> None:
    await (user.mention if mentioned else user.command)("subscribe", channel=OWN)
    assert (await seen(slack, "is subscribed", channel=OWN)).only_for == "U1"
    assert not slack.visible(OWN, "U2")


async def test_who_created_one_channel_may_not_subscribe_another_from_there(
    slack: SlackServer, user: SlackUser, store: FakeStore
) -> None:
    await user.command(f"subscribe <#{OTHER}>", channel=OWN)
    assert (await seen(slack, "Only those who manage", channel=OWN)).only_for == "U1"
    await user.direct(f"subscribe <#{OTHER}>")
    await seen(slack, "Only those who manage", channel="D1")
    assert await subscribed(store) == []


async def test_somebody_whom_an_admin_names_may_until_they_are_removed(
    slack: SlackServer, user: SlackUser, admin: SlackUser, store: FakeStore
) -> None:
    await admin.command("managers add <@U1|somebody>")
    assert (await seen(slack, "may change channels' digests now", user="U9")).only_for == "U9"
    await user.command("subscribe", channel=OTHER)
    await seen(slack, "is subscribed", channel=OTHER)
    await admin.command("managers remove <@U1|somebody>")
    await seen(slack, "may no longer", user="U9")
    await user.command("unsubscribe", channel=OTHER)
    await seen(slack, "Only those who manage", channel=OTHER)
    assert await subscribed(store) == [OTHER]


async def test_only_admins_name_managers(slack: SlackServer, user: SlackUser, store: FakeStore) -> None:
    await user.command("managers add <@U1|somebody>")
    assert (await seen(slack, "Only admins may use")).only_for == "U1"
    assert await store.managers.of("slack:T1") == []


async def test_managers_of_the_settings_may_everywhere(
    slack: SlackServer, engine: Engine, running: Running, store: FakeStore
) -> None:
    async with running(managers=("U2",)):
        await SlackUser(slack, OverSocket(slack), user="U2").command("subscribe", channel=OTHER)
        await seen(slack, "is subscribed", channel=OTHER, user="U2")
    assert await subscribed(store) == [OTHER]


async def test_an_admin_sees_every_digest_in_private_and_others_their_own(
    slack: SlackServer, user: SlackUser, admin: SlackUser
) -> None:
    await user.command("subscribe", channel=OWN)
    await seen(slack, "is subscribed", channel=OWN)
    await admin.command("subscribe", channel=OTHER)
    await seen(slack, "is subscribed", channel=OTHER, user="U9")
    await admin.direct("status", channel="D2")
    words = (await seen(slack, "Digests", channel="D2")).words
    assert OWN in words
    assert OTHER in words
    await user.direct("status")
    assert OTHER not in (await seen(slack, "Digests", channel="D1")).words


@pytest.mark.parametrize(
    ("fault", "said"), [({"has_bot": False}, "/invite @Paperwire"), ({"archived": True}, "is archived")]
)
async def test_a_channel_in_which_the_bot_cannot_post_is_not_subscribed(
    slack: SlackServer, user: SlackUser, store: FakeStore, fault: dict[str, bool], said: str
) -> None:
    slack.channels[OWN] = Channel(OWN, "U1", **fault)
    await user.direct(f"subscribe <#{OWN}>")
    await seen(slack, said, channel="D1")
    assert await subscribed(store) == []


async def test_a_channel_that_the_bot_cannot_see_is_told_from_one_of_others(
    slack: SlackServer, user: SlackUser
) -> None:
    await user.direct("subscribe <#C0000009>")
    await seen(slack, "I cannot see that channel", channel="D1")
