"""Channels that are deleted: their subscriptions pause, and whoever subscribed is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from bot.digests.model import Kind, Subscription, Target
from bot.digests.pausing import LostChannels
from bot.digests.schedule import WEEKDAYS, Schedule
from bot.documents.model import Document
from bot.documents.plain import plain_document
from bot.errors import TargetGone
from bot.testing.digests import FakeDeliveries, FakePoster, FakeSubscriptions

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
CHANNEL = Target("discord:9", "1")
WISH = Subscription(target=CHANNEL, owner="u1", schedule=Schedule(time(9), "UTC", WEEKDAYS))


class Silent(FakePoster):
    """Can tell nobody anything."""

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        raise TargetGone("No direct messages, please.")


@pytest.fixture
def subscriptions() -> FakeSubscriptions:
    return FakeSubscriptions(FakeDeliveries())


async def test_a_deleted_channel_pauses_all_its_digests_and_no_others(subscriptions: FakeSubscriptions) -> None:
    other = replace(WISH, target=Target("discord:9", "2"))
    for wish in (WISH, replace(WISH, kind=Kind.WEEKLY), other):
        await subscriptions.put(wish, NOON)
    await LostChannels(subscriptions, FakePoster()).deleted(CHANNEL, "papers")
    assert [standing.subscription for standing in await subscriptions.running("discord")] == [other]
    standing = await subscriptions.get(CHANNEL, Kind.DAILY)
    assert standing is not None
    assert standing.paused == "The channel #papers was deleted."


async def test_the_owner_is_told_once_what_happened_and_what_to_do(subscriptions: FakeSubscriptions) -> None:
    await subscriptions.put(WISH, NOON)
    poster = FakePoster()
    for _ in range(2):
        await LostChannels(subscriptions, poster).deleted(CHANNEL, "papers")
    [(workspace, user, document)] = poster.told
    assert (workspace, user) == ("discord:9", "u1")
    assert "I have paused the digests that you subscribed to." in plain_document(document)
    assert "#papers was deleted. `subscribe` in another channel goes on there." in plain_document(document)


async def test_an_owner_who_cannot_be_told_changes_nothing(subscriptions: FakeSubscriptions) -> None:
    await subscriptions.put(WISH, NOON)
    await LostChannels(subscriptions, Silent()).deleted(CHANNEL)
    assert not await subscriptions.running("discord")


async def test_channels_are_told_by_platform(subscriptions: FakeSubscriptions) -> None:
    await subscriptions.put(WISH, NOON)
    await subscriptions.put(replace(WISH, target=Target("slack:T1", "C1")), NOON)
    assert await LostChannels(subscriptions, FakePoster()).subscribed("discord") == {CHANNEL}
