"""The adapter over Socket Mode, seen from outside."""

from __future__ import annotations

from tests.servers.slack import SlackServer
from tests.servers.slack_user import SlackUser


async def test_a_slash_command_is_answered_for_all_to_see(slack: SlackServer, user: SlackUser) -> None:
    acknowledged = await user.command("today")
    answer = await slack.until(lambda: [m for m in slack.visible("C1", "U2") if "Trending papers" in m.words])
    assert acknowledged == {}
    assert "<https://huggingface.co/papers/2606.01234|1. A Paper" in answer[0].words or "A Paper" in answer[0].words
