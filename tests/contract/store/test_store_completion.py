"""The contract of digests that lack something: revisions, and when to look again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.digests.completing import LOOK_AGAIN, SKEW
from bot.digests.model import DeliveryState, Digest, Edition, Gaps, Kind, Part, Slot, Target
from bot.digests.planning import Plan
from bot.digests.ports import MessageRef
from bot.documents.model import Document, Paragraph, text
from tests.contract.store.kinds import DAY, NOON, Store
from tests.digests import wish

MINUTE = timedelta(minutes=1)
CHANNEL = Target("slack:T1", "C1")
SLOT = Slot(CHANNEL, Kind.DAILY, DAY, Edition.FINAL)
REF = MessageRef("1752.1", "1752.1")


def _part(number: int, words: str = "Words.", revision: int = 0) -> Part:
    return Part(number, Document(blocks=(Paragraph(text(words)),)), f"2607.0000{number}" if number else "", revision)


DIGEST = Digest(slot=SLOT, title="Papers", parts=(_part(0), _part(1)), missing="Late.", gaps=Gaps(summaries=True))
NEWER = replace(DIGEST, parts=(_part(0, "More.", 1), _part(1), _part(2, "New.", 1)), gaps=None, missing="", revision=1)


async def _composed(store: Store) -> None:
    await store.subscriptions.put(wish(CHANNEL), NOON)
    [standing] = await store.subscriptions.due(NOON)
    await store.subscriptions.move_on(standing, Plan(slot=SLOT, days=(DAY,), due=NOON, next_due_at=NOON + 999 * MINUTE))
    await store.deliveries.compose(DIGEST)


async def test_digest_with_gaps_comes_back_as_it_was(store: Store) -> None:
    await _composed(store)
    assert await store.deliveries.digest(SLOT.key) == DIGEST


async def test_next_revision_takes_the_place_of_the_one_before_once(store: Store) -> None:
    await _composed(store)
    amended = await asyncio.gather(*[store.deliveries.amend(NEWER) for _ in range(4)])
    assert amended.count(True) == 1
    assert await store.deliveries.digest(SLOT.key) == NEWER
    assert not await store.deliveries.amend(replace(NEWER, revision=3))


async def test_messages_are_outdated_until_they_show_their_revision(store: Store) -> None:
    await _composed(store)
    assert await store.deliveries.outdated(DIGEST) == [0, 1]
    for part in DIGEST.parts:
        await store.deliveries.mark(SLOT, part, DeliveryState.SENT, NOON, REF)
    assert await store.deliveries.outdated(DIGEST) == []
    assert await store.deliveries.outdated(NEWER) == [0, 2]
    for part in NEWER.parts:
        await store.deliveries.mark(SLOT, part, DeliveryState.SENT, NOON, REF)
    assert await store.deliveries.outdated(NEWER) == []


async def test_messages_that_are_lost_or_refused_stay_as_they_are(store: Store) -> None:
    await _composed(store)
    await store.deliveries.mark(SLOT, DIGEST.parts[0], DeliveryState.UNKNOWN, NOON)
    await store.deliveries.mark(SLOT, DIGEST.parts[1], DeliveryState.SKIPPED, NOON)
    assert await store.deliveries.outdated(NEWER) == [2]


async def test_looks_are_due_at_their_time_until_somebody_answers_for_them(store: Store) -> None:
    await _composed(store)
    await store.deliveries.look_again(SLOT.key, NOON + MINUTE)
    assert await store.deliveries.incomplete(NOON) == []
    for number in (1, 2):
        [look] = await store.deliveries.incomplete(NOON + number * MINUTE)
        assert (look.owed.slot, look.at) == (SLOT, NOON + number * MINUTE)
        await store.deliveries.looked([SLOT.key], NOON + number * MINUTE)
        assert await store.deliveries.incomplete(NOON + number * MINUTE) == []
        await store.deliveries.look_again(SLOT.key, NOON + (number + 1) * MINUTE)


async def test_look_that_a_fast_worker_asks_for_meanwhile_is_not_lost(store: Store) -> None:
    await _composed(store)
    await store.deliveries.look_again(SLOT.key, NOON + MINUTE)
    await store.deliveries.looked([SLOT.key], NOON)
    assert len(await store.deliveries.incomplete(NOON + MINUTE)) == 1


async def test_nobody_looks_where_nothing_is_missing(store: Store) -> None:
    await _composed(store)
    await store.deliveries.look_again(SLOT.key, NOON)
    await store.deliveries.look_again(SLOT.key, None)
    assert await store.deliveries.incomplete(NOON + MINUTE) == []


async def test_look_that_a_clock_ahead_has_set_is_due_at_once(store: Store) -> None:
    await _composed(store)
    await store.deliveries.look_again(SLOT.key, NOON + timedelta(hours=3) + LOOK_AGAIN)
    [look] = await store.deliveries.incomplete(NOON)
    assert look.owed.slot == SLOT
    await store.deliveries.looked([SLOT.key], NOON)
    assert await store.deliveries.incomplete(NOON + timedelta(days=1)) == []


async def test_look_that_a_right_clock_has_set_waits_for_its_time(store: Store) -> None:
    await _composed(store)
    await store.deliveries.look_again(SLOT.key, NOON + LOOK_AGAIN + SKEW)
    assert await store.deliveries.incomplete(NOON) == []
    await store.deliveries.looked([SLOT.key], NOON)
    assert len(await store.deliveries.incomplete(NOON + LOOK_AGAIN + SKEW)) == 1
