"""The contract of what guards work: the ledger, summaries, events and leases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.llm.model import Usage
from bot.ports import DayUsage
from bot.reading.model import Summary, SummaryKey, SummarySource
from bot.testing.clock import FakeClock
from tests.contract.store.kinds import DAY, Store

MINUTE = timedelta(minutes=1)
OURS = "slack:T1"

KEY = SummaryKey("2607.00001", 2, "abc", "en", "model-a")
SUMMARY = Summary(
    paper_id="2607.00001",
    line="One line.",
    source=SummarySource.MODEL,
    problem="P.",
    method="M.",
    result="R 42 %.",
    why="W.",
    model="model-a-2026",
)


async def test_summary_comes_back_by_its_whole_key(store: Store) -> None:
    other = SummaryKey("2607.00001", 2, "abc", "de", "model-a")
    await store.summaries.save({KEY: SUMMARY})
    assert await store.summaries.get_many([KEY, other]) == {KEY: SUMMARY}


async def test_newer_summary_replaces_the_older(store: Store) -> None:
    shorter = Summary(paper_id="2607.00001", line="Another.", source=SummarySource.ABSTRACT)
    await store.summaries.save({KEY: SUMMARY})
    await store.summaries.save({KEY: shorter})
    assert await store.summaries.get_many([KEY]) == {KEY: shorter}


async def test_no_keys_no_summaries(store: Store) -> None:
    await store.summaries.save({})
    assert await store.summaries.get_many([]) == {}


async def test_many_summaries_at_once(store: Store) -> None:
    keys = [SummaryKey(str(number), 0, "abc", "en", "m") for number in range(1_100)]
    await store.summaries.save(dict.fromkeys(keys, SUMMARY))
    assert len(await store.summaries.get_many(keys)) == 1_100


async def test_reservation_up_to_the_budget_and_no_further(store: Store) -> None:
    assert await store.ledger.reserve(OURS, DAY, 60, 100) is not None
    assert await store.ledger.reserve(OURS, DAY, 41, 100) is None
    assert await store.ledger.reserve(OURS, DAY, 40, 100) is not None


async def test_budget_is_of_one_workspace_and_day(store: Store) -> None:
    assert await store.ledger.reserve(OURS, DAY, 100, 100) is not None
    assert await store.ledger.reserve("slack:T2", DAY, 100, 100) is not None
    assert await store.ledger.reserve(OURS, DAY + timedelta(days=1), 100, 100) is not None


async def test_no_budget_no_limit(store: Store) -> None:
    assert await store.ledger.reserve(OURS, DAY, 10**9, 0) is not None


async def test_settled_call_stands_in_the_usage(store: Store) -> None:
    for cost in (0.25, None, 0.5):
        reservation = await store.ledger.reserve(OURS, DAY, 40, 100)
        assert reservation is not None
        await store.ledger.settle(reservation, "m", "answer", Usage(20, 10, cost))
    row = DayUsage(model="m", purpose="answer", calls=3, prompt_tokens=60, completion_tokens=30, cost=0.75)
    assert await store.ledger.usage(OURS, DAY) == [row]
    assert await store.ledger.reserve(OURS, DAY, 11, 100) is None


async def test_cost_is_unknown_while_no_call_told_it(store: Store) -> None:
    reservation = await store.ledger.reserve(OURS, DAY, 50, 0)
    assert reservation is not None
    await store.ledger.settle(reservation, "m", "answer", Usage(1, 1))
    assert (await store.ledger.usage(OURS, DAY))[0].cost is None


async def test_usage_has_a_row_per_model_and_purpose(store: Store) -> None:
    for model, purpose in (("b", "answer"), ("a", "summaries"), ("a", "answer")):
        reservation = await store.ledger.reserve(OURS, DAY, 5, 0)
        assert reservation is not None
        await store.ledger.settle(reservation, model, purpose, Usage(1, 1))
    rows = [(row.model, row.purpose) for row in await store.ledger.usage(OURS, DAY)]
    assert rows == [("a", "answer"), ("a", "summaries"), ("b", "answer")]


async def test_settling_twice_changes_nothing(store: Store) -> None:
    reservation = await store.ledger.reserve(OURS, DAY, 50, 100)
    assert reservation is not None
    for _ in range(2):
        await store.ledger.settle(reservation, "m", "answer", Usage(20, 10))
    assert (await store.ledger.usage(OURS, DAY))[0].calls == 1


async def test_settling_an_old_reservation_leaves_a_new_one(store: Store) -> None:
    old = await store.ledger.reserve(OURS, DAY, 100, 100)
    assert old is not None
    await store.ledger.settle(old, "m", "answer", None)
    assert await store.ledger.reserve(OURS, DAY, 100, 100) is not None
    await store.ledger.settle(old, "m", "answer", None)
    assert await store.ledger.reserve(OURS, DAY, 1, 100) is None


async def test_call_that_failed_gives_all_back(store: Store) -> None:
    reservation = await store.ledger.reserve(OURS, DAY, 100, 100)
    assert reservation is not None
    await store.ledger.settle(reservation, "m", "answer", None)
    assert await store.ledger.usage(OURS, DAY) == []
    assert await store.ledger.reserve(OURS, DAY, 100, 100) is not None


async def test_reservation_that_a_crash_left_holds_nothing_after_some_minutes(store: Store, clock: FakeClock) -> None:
    left = await store.ledger.reserve(OURS, DAY, 60, 100)
    assert left is not None
    clock.advance(5 * 60)
    assert await store.ledger.reserve(OURS, DAY, 41, 100) is None
    clock.advance(10 * 60)
    assert await store.ledger.reserve(OURS, DAY, 41, 100) is not None
    await store.ledger.settle(left, "m", "answer", Usage(20, 10))
    assert [row.prompt_tokens for row in await store.ledger.usage(OURS, DAY)] == [20]


async def test_reservation_made_by_a_clock_three_hours_ahead_holds_nothing(store: Store, clock: FakeClock) -> None:
    clock.advance(3 * 3600)
    await store.ledger.reserve(OURS, DAY, 100, 100)
    clock.advance(-3 * 3600)
    assert await store.ledger.reserve(OURS, DAY, 100, 100) is not None


async def test_stale_reservations_are_dropped(store: Store, clock: FakeClock) -> None:
    await store.ledger.reserve(OURS, DAY, 60, 100)
    clock.advance(3600)
    await store.ledger.reserve(OURS, DAY, 40, 100)
    assert [await store.ledger.release_stale(clock.now()) for _ in range(2)] == [1, 0]
    assert await store.ledger.reserve(OURS, DAY, 61, 100) is None


async def test_many_at_once_never_pass_the_budget(store: Store) -> None:
    asked = [store.ledger.reserve(OURS, DAY, 7, 100) for _ in range(40)]
    held = [number for number in await asyncio.gather(*asked) if number is not None]
    assert len(held) == len(set(held)) == 14


async def test_settled_at_once_adds_up(store: Store) -> None:
    held = [await store.ledger.reserve(OURS, DAY, 7, 0) for _ in range(20)]
    await asyncio.gather(*[store.ledger.settle(number, "m", "p", Usage(2, 1)) for number in held if number])
    assert [(row.calls, row.prompt_tokens) for row in await store.ledger.usage(OURS, DAY)] == [(20, 40)]


async def test_event_is_worked_on_once(store: Store) -> None:
    assert await store.events.begin("e1", MINUTE)
    assert not await store.events.begin("e1", MINUTE)
    await store.events.finish("e1")
    await store.pass_time(10 * MINUTE)
    assert not await store.events.begin("e1", MINUTE)


async def test_event_whose_worker_died_is_taken_up_again(store: Store) -> None:
    await store.events.begin("e1", MINUTE)
    await store.pass_time(MINUTE)
    assert await store.events.begin("e1", MINUTE)
    assert not await store.events.begin("e1", MINUTE)


async def test_event_begun_by_a_clock_three_hours_ahead_is_taken_up_once_it_is_right(store: Store) -> None:
    await store.events.begin("e1", MINUTE)
    await store.pass_time(-timedelta(hours=3))
    assert await store.events.begin("e1", MINUTE)
    assert not await store.events.begin("e1", MINUTE)


async def test_event_delivered_many_times_at_once_is_begun_once(store: Store) -> None:
    begun = await asyncio.gather(*[store.events.begin("e1", MINUTE) for _ in range(8)])
    assert begun.count(True) == 1


async def test_old_events_are_dropped(store: Store) -> None:
    await store.events.begin("old", MINUTE)
    await store.events.finish("old")
    await store.pass_time(2 * MINUTE)
    await store.events.begin("new", MINUTE)
    assert await store.events.forget_begun(MINUTE) == 1
    assert await store.events.begin("old", MINUTE)
    assert not await store.events.begin("new", MINUTE)


async def test_lease_is_one_owners(store: Store) -> None:
    token = await store.leases.acquire("shard 0", "a", MINUTE)
    assert token is not None
    assert await store.leases.acquire("shard 0", "b", MINUTE) is None
    assert await store.leases.acquire("shard 1", "b", MINUTE) is not None


async def test_renewed_lease_keeps_its_token(store: Store) -> None:
    token = await store.leases.acquire("shard 0", "a", MINUTE)
    await store.pass_time(MINUTE / 2)
    assert await store.leases.acquire("shard 0", "a", MINUTE) == token
    await store.pass_time(MINUTE * 3 / 4)
    assert await store.leases.acquire("shard 0", "b", MINUTE) is None


async def test_token_grows_with_each_new_owner(store: Store) -> None:
    tokens = []
    for owner in "aba":
        tokens.append(await store.leases.acquire("shard 0", owner, MINUTE))
        await store.pass_time(MINUTE)
    assert tokens[0] is not None
    assert tokens == [tokens[0], tokens[0] + 1, tokens[0] + 2]


async def test_released_lease_can_be_taken_with_a_new_token(store: Store) -> None:
    first = await store.leases.acquire("shard 0", "a", MINUTE)
    await store.leases.release("shard 0", "b")
    assert await store.leases.acquire("shard 0", "b", MINUTE) is None
    await store.leases.release("shard 0", "a")
    second = await store.leases.acquire("shard 0", "b", MINUTE)
    assert first is not None
    assert second is not None
    assert second > first


async def test_of_many_at_once_one_gets_the_lease(store: Store) -> None:
    tokens = await asyncio.gather(*[store.leases.acquire("shard 0", str(own), MINUTE) for own in range(8)])
    assert len([token for token in tokens if token is not None]) == 1


async def test_leases_that_ran_out_long_ago_are_dropped(store: Store) -> None:
    await store.leases.acquire("old", "a", MINUTE)
    await store.leases.acquire("given back", "a", MINUTE)
    await store.leases.release("given back", "a")
    await store.leases.acquire("held", "a", 10 * MINUTE)
    await store.pass_time(3 * MINUTE)
    assert await store.leases.forget_ended(MINUTE) == 2
    assert await store.leases.acquire("held", "b", 10 * MINUTE) is None
    assert await store.leases.acquire("old", "b", MINUTE) == 1


async def test_leases_that_are_held_are_known_by_their_beginning(store: Store) -> None:
    await store.leases.acquire("digests/over", "me", 2 * MINUTE)
    await store.pass_time(2 * MINUTE)
    for name in ("digests/b", "digests/a", "slack/c", "digests/given back"):
        await store.leases.acquire(name, "me", 2 * MINUTE)
    await store.leases.release("digests/given back", "me")
    assert await store.leases.held("digests/", 2 * MINUTE) == ["digests/a", "digests/b"]


async def test_lease_is_abandoned_unless_somebody_took_it_and_did_not_give_it_back(
    store: Store, clock: FakeClock
) -> None:
    assert await store.leases.is_abandoned("shard:0")
    await store.leases.acquire("shard:0", "a", MINUTE)
    assert not await store.leases.is_abandoned("shard:0")
    clock.advance(120)
    assert not await store.leases.is_abandoned("shard:0")
    await store.leases.release("shard:0", "a")
    assert await store.leases.is_abandoned("shard:0")


async def test_lease_taken_by_a_clock_three_hours_ahead_is_void_once_it_is_right(store: Store) -> None:
    first = await store.leases.acquire("shard 0", "a", MINUTE)
    await store.pass_time(-timedelta(hours=3))
    assert await store.leases.held("shard", MINUTE) == []
    second = await store.leases.acquire("shard 0", "b", MINUTE)
    assert first is not None
    assert second == first + 1
    assert await store.leases.acquire("shard 0", "a", MINUTE) is None
