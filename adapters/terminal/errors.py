"""What can go wrong with a terminal itself, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import BadInput


@contextmanager
def reading_input() -> Iterator[None]:
    """Turn the failures of a standard input into `BadInput`."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise BadInput(f"The standard input cannot be read ({reason or 'it is closed'}).") from None
