"""Dropping the thoughts that some open models write before their answer, between <think> and </think>.

Only thoughts at the very beginning are thoughts; the same marks later on are part of the answer.
"""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Passes on a streamed answer without its opening thoughts, however the pieces are cut."""

    def __init__(self) -> None:
        self._held = ""
        self._answering = False

    def feed(self, piece: str) -> str:
        """What of the answer is sure after this piece."""
        if self._answering:
            return piece
        self._held += piece
        start = self._held.lstrip()
        if start.startswith(OPEN):
            _, closed, answer = start.partition(CLOSE)
            return self._release(answer.lstrip()) if closed and answer.strip() else ""
        return "" if OPEN.startswith(start) else self._release(self._held)

    def end(self) -> str:
        """What was still held back when the answer ended: half an opening mark is an answer after all."""
        held, self._held = self._held, ""
        return "" if self._answering or held.lstrip().startswith(OPEN) else held

    def _release(self, text: str) -> str:
        self._answering, self._held = True, ""
        return text


def without_thoughts(text: str) -> str:
    """The answer alone.  Thoughts that never end leave nothing."""
    thoughts = ThoughtFilter()
    return thoughts.feed(text) + thoughts.end()
