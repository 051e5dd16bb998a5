"""Time to ready: settings read, database open, engine built; beside importing the same libraries and nothing more.

Both are measured in fresh processes, in pairs that take turns at going first, from their start to the moment they say
so; figures are medians, and the ratio is the median of the pairs' ratios, so that a busy moment spoils one pair.  With
`--install` also: from a clone with nothing installed to the first list shown (of the demonstration, so that only pip
needs a network).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

NAME = "start"
ROOT = Path(__file__).parent.parent
RUNS = 11

READY = r"""
import asyncio, re, sys
from pathlib import Path
from paperwire.bootstrap import open_app
from paperwire.settings import load

async def main():
    async with open_app(load()):
        peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())  # rusage's holds the parent's too
        print(int(peak[1]) / 1024, flush=True)

asyncio.run(main())
"""
LIBRARIES = """
from importlib.metadata import packages_distributions
third = packages_distributions().keys() - {"paperwire", "bot", "adapters", "prompts"}
print(*[name for name in sys.modules if name.partition(".")[0] in third and "__mypyc" not in name])
"""
BARE = """
import asyncio, importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(0, flush=True)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often, and whether to install."""
    parser.add_argument("--runs", type=int, default=RUNS, help="fresh processes of each kind")
    parser.add_argument("--install", action="store_true", help="also measure from a fresh clone to the first list")


def run(options: argparse.Namespace) -> dict[str, object]:
    """The figures; `ratio` should be at most 1.5."""
    with tempfile.TemporaryDirectory(prefix="paperwire-start-") as folder:
        environment = os.environ | {"PAPERWIRE_DATA": folder}
        libraries = _libraries(environment)
        programs = {"ready": [READY], "bare": [BARE, *libraries]}
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for number in range(options.runs):
            for name in sorted(programs, reverse=number % 2 == 1):
                runs[name].append(_measure(programs[name], environment))
    ready, bare = ([seconds for seconds, _ in runs[name]] for name in ("ready", "bare"))
    figures: dict[str, object] = {
        "bare_imports_s": round(median(bare), 3),
        "ready_s": round(median(ready), 3),
        "ratio": round(median(ours / theirs for ours, theirs in zip(ready, bare, strict=True)), 2),
        "rss_mib": round(median(mib for _, mib in runs["ready"]), 1),
        "libraries": len(libraries),
    }
    return figures | ({"clone_to_list_s": round(_install(), 1)} if options.install else {})


def _libraries(environment: dict[str, str]) -> Sequence[str]:
    """Every module of other people's that a ready Paperwire has loaded, in order; migrates the database too."""
    subprocess.run([sys.executable, "-c", READY], cwd=ROOT, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", READY + LIBRARIES], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()[-1].split()


def _measure(program: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until the process says its word, and the number that it says."""
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", *program], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        seconds = time.perf_counter() - begun
    return seconds, float(said)


def _install() -> float:
    """Seconds from `git clone` to the first list shown."""
    with tempfile.TemporaryDirectory(prefix="paperwire-clone-") as folder:
        begun = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
        with subprocess.Popen(
            ["make", "-s", "demo"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("today\n")
            process.stdin.close()
            while not process.stdout.readline().startswith("1. "):
                if process.poll() is not None:
                    raise RuntimeError("no list was shown")
            return time.perf_counter() - begun
