"""The two bots that `ack_slack` compares, each a process: `python -m benchmarks.slack_bots bare|paperwire API_URL`.

Both answer `/papers help` in private: the bare one by bolt alone, Paperwire by its whole path.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import SlackApp, SlackStore
from adapters.slack.config import SlackConfig
from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Reply
from bot.clock import SystemClock
from bot.documents.model import Document, Paragraph, text
from bot.testing.store import FakeStore
from tests.servers.slack import APP_TOKEN, BOT_TOKEN


async def run_bare(api_url: str) -> None:
    """Bolt with an empty handler."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=api_url)
    app = AsyncApp(client=client)

    @app.command("/papers")
    async def papers(ack: AsyncAck) -> None:
        await ack()

    handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=client)
    await handler.start_async()  # type: ignore[no-untyped-call]


async def run_paperwire(api_url: str) -> None:
    """The adapter over an engine that answers at once."""

    async def helps(asked: Asked) -> AsyncIterator[Reply]:
        yield Final(Document("Help", (Paragraph(text("Commands.")),), private=True))

    store = FakeStore()
    parts = SlackStore(
        events=store.events,
        open_replies=store.open_replies,
        conversations=store.conversations,
        vault=store.vault,
        leases=store.leases,
        managers=store.managers,
        workspaces=store.workspaces,
    )
    config = SlackConfig(api_url=api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    await SlackApp(engine=Engine(COMMANDS, {"help": helps}), config=config, store=parts, clock=SystemClock()).run()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run({"bare": run_bare, "paperwire": run_paperwire}[sys.argv[1]](sys.argv[2]))
