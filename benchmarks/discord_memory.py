"""Resident memory with many guilds, beside a bare AutoShardedClient with the same intents.

The ratio compares the adapter alone with the bare client.  The whole program is printed too: what it takes besides,
the engine's libraries, does not grow with the guilds.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from benchmarks.discord_bots import bot

NAME = "discord_memory"
GUILDS = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many guilds."""
    parser.add_argument("--guilds", type=int, default=GUILDS)


def run(options: argparse.Namespace) -> dict[str, object]:
    """MiB of each, and the ratio of adapter and bare client."""
    bare, adapter, whole = (asyncio.run(measure(kind, options.guilds)) for kind in ("bare", "adapter", "paperwire"))
    return {
        "guilds": options.guilds,
        "bare_mib": bare,
        "adapter_mib": adapter,
        "whole_program_mib": whole,
        "ratio": round(adapter / bare, 3),
    }


async def measure(kind: str, guilds: int) -> float:
    """Resident MiB of a bot that has taken in all guilds."""
    async with bot(kind, guilds) as (_, process):
        status = await asyncio.to_thread(Path(f"/proc/{process}/status").read_text)
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return round(int(line.split()[1]) / 1024, 1)
