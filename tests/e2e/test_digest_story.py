"""Three channels in three zones, nine o'clock in each, and a bot that is killed in the middle."""

from __future__ import annotations

import pytest

from scripts.digests import TOP, tell
from tests.servers.lists import daily_lists


@pytest.mark.long
async def test_every_channel_gets_its_digest_once_and_at_its_hour() -> None:
    async with daily_lists(5) as source:
        transcript = await tell(source)
    threads = transcript.split("\n\n")
    assert len(threads) == 3
    assert "kill -9" in threads[2]
    for thread in threads:
        assert thread.count("[Which limitations do the authors name?]") == TOP
        messages = [line for line in thread.splitlines() if line.startswith("  09:0")]
        assert len(messages) == 1 + TOP
        assert "Papers of" in messages[0]
        for number in range(1, TOP + 1):
            assert f"Lighthouse {number} of" in messages[number]
