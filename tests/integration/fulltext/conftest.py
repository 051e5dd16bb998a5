"""A workshop with short patience."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.papers.fulltext.workshop import Workshop


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    """Parsing processes as they are in use, closed at the end."""
    workshop = Workshop(processes=1)
    yield workshop
    await workshop.close()
