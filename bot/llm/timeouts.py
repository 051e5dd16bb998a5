"""How long a language model is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LONGEST_SILENCE = 60.0  # seconds in the middle of an answer


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until the model is held to be away."""

    connect: float = 10.0
    answer: float = 180.0  # a whole answer, all tries together
    first_piece: float = 180.0  # of a stream, from asking on, all tries together; thoughts begin it again
    silence: float = LONGEST_SILENCE  # between two pieces of a streamed answer that has begun
    farewell: float = 5.0  # after the last word of a stream, for the report of its usage

    @property
    def longest_call(self) -> timedelta:
        """What a call takes at most, repeated once; a stream that goes on talking may take longer."""
        return timedelta(seconds=2 * max(self.answer, self.first_piece) + self.silence + self.farewell)

    @classmethod
    def within(cls, seconds: float) -> Timeouts:
        """Those of a server that may take so long for a whole answer or a first word."""
        return cls(answer=seconds, first_piece=seconds, silence=min(seconds, LONGEST_SILENCE))
