"""What was typed before, kept in the data folder for the arrow keys."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from adapters.terminal.limits import HISTORY_LINES


def open_history(path: Path | None) -> History:
    """The history in that file, readable for its owner alone; without a usable file, one that lasts for this chat."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        _shorten(path)
    except OSError:
        return InMemoryHistory()
    return _PatientHistory(str(path))


class _PatientHistory(FileHistory):
    """A file that gives up in silence: a full disk is no reason to disturb whoever types."""

    def store_string(self, string: str) -> None:
        """Write a line down, or keep it for this chat alone."""
        with suppress(OSError):
            super().store_string(string)


def _shorten(path: Path) -> None:
    """Keep the newer half of a file that has grown long.  An entry is an empty line, its time, and its text."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    if len(lines) > HISTORY_LINES:
        path.write_text("".join(lines[-HISTORY_LINES // 2 :]), encoding="utf-8")
