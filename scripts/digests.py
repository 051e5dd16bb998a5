"""Print what channels in three time zones see of their digests, with a `kill -9` in the middle of one.

python -m scripts.digests [--source http://127.0.0.1:8899]

`paperwire run` in processes of its own, before the project's local Slack and Discord, on a Tuesday and a Wednesday of
July 2026.  People subscribe their channels by command; then nine o'clock comes, in one zone after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from zoneinfo import ZoneInfo

from benchmarks.crash_worker import start
from benchmarks.crash_worlds import MESSAGE, DiscordWorld, Shown, SlackWorld, World
from bot.digests.model import Kind, Standing, Target
from bot.ports import Store
from bot.testing.clock import ShiftedClock
from paperwire.bootstrap import open_store
from paperwire.settings import load
from tests.digests import until
from tests.servers.discord import DiscordServer
from tests.servers.discord_user import Person
from tests.servers.lists import daily_lists
from tests.servers.slack import SlackServer
from tests.servers.slack_user import OverSocket, SlackUser

TUESDAY = datetime(2026, 7, 7, 12, tzinfo=UTC)
TOP = 3
PATIENCE = 60.0  # seconds


@dataclass
class Channel:
    """A channel in some zone.  `killed_after` so many messages the bot is killed; 0: not at all."""

    name: str
    zone: str
    world: World
    target: Target
    subscribe: Callable[[], Awaitable[object]]
    killed_after: int = 0
    answers: int = 0  # to commands
    came: list[datetime] = field(default_factory=list)  # when each message of the digest did, by the bot's clock

    def transcript(self) -> Iterator[str]:
        """What stands there, with the channel's own time."""
        yield f"{self.name}, nine o'clock in {self.zone}"
        shown = self.world.shown(self.target)[self.answers :]
        for number, (message, at) in enumerate(zip(shown, self.came, strict=True), 1):
            first, *rest = _lines(message)
            yield f"  {at.astimezone(ZoneInfo(self.zone)):%H:%M:%S}  {first}"
            yield from (f"            {line}" for line in rest)
            if number == self.killed_after:
                yield "            (kill -9: this message is there, and the bot does not know it; it is started again)"


class Story:
    """The bot, its data and its clock, before some channels."""

    def __init__(self, store: Store, environment: dict[str, str], channels: Sequence[Channel]) -> None:
        self._store = store
        self._environment = environment
        self._channels = {channel.target.channel: channel for channel in channels}
        self._ahead = timedelta()
        self._bot: ForkServerProcess | None = None
        for world in {id(channel.world): channel.world for channel in channels}.values():
            world.witnessed_by(self._witness)

    async def subscribe(self, hears: Callable[[], Awaitable[object]]) -> None:
        """On Tuesday, people subscribe their channels; `hears` returns when the bot can hear them."""
        self._start(TUESDAY)
        await hears()
        for channel in self._channels.values():
            await channel.subscribe()
            await until(lambda channel=channel: self._is_subscribed(channel), PATIENCE)  # type: ignore[misc]
        await self._end()
        for channel in self._channels.values():
            channel.answers = len(channel.world.shown(channel.target))
            channel.came.clear()

    async def nine_o_clock(self) -> None:
        """Every channel's hour comes, the earliest first; the tick in which a digest is due comes with the minute."""
        due = {channel.name: (await self._standing(channel)).next_due_at for channel in self._channels.values()}
        for channel in sorted(self._channels.values(), key=lambda channel: due[channel.name]):
            next_minute = due[channel.name].replace(second=0, microsecond=0) + timedelta(minutes=1)
            self._start(next_minute - timedelta(seconds=2))
            if channel.killed_after:
                await self._end(killed=True)
                self._start(ShiftedClock(self._ahead).now())
            await until(lambda channel=channel: self._has_run(channel), PATIENCE)  # type: ignore[misc]
            await self._end()

    def _witness(self, what: str, name: str, done: bool) -> None:
        """Note a message that has come, and kill the bot before it hears of it where that is wanted."""
        if what != MESSAGE or not done or name not in self._channels:
            return
        channel = self._channels[name]
        channel.came.append(ShiftedClock(self._ahead).now())
        if len(channel.came) == channel.killed_after and self._bot is not None:
            self._bot.kill()

    def _start(self, at: datetime) -> None:
        self._ahead = at - datetime.now(UTC)
        self._bot = start(self._environment, self._ahead, answering=True)

    async def _end(self, *, killed: bool = False) -> None:
        if self._bot is not None:
            if not killed:
                self._bot.terminate()
            await asyncio.to_thread(self._bot.join, PATIENCE)

    async def _standing(self, channel: Channel) -> Standing:
        standing = await self._store.subscriptions.get(channel.target, Kind.DAILY)
        if standing is None:
            raise LookupError(f"{channel.name} is not subscribed")
        return standing

    async def _is_subscribed(self, channel: Channel) -> bool:
        return await self._store.subscriptions.get(channel.target, Kind.DAILY) is not None

    async def _has_run(self, channel: Channel) -> bool:
        return (await self._standing(channel)).last_run_at is not None


async def tell(source: str) -> str:
    """The transcript, with the lists of a Hugging Face at that address."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="paperwire-digests-"))
        slack = await stack.enter_async_context(SlackServer())
        discord = await stack.enter_async_context(DiscordServer().run())
        at_slack, at_discord = SlackWorld(slack), DiscordWorld(discord)
        channels = [
            _on_slack("#reading at Slack", "Asia/Tokyo", at_slack, slack),
            _on_slack("#papers at Slack", "Europe/Berlin", at_slack, slack),
            _on_discord("#papers on Discord", "America/New_York", at_discord, discord, killed_after=3),
        ]
        environment = {"PAPERWIRE_DATA": folder, "HF_ENDPOINT": source, "PAPERWIRE_ARXIV_URL": source}
        environment |= at_slack.environment | at_discord.environment
        store = await stack.enter_async_context(open_store(load(environment), ShiftedClock(timedelta())))
        story = Story(store, environment, channels)

        async def hears() -> None:
            await slack.until(lambda: slack.connections, PATIENCE)
            await discord.until(lambda: discord.gateway.connected, PATIENCE)

        await story.subscribe(hears)
        await story.nine_o_clock()
        return "\n\n".join("\n".join(channel.transcript()) for channel in channels)


def _on_slack(name: str, zone: str, world: SlackWorld, server: SlackServer) -> Channel:
    target = world.add_channel()
    somebody = SlackUser(server, OverSocket(server), user="U9")
    line = f"subscribe at 09:00 in {zone} top {TOP}"
    return Channel(name, zone, world, target, lambda: somebody.command(line, target.channel))


def _on_discord(name: str, zone: str, world: DiscordWorld, server: DiscordServer, *, killed_after: int) -> Channel:
    target = world.add_channel()
    somebody = Person(server, target.workspace.partition(":")[2], target.channel)

    async def subscribe() -> None:
        await somebody.answer(await somebody.command("subscribe", time="09:00", zone=zone, top=TOP), PATIENCE)

    return Channel(name, zone, world, target, subscribe, killed_after)


def _lines(message: Shown) -> list[str]:
    """A message's lines, those in a thread behind an arrow."""
    lines = [line.strip() for line in message.words.splitlines() if line.strip()]
    return [f"> {line}" for line in lines] if message.thread else lines


async def _main(source: str | None) -> None:
    if source is not None:
        print(await tell(source))
        return
    async with daily_lists(5) as lighthouses:
        print(await tell(lighthouses))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", help="address of a Hugging Face with the lists of that week; default: a small one")
    asyncio.run(_main(parser.parse_args().source))
