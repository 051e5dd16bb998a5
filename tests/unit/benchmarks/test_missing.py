"""A benchmark without what it needs says so in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["ask", "text", "library", "retrieval", "pointers", "answerability"])
def test_a_benchmark_without_recorded_data_names_the_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "checkout").mkdir()
    for part in ("benchmarks", "paperwire", "bot", "adapters", "prompts", "tests"):
        (tmp_path / "checkout" / part).symlink_to(ROOT / part)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", name],
        cwd=tmp_path / "checkout",
        env={"PATH": "", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.strip().splitlines()
    assert "shared/data" in sentence
