"""Which processes of this machine live: each holds the lock on a file of its own in the data folder.

The kernel lets go of a lock when its process ends, however that ends.  So another process of the same machine knows at
once that a lease's owner is dead, and need not wait until the lease runs out.  Numbers of processes would not do: they
come again, and mean something else in each container.  Where anything is in doubt, a process counts as alive: its file
is not there, the machine was started again, or it is another one.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from bot.private import make_private_folder

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

FOLDER = "processes"
KEPT = 86_400.0  # seconds for which the file of a dead process stays: longer than any lease that matters
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # of Linux, other at each start of a machine (man 4 random)


class Processes:
    """This process among those that share a data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._descriptor: int | None = None

    @cached_property
    def own(self) -> str | None:
        """This process's name, by which others see that it lives; None where that cannot be seen."""
        machine = _machine()
        if fcntl is None or machine is None:
            return None
        name = secrets.token_hex(8)
        try:
            make_private_folder(self._folder)
            self._sweep()
            self._descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return None
        return f"{machine}/{name}"

    def is_dead(self, process: str) -> bool:
        """Whether a process of that name has surely ended."""
        machine, _, name = process.partition("/")
        if process == self.own or machine != _machine() or not name.isalnum():
            return False
        return _is_free(self._folder / name)

    def close(self) -> None:
        """This process ends, and has given back what it held."""
        if self._descriptor is None or self.own is None:
            return
        with suppress(OSError):
            (self._folder / self.own.partition("/")[2]).unlink()
        os.close(self._descriptor)
        self._descriptor = None

    def _sweep(self) -> None:
        """Drop the files of processes that died long ago."""
        before = time.time() - KEPT
        for file in self._folder.iterdir():
            with suppress(OSError):  # another process drops it, too
                if file.stat().st_mtime < before and _is_free(file):
                    file.unlink()


def _machine() -> str | None:
    """What names this start of this machine; None where nothing does."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return None


def _is_free(file: Path) -> bool:
    """Whether a file is there, and nobody holds the lock on it."""
    try:
        descriptor = os.open(file, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
