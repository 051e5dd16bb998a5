"""Folders and files that are for their owner alone: they hold conversations, keys and tokens."""

from __future__ import annotations

from pathlib import Path

_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Make the folder, closed to everybody else; one that is there keeps its rights.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file, or take an existing one's rights from everybody but its owner.

    Raises:
        OSError: it cannot be made, or is somebody else's and open to all.
    """
    path.touch(mode=0o600)
    rights = path.stat().st_mode
    if rights & _OTHERS:
        path.chmod(rights & ~_OTHERS)
