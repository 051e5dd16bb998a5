"""A model's reply while it is being written: the claims that are complete so far."""

from __future__ import annotations

import re

from bot.reading.pointers import Claim
from bot.reading.replies import Verdict, claims_in, short

_OUTSIDE = re.compile(r'["{}]')
_INSIDE = re.compile(r'["\\]')  # a JSON string
_VERDICT = re.compile(r'"verdict"\s*:\s*"(\w*)"')


class GrowingReply:
    """Reads a JSON reply piece by piece, each character once.

    `claims` are those of the finished reply that can be read so far, in its order.  After another verdict than
    "answered" there are none, since such claims do not count.
    """

    def __init__(self) -> None:
        self.claims: tuple[Claim, ...] = ()
        self._text = ""
        self._read = 0  # characters
        self._in_string = False
        self._opened: list[int] = []  # where the objects begin that are not closed yet
        self._innermost = 0  # objects that begin before here hold another one, which a claim does not
        self._is_answered: bool | None = None  # None: no claim was complete so far

    def grow(self, piece: str) -> bool:
        """Add what was written next; whether there are more claims now."""
        before = len(self.claims)
        self._text += piece
        while found := (_INSIDE if self._in_string else _OUTSIDE).search(self._text, self._read):
            if found[0] == "\\":
                if found.end() == len(self._text):
                    return len(self.claims) > before  # what is escaped comes with the next piece
                self._read = found.end() + 1
                continue
            self._read = found.end()
            if found[0] == '"':
                self._in_string = not self._in_string
            elif found[0] == "{":
                self._opened.append(found.start())
            elif self._opened:
                self._close(self._opened.pop(), self._read)
        self._read = max(self._read, len(self._text))
        return len(self.claims) > before

    def _close(self, begin: int, end: int) -> None:
        is_innermost, self._innermost = begin >= self._innermost, end
        claims = claims_in(self._text[begin:end]) if is_innermost and self._is_answered is not False else ()
        if not claims:
            return
        if self._is_answered is None:
            verdict = _VERDICT.search(self._text, 0, begin)
            self._is_answered = verdict is None or verdict[1] == Verdict.ANSWERED
        if self._is_answered:
            self.claims = short((*self.claims, *claims))
