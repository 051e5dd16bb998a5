"""What every store of replies keeps to."""

from __future__ import annotations

from tests.contract.store.kinds import NOON, Store


async def test_a_reply_comes_back_under_its_key(store: Store) -> None:
    await store.answers.save("k1", '{"claims": ["“ç”"]}', NOON)
    assert await store.answers.get("k1") == '{"claims": ["“ç”"]}'
    assert await store.answers.get("k2") is None


async def test_a_newer_reply_replaces_an_older_one(store: Store) -> None:
    await store.answers.save("k1", "old", NOON)
    await store.answers.save("k1", "new", NOON)
    assert await store.answers.get("k1") == "new"
