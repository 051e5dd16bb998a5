"""The contract of opting in to mail, of tokens, and of what a feed shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.digests.model import DeliveryState, Digest, Edition, Kind, Part, Slot, Target
from bot.digests.planning import Plan
from bot.digests.ports import Terms
from bot.documents.model import Document
from tests.contract.store.kinds import DAY, NOON, Store
from tests.digests import wish

ADDRESS = Target("email:local", "reader@example.org")
OTHER = Target("email:local", "another@example.org")
TERMS = Terms(lifetime=timedelta(hours=1), tries=3, mails_an_hour=2)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def test_nobody_has_agreed_before_the_code_comes_back(store: Store) -> None:
    assert not await store.opt_ins.has_agreed(ADDRESS)
    assert await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    assert not await store.opt_ins.has_agreed(ADDRESS)


async def test_code_is_redeemed_once(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    assert await store.opt_ins.redeem("email:local", "right", NOON + MINUTE) == ADDRESS
    assert await store.opt_ins.has_agreed(ADDRESS)
    assert await store.opt_ins.redeem("email:local", "right", NOON + MINUTE) is None
    assert await store.opt_ins.has_agreed(ADDRESS)


async def test_code_of_another_workspace_or_address_changes_nothing(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    await store.opt_ins.ask(OTHER, "other", NOON, TERMS)
    assert await store.opt_ins.redeem("email:elsewhere", "right", NOON) is None
    assert await store.opt_ins.redeem("email:local", "other", NOON) == OTHER
    assert not await store.opt_ins.has_agreed(ADDRESS)


async def test_code_expires(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    assert await store.opt_ins.redeem("email:local", "right", NOON + HOUR) is None


async def test_too_many_wrong_codes_void_the_right_one(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    for _ in range(TERMS.tries):
        assert await store.opt_ins.redeem("email:local", "wrong", NOON) is None
    assert await store.opt_ins.redeem("email:local", "right", NOON) is None


async def test_new_code_replaces_the_old_one(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "old", NOON, TERMS)
    await store.opt_ins.ask(ADDRESS, "new", NOON, TERMS)
    assert await store.opt_ins.redeem("email:local", "old", NOON) is None
    assert await store.opt_ins.redeem("email:local", "new", NOON) == ADDRESS


async def test_only_so_many_codes_in_an_hour(store: Store) -> None:
    asked = [await store.opt_ins.ask(ADDRESS, str(minute), NOON + minute * MINUTE, TERMS) for minute in range(3)]
    assert asked == [True, True, False]
    assert await store.opt_ins.redeem("email:local", "1", NOON + 3 * MINUTE) == ADDRESS
    assert await store.opt_ins.ask(ADDRESS, "later", NOON + HOUR, TERMS)


@pytest.mark.parametrize("ahead", [2 * MINUTE, 3 * HOUR, timedelta(days=100)])
async def test_codes_of_a_clock_that_was_ahead_are_void_and_do_not_count(store: Store, ahead: timedelta) -> None:
    for code in ("1", "2"):
        assert await store.opt_ins.ask(ADDRESS, code, NOON + ahead, TERMS)
    assert await store.opt_ins.redeem("email:local", "2", NOON) is None
    assert [await store.opt_ins.ask(ADDRESS, code, NOON, TERMS) for code in ("3", "4", "5")] == [True, True, False]
    assert await store.opt_ins.redeem("email:local", "4", NOON) == ADDRESS


async def test_clocks_of_machines_may_differ_a_little(store: Store) -> None:
    for code in ("1", "2"):
        assert await store.opt_ins.ask(ADDRESS, code, NOON + timedelta(seconds=30), TERMS)
    assert not await store.opt_ins.ask(ADDRESS, "3", NOON, TERMS)
    assert await store.opt_ins.redeem("email:local", "2", NOON) == ADDRESS


async def test_code_that_was_not_sent_does_not_count(store: Store) -> None:
    for minute in range(5):
        assert await store.opt_ins.ask(ADDRESS, str(minute), NOON + minute * MINUTE, TERMS)
        await store.opt_ins.take_back(ADDRESS)
    assert await store.opt_ins.redeem("email:local", "4", NOON + 5 * MINUTE) is None
    await store.opt_ins.take_back(OTHER)
    assert not await store.opt_ins.has_agreed(OTHER)


async def test_withdrawing_does_not_reset_the_count(store: Store) -> None:
    for code in ("1", "2"):
        await store.opt_ins.ask(ADDRESS, code, NOON, TERMS)
    await store.opt_ins.withdraw(ADDRESS)
    assert not await store.opt_ins.ask(ADDRESS, "3", NOON, TERMS)
    assert await store.opt_ins.redeem("email:local", "2", NOON) is None


async def test_who_withdraws_has_not_agreed(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    await store.opt_ins.redeem("email:local", "right", NOON)
    await store.opt_ins.withdraw(ADDRESS)
    assert not await store.opt_ins.has_agreed(ADDRESS)


async def test_addresses_are_forgotten_with_their_workspace(store: Store) -> None:
    await store.opt_ins.ask(ADDRESS, "right", NOON, TERMS)
    await store.opt_ins.redeem("email:local", "right", NOON)
    await store.workspaces.forget("email:local")
    assert not await store.opt_ins.has_agreed(ADDRESS)


async def test_addresses_that_never_answered_are_dropped(store: Store) -> None:
    for target, hours in ((ADDRESS, 0), (OTHER, 5)):
        await store.opt_ins.ask(target, str(hours), NOON + hours * HOUR, TERMS)
    assert await store.opt_ins.forget_before(NOON + 2 * HOUR) == [ADDRESS]
    assert await store.opt_ins.redeem("email:local", "5", NOON + 5 * HOUR) == OTHER
    assert await store.opt_ins.forget_before(NOON + 99 * HOUR) == []
    assert await store.opt_ins.has_agreed(OTHER)


@pytest.mark.parametrize("words", ["a", "email:local\nreader@example.org\ndaily", "é\x00 \u2028"])
async def test_token_gives_its_words_back_for_its_purpose_alone(store: Store, words: str) -> None:
    token = store.seals.seal("feed", words)
    assert (store.seals.unseal("feed", token), store.seals.unseal("end", token)) == (words, None)
    assert store.seals.seal("feed", words) == token
    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("token", ["", "x", "====", "é", "A" * 100, "a/b+c", "\x00"])
async def test_what_is_no_token_gives_nothing(store: Store, token: str) -> None:
    store.seals.seal("feed", "words")
    assert store.seals.unseal("feed", token) is None


async def test_subscription_can_begin_paused(store: Store) -> None:
    await store.subscriptions.put(wish(ADDRESS), NOON, paused="It waits.")
    assert await store.subscriptions.due(NOON + HOUR) == []
    await store.subscriptions.put(wish(ADDRESS), NOON)
    assert [standing.paused for standing in await store.subscriptions.due(NOON + HOUR)] == [""]


async def _composed(store: Store, slot: Slot) -> Digest:
    """A digest of two messages whose slot is owed."""
    digest = Digest(slot=slot, title="Papers", parts=(Part(0, Document("Papers")), Part(1, Document(), "2607.00001")))
    subscription = wish(slot.target, kind=slot.kind)
    await store.subscriptions.put(subscription, NOON)
    standing = await store.subscriptions.get(slot.target, slot.kind)
    assert standing is not None
    await store.subscriptions.move_on(standing, Plan(slot=slot, days=(DAY,), due=NOON, next_due_at=NOON + 24 * HOUR))
    await store.deliveries.compose(digest)
    return digest


async def test_feed_shows_what_has_gone_out_newest_first(store: Store) -> None:
    slots = [Slot(ADDRESS, Kind.DAILY, DAY + timedelta(days=days), Edition.FINAL) for days in range(3)]
    digests = [await _composed(store, slot) for slot in slots]
    for hours, digest in enumerate(digests[:2]):
        for part in digest.parts:
            at = NOON + hours * HOUR + part.number * MINUTE
            await store.deliveries.mark(digest.slot, part, DeliveryState.SENT, at)
    issues = await store.deliveries.issues(ADDRESS, Kind.DAILY, 30)
    assert [issue.digest.slot for issue in issues] == [slots[1], slots[0]]
    assert (issues[1].published, issues[1].updated) == (NOON, NOON + MINUTE)
    assert len(await store.deliveries.issues(ADDRESS, Kind.DAILY, 1)) == 1


async def test_feed_holds_one_subscription_alone(store: Store) -> None:
    digest = await _composed(store, Slot(ADDRESS, Kind.WEEKLY, DAY, Edition.FINAL))
    await store.deliveries.mark(digest.slot, digest.parts[0], DeliveryState.SENT, NOON)
    assert await store.deliveries.issues(ADDRESS, Kind.DAILY, 30) == []
    assert await store.deliveries.issues(OTHER, Kind.WEEKLY, 30) == []
    assert len(await store.deliveries.issues(ADDRESS, Kind.WEEKLY, 30)) == 1


async def test_feed_begins_with_the_first_message(store: Store) -> None:
    digest = await _composed(store, Slot(ADDRESS, Kind.DAILY, DAY, Edition.FINAL))
    await store.deliveries.mark(digest.slot, digest.parts[0], DeliveryState.SENDING, NOON)
    assert await store.deliveries.issues(ADDRESS, Kind.DAILY, 30) == []
    await store.deliveries.mark(digest.slot, digest.parts[0], DeliveryState.UNKNOWN, NOON)
    assert len(await store.deliveries.issues(ADDRESS, Kind.DAILY, 30)) == 1
