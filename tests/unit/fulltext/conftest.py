"""A paper to hide things in."""

from __future__ import annotations

import pytest

SENTENCES = (
    "We measure how fast a small tree grows in poor soil.",
    "Each tree was watered once a day for six weeks, at noon.",
    "The soil came from three fields and was mixed by hand.",
    "Heights were read on Mondays with a ruler of one metre.",
    "Trees in mixed soil grew 14 percent taller than the others.",
    "The difference is larger than what chance would explain.",
)


@pytest.fixture(scope="session")
def prose() -> list[str]:
    """Sentences enough for a paper."""
    return [*SENTENCES] * 4
