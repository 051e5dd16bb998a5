"""The contract of subscriptions and deliveries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.digests.model import DeliveryState, Digest, Edition, Kind, Marked, Owed, Part, Slot, Subscription, Target
from bot.digests.planning import Plan
from bot.digests.ports import MessageRef, Progress
from bot.digests.schedule import WEEKDAYS, Schedule
from bot.documents.model import Card, Document, Paragraph, text
from tests.contract.store.kinds import DAY, NOON, Store

HOUR = timedelta(hours=1)
CHANNEL = Target("slack:T1", "C1")
WISH = Subscription(
    target=CHANNEL,
    owner="U1",
    schedule=Schedule(time(9, 30), "Europe/Berlin", WEEKDAYS),
    edition=Edition.LIVE,
    top=8,
    topics=("diffusion", "small language models"),
    muted=("benchmarks",),
    language="de",
)
SLOT = Slot(CHANNEL, Kind.DAILY, DAY, Edition.LIVE)
CARD = Card(paper_id="2607.00001", title="A paper", url="https://huggingface.co/papers/2607.00001")
DIGEST = Digest(
    slot=SLOT,
    title="Papers of Friday 10 July 2026",
    parts=(Part(0, Document("Papers", (Paragraph(text("Two.")),))), Part(1, Document(blocks=(CARD,)), "2607.00001")),
    missing="No summaries.",
    through=DAY,
)
REF = MessageRef("1752.1", "1752.1")


def _plan(slot: Slot | None = SLOT, due: datetime = NOON, note: str = "") -> Plan:
    return Plan(slot=slot, days=(date(2026, 7, 9), DAY), due=due, next_due_at=due + 24 * HOUR, note=note)


async def _owe(store: Store, slot: Slot = SLOT, due: datetime = NOON) -> None:
    await store.subscriptions.put(replace(WISH, target=slot.target), due)
    standing = await store.subscriptions.get(slot.target, Kind.DAILY)
    assert standing is not None
    assert await store.subscriptions.move_on(standing, _plan(slot, due))


async def test_subscription_comes_back_as_it_was(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    standing = await store.subscriptions.get(CHANNEL, Kind.DAILY)
    assert standing is not None
    assert (standing.subscription, standing.next_due_at) == (WISH, NOON)
    assert await store.subscriptions.get(CHANNEL, Kind.WEEKLY) is None


async def test_subscribing_again_replaces_the_wish_and_keeps_the_history(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    await store.subscriptions.ran(CHANNEL, Kind.DAILY, NOON, DAY, "All well.")
    await store.subscriptions.pause(CHANNEL, Kind.DAILY, "Gone.")
    await store.subscriptions.put(replace(WISH, top=3, topics=()), NOON + HOUR)
    standing = await store.subscriptions.get(CHANNEL, Kind.DAILY)
    assert standing is not None
    assert (standing.subscription.top, standing.subscription.topics, standing.paused) == (3, (), "")
    assert (standing.last_run_at, standing.last_list_day, standing.last_note) == (NOON, DAY, "All well.")


async def test_due_are_those_whose_time_has_come_and_that_run(store: Store) -> None:
    for number, due in enumerate([NOON, NOON - HOUR, NOON + HOUR]):
        await store.subscriptions.put(replace(WISH, target=Target("slack:T1", f"C{number}")), due)
    await store.subscriptions.put(replace(WISH, target=Target("slack:T1", "C9")), NOON)
    await store.subscriptions.pause(Target("slack:T1", "C9"), Kind.DAILY, "Gone.")
    due_now = await store.subscriptions.due(NOON)
    assert [standing.subscription.target.channel for standing in due_now] == ["C1", "C0"]
    assert len(await store.subscriptions.due(NOON, limit=1)) == 1


async def test_moving_on_owes_the_slot_once(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    [standing] = await store.subscriptions.due(NOON)
    moved = await asyncio.gather(*[store.subscriptions.move_on(standing, _plan()) for _ in range(5)])
    assert moved.count(True) == 1
    assert await store.deliveries.waiting() == [Owed(SLOT, (date(2026, 7, 9), DAY), NOON)]
    assert await store.subscriptions.due(NOON) == []


async def test_moving_on_without_a_slot_leaves_a_note(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    [standing] = await store.subscriptions.due(NOON)
    assert await store.subscriptions.move_on(standing, _plan(None, note="Too late."))
    standing_now = await store.subscriptions.get(CHANNEL, Kind.DAILY)
    assert standing_now is not None
    assert standing_now.last_note == "Too late."
    assert await store.deliveries.waiting() == []


async def test_slot_that_was_owed_is_not_owed_again(store: Store) -> None:
    await _owe(store)
    await store.deliveries.handed_over([SLOT.key], NOON)
    await _owe(store, due=NOON + HOUR)
    assert await store.deliveries.waiting() == []
    owed = await store.deliveries.owed(SLOT.key)
    assert owed is not None
    assert owed.due == NOON


async def test_refusals_are_counted_until_a_digest_gets_through(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    assert [await store.subscriptions.refused(CHANNEL, Kind.DAILY, "No.") for _ in range(3)] == [1, 2, 3]
    await store.subscriptions.ran(CHANNEL, Kind.DAILY, NOON, None, "")
    assert await store.subscriptions.refused(CHANNEL, Kind.DAILY, "No.") == 1


async def test_list_day_stays_where_a_run_brings_none(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    await store.subscriptions.ran(CHANNEL, Kind.DAILY, NOON, DAY, "")
    await store.subscriptions.ran(CHANNEL, Kind.DAILY, NOON + HOUR, None, "An empty day.")
    standing = await store.subscriptions.get(CHANNEL, Kind.DAILY)
    assert standing is not None
    assert (standing.last_list_day, standing.last_note) == (DAY, "An empty day.")


async def test_pausing_is_news_once(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    paused = await asyncio.gather(*[store.subscriptions.pause(CHANNEL, Kind.DAILY, "Gone.") for _ in range(4)])
    assert paused.count(True) == 1


async def test_those_of_a_platform_run_until_they_are_paused(store: Store) -> None:
    for target in (Target("discord:9", "2"), Target("discord:9", "1"), Target("discordant:9", "1"), CHANNEL):
        await store.subscriptions.put(replace(WISH, target=target), NOON)
    await store.subscriptions.pause(Target("discord:9", "2"), Kind.DAILY, "Gone.")
    running = await store.subscriptions.running("discord")
    assert [standing.subscription.target for standing in running] == [Target("discord:9", "1")]


async def test_deleting_says_whether_there_was_one(store: Store) -> None:
    await store.subscriptions.put(WISH, NOON)
    assert await store.subscriptions.delete(CHANNEL, Kind.DAILY)
    assert not await store.subscriptions.delete(CHANNEL, Kind.DAILY)


async def test_what_is_said_of_nobody_changes_nothing(store: Store) -> None:
    await store.subscriptions.ran(CHANNEL, Kind.DAILY, NOON, DAY, "")
    await store.subscriptions.note(CHANNEL, Kind.DAILY, "Nobody hears.")
    assert await store.subscriptions.refused(CHANNEL, Kind.DAILY, "No.") == 0
    assert not await store.subscriptions.pause(CHANNEL, Kind.DAILY, "Gone.")
    assert await store.subscriptions.of_workspace("slack:T1") == []


async def test_workspace_sees_its_own_by_channel(store: Store) -> None:
    for workspace, channel in (("slack:T1", "C2"), ("slack:T2", "C1"), ("slack:T1", "C1")):
        await store.subscriptions.put(replace(WISH, target=Target(workspace, channel)), NOON)
    mine = await store.subscriptions.of_workspace("slack:T1")
    assert [standing.subscription.target.channel for standing in mine] == ["C1", "C2"]


async def test_frozen_digest_comes_back_word_for_word(store: Store) -> None:
    await _owe(store)
    await store.deliveries.compose(DIGEST)
    await store.deliveries.compose(replace(DIGEST, title="Another"))
    assert await store.deliveries.digest(SLOT.key) == DIGEST
    assert await store.deliveries.digest("slack:T1/C1/daily/2026-07-09/live") is None


async def test_message_moves_on(store: Store) -> None:
    root = DIGEST.parts[0]
    assert await store.deliveries.state(SLOT, root) == Progress()
    await store.deliveries.mark(SLOT, root, DeliveryState.SENDING, NOON)
    for ref in (replace(REF, thread=None), REF):
        await store.deliveries.mark(SLOT, root, DeliveryState.SENT, NOON, ref)
        assert await store.deliveries.state(SLOT, root) == Progress(DeliveryState.SENT, ref, "", NOON)


async def test_messages_of_a_digest_tell_how_far_they_are(store: Store) -> None:
    await _owe(store)
    await store.deliveries.compose(DIGEST)
    assert await store.deliveries.states(SLOT) == {}
    await store.deliveries.mark(SLOT, DIGEST.parts[0], DeliveryState.SENT, NOON, REF)
    await store.deliveries.mark(SLOT, DIGEST.parts[1], DeliveryState.SENDING, NOON)
    sent, sending = Progress(DeliveryState.SENT, REF, "", NOON), Progress(DeliveryState.SENDING, None, "", NOON)
    assert await store.deliveries.states(SLOT) == {0: sent, 1: sending}


async def test_message_is_claimed_by_one_alone(store: Store) -> None:
    root = DIGEST.parts[0]
    claims = await asyncio.gather(*(store.deliveries.claim(SLOT, root, NOON, name) for name in "abcde"))
    assert sorted(claims) == [False, False, False, False, True]
    mine = "abcde"[claims.index(True)]
    assert await store.deliveries.state(SLOT, root) == Progress(DeliveryState.SENDING, None, mine, NOON)
    await store.deliveries.mark(SLOT, root, DeliveryState.PLANNED, NOON, claim=mine)
    assert await store.deliveries.claim(SLOT, root, NOON, "f")
    await store.deliveries.mark(SLOT, root, DeliveryState.SENT, NOON, REF, claim="f")
    assert not await store.deliveries.claim(SLOT, root, NOON, "f")
    assert await store.deliveries.state(SLOT, root) == Progress(DeliveryState.SENT, REF, "f", NOON)


async def test_whoever_has_claimed_a_message_may_ask_again_and_renews_the_claim(store: Store) -> None:
    root = DIGEST.parts[0]
    assert await store.deliveries.claim(SLOT, root, NOON, "a")
    assert await store.deliveries.claim(SLOT, root, NOON + HOUR, "a")
    assert not await store.deliveries.claim(SLOT, root, NOON, "b")
    assert await store.deliveries.state(SLOT, root) == Progress(DeliveryState.SENDING, None, "a", NOON + HOUR)


@pytest.mark.parametrize("state", list(DeliveryState))
async def test_marks_of_a_claim_that_is_not_the_last_one_change_nothing(store: Store, state: DeliveryState) -> None:
    root = DIGEST.parts[0]
    await store.deliveries.claim(SLOT, root, NOON, "frozen")
    await store.deliveries.mark(SLOT, root, DeliveryState.PLANNED, NOON, claim="frozen")
    await store.deliveries.claim(SLOT, root, NOON + HOUR, "later")
    assert await store.deliveries.mark(SLOT, root, state, NOON + HOUR, REF, claim="frozen") is Marked.VOID
    assert await store.deliveries.state(SLOT, root) == Progress(DeliveryState.SENDING, None, "later", NOON + HOUR)


@pytest.mark.parametrize(
    ("before", "after", "becomes"),
    [
        (DeliveryState.PLANNED, DeliveryState.SENT, Marked.DONE),  # somebody has looked too early
        (DeliveryState.SENT, DeliveryState.PLANNED, Marked.VOID),
        (DeliveryState.SENT, DeliveryState.UNKNOWN, Marked.VOID),
        (DeliveryState.SENT, DeliveryState.SENT, Marked.DONE),
        (DeliveryState.SKIPPED, DeliveryState.PLANNED, Marked.VOID),
        (DeliveryState.UNKNOWN, DeliveryState.UNKNOWN, Marked.DONE),
        (DeliveryState.UNKNOWN, DeliveryState.SKIPPED, Marked.VOID),
        (DeliveryState.UNKNOWN, DeliveryState.SENT, Marked.REVIVED),
        (DeliveryState.UNKNOWN, DeliveryState.PLANNED, Marked.REVIVED),
    ],
)
async def test_marks_follow_each_other_under_one_claim(
    store: Store, before: DeliveryState, after: DeliveryState, becomes: Marked
) -> None:
    paper = DIGEST.parts[1]
    await store.deliveries.claim(SLOT, paper, NOON, "a")
    await store.deliveries.mark(SLOT, paper, before, NOON, REF, claim="a")
    assert await store.deliveries.mark(SLOT, paper, after, NOON, REF, claim="a") is becomes
    now = before if becomes is Marked.VOID else after
    assert (await store.deliveries.state(SLOT, paper)).state is now
    is_out = now in (DeliveryState.SENT, DeliveryState.UNKNOWN)
    assert await store.deliveries.posted(CHANNEL, ["2607.00001"]) == ({"2607.00001"} if is_out else set())
    assert await store.deliveries.unknown(CHANNEL, NOON) == (now is DeliveryState.UNKNOWN)


async def test_papers_count_as_posted_once_they_may_be_seen(store: Store) -> None:
    paper = DIGEST.parts[1]
    await store.deliveries.mark(SLOT, paper, DeliveryState.SENDING, NOON)
    assert await store.deliveries.posted(CHANNEL, ["2607.00001"]) == set()
    await store.deliveries.mark(SLOT, paper, DeliveryState.UNKNOWN, NOON)
    assert await store.deliveries.posted(CHANNEL, ["2607.00001", "2607.00002"]) == {"2607.00001"}
    assert await store.deliveries.posted(Target("slack:T1", "C2"), ["2607.00001"]) == set()
    assert (await store.deliveries.unknown(CHANNEL, NOON), await store.deliveries.unknown(CHANNEL, NOON + HOUR)) == (
        1,
        0,
    )


async def test_when_papers_were_posted_is_known_by_channel(store: Store) -> None:
    paper = DIGEST.parts[1]
    await store.deliveries.mark(SLOT, paper, DeliveryState.SENDING, NOON)
    assert await store.deliveries.posted_at(CHANNEL, ["2607.00001"]) == {}
    await store.deliveries.mark(SLOT, paper, DeliveryState.SENT, NOON + HOUR, REF)
    weekly = replace(SLOT, kind=Kind.WEEKLY)
    await store.deliveries.mark(weekly, paper, DeliveryState.SENT, NOON + 9 * HOUR, REF)
    assert await store.deliveries.posted_at(CHANNEL, ["2607.00001", "2607.00002"]) == {"2607.00001": NOON + HOUR}
    assert await store.deliveries.posted_at(Target("slack:T1", "C2"), ["2607.00001"]) == {}


async def test_digests_of_a_channel_newest_first(store: Store) -> None:
    for back in (2, 0, 1):
        slot = replace(SLOT, day=DAY - timedelta(days=back))
        await _owe(store, slot, NOON - back * 24 * HOUR)
        await store.deliveries.compose(replace(DIGEST, slot=slot))
    days = [digest.slot.day for digest in await store.deliveries.digests(CHANNEL, limit=2)]
    assert days == [DAY, DAY - timedelta(days=1)]


async def test_all_subscriptions_by_workspace_and_channel(store: Store) -> None:
    for workspace, channel in (("slack:T2", "C1"), ("slack:T1", "C2"), ("slack:T1", "C1")):
        await store.subscriptions.put(replace(WISH, target=Target(workspace, channel)), NOON)
    found = [one.subscription.target for one in await store.subscriptions.everything()]
    assert found == [Target("slack:T1", "C1"), Target("slack:T1", "C2"), Target("slack:T2", "C1")]


async def test_old_digests_are_dropped_with_their_messages(store: Store) -> None:
    old, weekly = replace(SLOT, day=DAY - timedelta(days=9)), replace(SLOT, kind=Kind.WEEKLY)
    for slot, due in ((old, NOON - 9 * 24 * HOUR), (weekly, NOON - 9 * 24 * HOUR), (SLOT, NOON)):
        await _owe(store, slot, due)
        paper = replace(DIGEST.parts[1], paper_id=f"of {slot.key}")
        await store.deliveries.compose(replace(DIGEST, slot=slot, parts=(DIGEST.parts[0], paper)))
        await store.deliveries.mark(slot, paper, DeliveryState.SENT, due, REF)
    assert await store.deliveries.forget_before(Kind.DAILY, NOON) == 1
    assert [await store.deliveries.owed(slot.key) is None for slot in (old, weekly, SLOT)] == [True, False, False]
    papers = [f"of {slot.key}" for slot in (old, weekly, SLOT)]
    assert await store.deliveries.posted(CHANNEL, papers) == set(papers[1:])
    assert await store.deliveries.state(old, DIGEST.parts[1]) == Progress()


async def test_forgetting_a_workspace_forgets_its_digests(store: Store) -> None:
    other = replace(SLOT, target=Target("slack:T2", "C1"))
    for slot in (SLOT, other):
        await _owe(store, slot)
        await store.deliveries.compose(replace(DIGEST, slot=slot))
        await store.deliveries.mark(slot, DIGEST.parts[1], DeliveryState.SENT, NOON, REF)
    await store.workspaces.forget("slack:T1")
    assert await store.subscriptions.of_workspace("slack:T1") == []
    assert await store.deliveries.posted(CHANNEL, ["2607.00001"]) == set()
    assert [owed.slot for owed in await store.deliveries.waiting()] == [other]
    assert await store.deliveries.posted(other.target, ["2607.00001"]) == {"2607.00001"}
