"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The recorded data that lies beside the checkout; tests that ask for it are marked `real_data`."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the recorded data is not beside this checkout")
    return SHARED_DATA
