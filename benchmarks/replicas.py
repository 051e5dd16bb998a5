"""Several processes share the digests that are due on one Postgres: each is delivered once.

The platform is a file, so nothing waits for anybody's limits: what is measured is what recording each step costs.  All
processes and Postgres share the processors of this machine (`processors`), so more processes bring more only until
those are busy; `cpu_ms` is what one message costs the processes that deliver, without their start, which other machines
can count with.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import psycopg

from benchmarks.postgres import postgres
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
    with postgres() as server:
        runs = {f"replicas_{count}": _measure(server.url, folder / str(count), count, options) for count in COUNTS}
    return {"processors": os.cpu_count(), **runs}


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
        seconds, cpu = asyncio.run(_watched(workers, messages, options.slots * MESSAGES, options.patience))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
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


async def _watched(workers: Sequence[subprocess.Popen[bytes]], messages: Path, count: int, patience: float) -> Spent:
    """Let workers go once all are ready, until they have delivered so much; what comes twice has a moment to do so."""
    folder = messages.parent
    while len(list(folder.glob("ready-*"))) < len(workers):  # noqa: ASYNC110 (other processes make it true)
        await asyncio.sleep(0.05)
    used, began = _computed(workers), perf_counter()
    (folder / "go").touch()
    seen = 0
    while seen < count and perf_counter() < began + patience:
        await asyncio.sleep(0.05)
        seen = len(await asyncio.to_thread(messages.read_bytes)) // 26  # 25 characters and a line end
    spent = Spent(perf_counter() - began, _computed(workers) - used)
    await asyncio.sleep(3)
    return spent


class Spent(NamedTuple):
    """Seconds that passed, and seconds that the workers were computing."""

    seconds: float
    cpu: float


def _computed(workers: Sequence[subprocess.Popen[bytes]]) -> float:
    """Seconds that processes have computed so far, by Linux' /proc/PID/stat (see proc(5)): utime and stime."""
    ticks = 0
    for worker in workers:
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
