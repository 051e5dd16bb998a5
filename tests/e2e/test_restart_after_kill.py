"""`paperwire run` is killed and started again: it does not wait for what it held itself."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

import pytest

from tests.servers.discord import DiscordServer

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
RESTARTS = 5
LEASE_FELT = 6.0  # seconds more than the first start took, with which a lease of 15 seconds would be felt


async def _start(folder: Path, **settings: str) -> Process:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PAPERWIRE_DATA": str(folder / "data")}
    code = "from paperwire.cli import main; main()"
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, "run"), cwd=folder, env=environment | settings, stderr=DEVNULL, stdin=DEVNULL
    )


@pytest.mark.long
async def test_killed_bot_is_back_on_discord_without_waiting_for_its_own_lease(
    database_url: str, tmp_path: Path
) -> None:
    took: list[float] = []
    async with DiscordServer().run() as discord:
        settings = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.url, "DATABASE_URL": database_url}
        for start in range(RESTARTS + 1):
            began = time.monotonic()
            process = await _start(tmp_path, **settings)
            await discord.until(lambda start=start: len(discord.gateway.identified) > start, PATIENCE)  # type: ignore[misc]
            took.append(time.monotonic() - began)
            process.kill()
            await process.wait()
        assert not discord.violations
    print("seconds from start to identified:", [round(seconds, 1) for seconds in took])  # noqa: T201 (shown with -s)
    assert max(took[1:]) < took[0] + LEASE_FELT
