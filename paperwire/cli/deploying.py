"""The commands of set-up and deployment on platforms."""

from __future__ import annotations

import sys

from bot.logs import log_to_file
from paperwire import on_discord, on_slack
from paperwire.bootstrap import open_app
from paperwire.settings import load


async def setup_discord() -> int:
    """Print what to do for Discord."""
    _print(on_discord.setup_text(load()))
    return 0


async def setup_slack(*, http: bool) -> int:
    """Print the app manifest for Slack, and what to do with it."""
    _print(on_slack.setup_text(http=http))
    return 0


async def sync_discord() -> int:
    """Tell Discord the commands, if they have changed."""
    settings = load()
    log_to_file(settings.data)
    async with open_app(settings) as app:
        changed = await on_discord.sync(app)
    _print("Discord has been told the commands." if changed else "Discord knows these commands already.")
    return 0


def _print(words: str) -> None:
    sys.stdout.write(words + "\n")
