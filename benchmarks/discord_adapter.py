"""The adapter by itself, with a store in memory: `python -m benchmarks.discord_adapter API_URL TOKEN`.

It shows what the adapter costs, apart from the engine's libraries, which every platform shares.
"""

from __future__ import annotations

import asyncio
import sys


async def serve(api_url: str, token: str) -> None:
    """Serve until killed."""
    from adapters.discord.app import DiscordApp
    from adapters.discord.services import Services
    from bot.chat.commands import COMMANDS
    from bot.chat.engine import Engine
    from bot.chat.helping import Helping
    from bot.clock import SystemClock
    from bot.digests.pausing import LostChannels
    from bot.testing.digests import FakePoster
    from bot.testing.store import FakeStore

    store = FakeStore()
    services = Services(
        engine=Engine(COMMANDS, {"help": Helping(COMMANDS).help}),
        papers=store.papers,
        conversations=store.conversations,
        events=store.events,
        open_replies=store.open_replies,
        workspaces=store.workspaces,
        managers=store.managers,
        channels=LostChannels(store.subscriptions, FakePoster()),
        leases=store.leases,
        clock=SystemClock(),
    )
    await DiscordApp(services, token, api_url).run()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:3]))
