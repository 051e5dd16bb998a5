"""The program from outside: a process, its input and output, its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NOBODY_LISTENS = "http://127.0.0.1:9"  # the discard port: refused at once


@dataclass(frozen=True)
class Outcome:
    """How a process ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Program:
    """`paperwire` with an empty data folder and no source, unless said otherwise."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, typed: str | None = None, **settings: str) -> Outcome:
        """Run it with arguments, what is typed, and more settings."""
        process = subprocess.run(
            [sys.executable, "-c", "from paperwire.cli import main; main()", *words],
            input=typed,
            stdin=subprocess.DEVNULL if typed is None else None,
            capture_output=True,
            text=True,
            encoding=settings.get("PYTHONIOENCODING"),
            timeout=60,
            cwd=self.folder,
            env=self._environment(settings),
            check=False,
        )
        assert "Traceback" not in process.stderr + process.stdout
        return Outcome(process.returncode, process.stdout, process.stderr)

    def started(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start it, to be talked to through its pipes; with more settings."""
        return subprocess.Popen(
            [sys.executable, "-c", "from paperwire.cli import main; main()", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self._environment(settings),
        )

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Nothing of the settings of whoever runs the tests."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
        own = {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PAPERWIRE_DATA": str(self.folder / "data"),
            "HF_ENDPOINT": NOBODY_LISTENS,
            "PAPERWIRE_ARXIV_URL": NOBODY_LISTENS,
        }
        return inherited | own | dict(settings)


@pytest.fixture
def paperwire(tmp_path: Path) -> Program:
    """The program, in a folder of its own."""
    return Program(tmp_path)
