"""What `#1` means, for every adapter with channels and threads: nobody's numbers change by what another asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

import pytest

from bot.testing.store import FakeStore
from paperwire.bootstrap import App, demo_parts, open_app
from paperwire.settings import Settings


class Talk(Protocol):
    """People in one channel."""

    async def say(self, line: str, user: str) -> str:
        """Give `/papers line` in the channel; the words of the finished answer."""

    async def open_thread(self, line: str, user: str) -> str:
        """Mention the bot in the channel, which begins a thread; the words of its answer."""

    async def say_below(self, line: str, user: str) -> str:
        """Mention the bot in that thread; the words of its answer."""


class NumbersContract:
    """Subclass it; override `talk`."""

    @pytest.fixture
    def store(self) -> FakeStore:
        """A store in memory."""
        return FakeStore()

    @pytest.fixture
    async def whole(self, store: FakeStore) -> AsyncIterator[App]:
        """The whole engine on the built-in day."""
        async with open_app(Settings.model_validate({}), replace(demo_parts(), store=store)) as app:
            yield app

    @pytest.fixture
    def talk(self) -> Talk:
        """People in front of the adapter."""
        raise NotImplementedError

    async def test_in_a_channel_a_number_is_of_the_list_that_one_asked_for(self, talk: Talk) -> None:
        await talk.say("today", "U1")
        before = await talk.say("show #1", "U1")
        await talk.say("search memory", "U2")
        assert await talk.say("show #1", "U1") == before
        assert await talk.say("show #1", "U2") != before

    async def test_whoever_asked_for_no_list_means_the_last_one_shown_there(self, talk: Talk) -> None:
        await talk.say("today", "U1")
        assert await talk.say("show #1", "U2") == await talk.say("show #1", "U1")

    async def test_in_a_thread_a_number_is_of_its_first_list(self, talk: Talk) -> None:
        await talk.open_thread("today", "U1")
        before = await talk.say_below("show #1", "U1")
        later = await talk.say_below("search memory", "U2")
        assert "#3 mean the first list" in later
        for user in ("U1", "U2"):
            assert await talk.say_below("show #1", user) == before

    async def test_a_thread_that_begins_without_a_list_goes_on_with_the_channels(self, talk: Talk) -> None:
        await talk.say("today", "U1")
        before = await talk.open_thread("show #2", "U1")
        await talk.say("search memory", "U1")
        assert await talk.say_below("show #2", "U1") == before
