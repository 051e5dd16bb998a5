"""The form of a subscription, opened by a button, filled in and sent in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import pytest

from bot.digests.model import Subscription, Target
from bot.digests.schedule import Schedule
from bot.testing.store import FakeStore
from tests.integration.discord.office import Office
from tests.servers.discord import EPHEMERAL, DiscordServer, Interaction, words_of
from tests.servers.discord_bot import running_bot
from tests.servers.discord_checks import walk
from tests.servers.discord_user import Person


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer().run() as server:
        yield server
        assert not server.violations


@pytest.fixture
def person(server: DiscordServer) -> Person:
    guild = server.add_guild("Lab")
    return Person(server, guild["id"], guild["channels"][0]["id"])


@pytest.fixture
async def store(person: Person) -> FakeStore:
    store = FakeStore()
    target = Target(f"discord:{person.guild}", person.channel)
    schedule = Schedule(time(8, 30), "Europe/Berlin", frozenset({0, 2}))
    await store.subscriptions.put(
        Subscription(target=target, owner=person.id, schedule=schedule, topics=("robots",), top=7), datetime.now(UTC)
    )
    return store


async def opened(person: Person) -> Interaction:
    """The form, opened by its button."""
    status = await person.answer(await person.command("status"))
    asked = await person.press(status, "Change")
    await person.server.until(lambda: asked.modal)
    return asked


def components(asked: Interaction) -> dict[str, dict[str, object]]:
    """The fields of a form by their names."""
    assert asked.modal is not None
    return {part["custom_id"]: part for part in walk(asked.modal["components"]) if "custom_id" in part}


async def test_the_form_shows_what_holds_now(server: DiscordServer, person: Person, store: FakeStore) -> None:
    async with running_bot(server, Office(store).engine(), store=store):
        asked = await opened(person)
    fields = components(asked)
    assert asked.modal is not None
    assert asked.modal["title"] == "Change the digest"
    assert (fields["time"]["value"], fields["zone"]["value"], fields["about"]["value"]) == (
        "08:30",
        "Europe/Berlin",
        "robots",
    )
    assert [part["content"] for part in walk(asked.modal["components"]) if part["type"] == 10] != []


async def test_a_form_that_is_sent_in_changes_what_was_filled_in_and_no_more(
    server: DiscordServer, person: Person, store: FakeStore
) -> None:
    async with running_bot(server, Office(store).engine(), store=store):
        asked = await opened(person)
        answers: dict[str, str | list[str]] = {
            "time": "09:15",
            "days": ["friday", "saturday"],
            "about": "news at 9, agents",
        }
        answer = await person.answer(await person.send_form(asked, answers))
    assert words_of(answer).strip() == "09:15 Europe/Berlin 45 news at 9; agents 7"
    assert answer["flags"] & EPHEMERAL


async def test_what_is_wrong_is_said_in_private_with_a_way_back(
    server: DiscordServer, person: Person, store: FakeStore
) -> None:
    office = Office(store)
    async with running_bot(server, office.engine(), store=store):
        sent = await person.send_form(await opened(person), {"time": "half past", "zone": "Berlin"})
        answer = await person.answer(sent)
        assert answer["flags"] & EPHEMERAL
        assert len([line for line in words_of(answer).splitlines() if line.startswith("- ")]) == 2
        again = await person.press(answer, "Fill it in again")
        await server.until(lambda: again.modal)
    assert not office.asked


async def test_whoever_may_not_change_it_is_shown_no_form(
    server: DiscordServer, person: Person, store: FakeStore
) -> None:
    async with running_bot(server, Office(store).engine(), store=store):
        status = await person.answer(await person.command("status"))
        person.permissions = "0"
        asked = await person.press(status, "Change")
        answer = await person.answer(asked)
    assert "Only those who manage this channel" in words_of(answer)
    assert asked.modal is None


async def test_a_form_that_was_opened_before_a_restart_counts(
    server: DiscordServer, person: Person, store: FakeStore
) -> None:
    async with running_bot(server, Office(store).engine(), store=store):
        asked = await opened(person)
    async with running_bot(server, Office(store).engine(), store=store):
        answer = await person.answer(await person.send_form(asked, {"time": "10:00"}))
    assert words_of(answer).strip().startswith("10:00 Europe/Berlin")
