"""Servers that integration tests may ask for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def replay(shared_data: Path) -> Iterator[str]:
    """The recorded days of Hugging Face and arXiv, served on loopback; its base address.  Marked `real_data`."""
    script = shared_data.parent / "replay" / "serve.py"
    if not script.is_file():
        pytest.skip("the replay server is not beside this checkout")
    with subprocess.Popen([sys.executable, script, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]  # it says where it listens once it does
        finally:
            server.terminate()
