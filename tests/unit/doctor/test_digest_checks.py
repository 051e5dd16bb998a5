"""What the doctor says of digests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.digests.durable import ALIVE
from bot.digests.model import Kind, Standing, Target
from bot.digests.opt_in import TERMS
from bot.digests.ports import Poster
from bot.errors import TargetGone, Transient
from bot.testing.digests import FakePoster
from bot.testing.store import FakeStore
from paperwire.doctor.digests import look_at_channels, look_at_delivery
from paperwire.doctor.model import Verdict
from paperwire.doctor.steps import steps_fault
from tests.digests import wish

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
CHANNEL = Target("slack:T1", "C1")
READER = Target("email:local", "reader@example.org")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def store() -> FakeStore:
    """A store with a subscription, and a process that delivers."""
    store = FakeStore()
    await store.subscriptions.put(wish(CHANNEL), NOON + MINUTE)
    await store.leases.acquire("digests/1", "1", ALIVE)
    return store


async def test_all_is_well(store: FakeStore) -> None:
    result = await look_at_delivery(store, NOON)
    assert result.verdict is Verdict.OK
    assert result.sentence == "1 subscription; one process delivers digests."


async def test_nobody_has_subscribed() -> None:
    assert (await look_at_delivery(FakeStore(), NOON)).verdict is Verdict.OK


async def test_nobody_delivers(store: FakeStore) -> None:
    await store.leases.release("digests/1", "1")
    result = await look_at_delivery(store, NOON)
    assert result.verdict is Verdict.WARNING
    assert "no process delivers" in result.sentence
    assert "paperwire run" in result.fix


async def test_late_digests_are_counted(store: FakeStore) -> None:
    result = await look_at_delivery(store, NOON + 12 * MINUTE)
    assert result.verdict is Verdict.WARNING
    assert "1 digest should have gone out long ago." in result.sentence


async def test_paused_subscriptions_are_named_with_their_reason(store: FakeStore) -> None:
    await store.subscriptions.pause(CHANNEL, Kind.DAILY, "The channel is archived.")
    result = await look_at_delivery(store, NOON)
    assert result.verdict is Verdict.WARNING
    assert "slack:T1, channel C1 is paused: The channel is archived." in result.sentence


async def test_address_that_waits_for_its_code_is_no_fault(store: FakeStore) -> None:
    await store.subscriptions.put(wish(READER), NOON + MINUTE, paused="It waits for the code.")
    result = await look_at_delivery(store, NOON)
    assert (result.verdict, result.fix) == (Verdict.OK, "")
    assert result.sentence.endswith("1 subscription to be confirmed by a code.")


async def test_address_that_has_agreed_and_is_paused_is_named(store: FakeStore) -> None:
    await store.opt_ins.ask(READER, "code", NOON, TERMS)
    await store.opt_ins.redeem(READER.workspace, "code", NOON)
    await store.subscriptions.put(wish(READER), NOON + MINUTE, paused="The mail server takes no mail for it.")
    result = await look_at_delivery(store, NOON)
    assert result.verdict is Verdict.WARNING
    assert f"{READER.channel} is paused: The mail server takes no mail for it." in result.sentence


async def test_many_faults_are_not_all_named(store: FakeStore) -> None:
    for number in range(30):
        target = Target("slack:T1", f"C{number}")
        await store.subscriptions.put(wish(target), NOON)
        await store.subscriptions.pause(target, Kind.DAILY, "It is gone.")
    assert "And 20 more." in (await look_at_delivery(store, NOON)).sentence


def _standing(target: Target) -> Standing:
    return Standing(subscription=wish(target), next_due_at=NOON)


async def test_channels_that_take_nothing_are_named() -> None:
    poster = FakePoster(unseen=[TargetGone("The channel is archived.")])
    result = await look_at_channels([_standing(CHANNEL)], {"slack": poster})
    assert result.verdict is Verdict.WARNING
    assert result.sentence == "slack:T1, channel C1: The channel is archived."


@pytest.mark.parametrize(
    ("posters", "sentence"),
    [
        ({"slack": FakePoster(unseen=[Transient("Slack does not answer.")])}, "could not be looked at"),
        ({}, "not set up"),
    ],
)
async def test_channels_that_nobody_can_look_at_are_told_so(posters: dict[str, Poster], sentence: str) -> None:
    assert sentence in (await look_at_channels([_standing(CHANNEL)], posters)).sentence


@pytest.mark.parametrize(("served", "verdict"), [(["email"], Verdict.OK), (["feed"], Verdict.WARNING)])
async def test_address_without_mail_set_up_is_named(served: list[str], verdict: Verdict) -> None:
    result = await look_at_channels([_standing(READER)], {}, served)
    assert result.verdict is verdict
    assert (READER.channel in result.sentence) is (verdict is Verdict.WARNING)


async def test_channels_that_take_digests_are_fine() -> None:
    assert (await look_at_channels([_standing(CHANNEL)], {"slack": FakePoster()})).verdict is Verdict.OK


async def test_steps_that_can_be_recorded(database_url: str, tmp_path: Path) -> None:
    assert await steps_fault(f"sqlite:///{tmp_path / 'not made yet.db'}") == ""
    assert await steps_fault(database_url if "postgres" in database_url else f"sqlite:///{tmp_path}/x.db") == ""


async def test_steps_that_cannot_be_recorded(tmp_path: Path) -> None:
    (tmp_path / "steps.db").write_bytes(b"no database at all" * 1000)
    assert "does not answer" in await steps_fault(f"sqlite:///{tmp_path / 'steps.db'}")
    assert "does not answer" in await steps_fault("postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
