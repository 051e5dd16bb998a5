"""A question to papers, and an answer with all that is needed to trust it or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.llm.model import Message, Usage
from bot.reading.evidence import Found
from bot.reading.lexical import terms
from bot.reading.pointers import CheckedClaim

SHORT_QUESTION = 3  # terms; a follow-up as short as that ("and on GPUs?") is looked up with the question before it
_LEANS_BACK = re.compile(
    r"\s*(?:and|but|so|then|also|what about|how about|why|how so)\b|\b(?:it|its|that|those|these|them|this|there)\b",
    re.IGNORECASE,
)


class Outcome(StrEnum):
    """What became of a question.  Only `NOT_IN_PAPER` says something about the paper; see `outcomes.py`."""

    ANSWERED = "answered"
    NOT_IN_PAPER = "not_in_paper"  # the model says so, the whole text was read, and none of it seems to answer
    NOT_FOUND = "not_found"  # the model found no answer, but not all was read, or retrieval finds passages that fit
    UNPROVEN = "unproven"  # the model answered; the sentences it cites do not support any of its claims
    UNREADABLE = "unreadable"  # the model answered in no form that can be read
    CUT = "cut"  # the model's answer broke off at its length limit before its first claim that holds
    NO_MATCH = "no_match"  # without a model: no passage has the question's words
    PASSAGES = "passages"  # no model, or it failed: the passages where an answer should stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with all that is needed to trust it or not."""

    question: str
    outcome: Outcome
    found: Found
    claims: tuple[CheckedClaim, ...] = ()
    passages_read: int = 0
    calls: int = 0
    usage: Usage | None = None  # of all calls together
    model: str = ""
    dropped: int = 0  # claims that did not hold
    note: str = ""  # why this is a lesser answer, or not all of one, as a plain sentence
    remembered: bool = False  # the model said so before; this time it was not asked

    @property
    def settles(self) -> bool:
        """Whether the model has done its part: asked again, it would say the same."""
        return self.outcome in (Outcome.ANSWERED, Outcome.NOT_IN_PAPER, Outcome.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what was said before, oldest first."""

    text: str
    history: tuple[Message, ...] = ()

    @property
    def search(self) -> str:
        """What to look for: a short follow-up means little without the question before it, yet weighs more."""
        before = next((turn.content for turn in reversed(self.history) if turn.role == "user"), None)
        return f"{before} {self.text} {self.text}" if before and not self.stands_alone else self.text

    @property
    def stands_alone(self) -> bool:
        """Whether it can be understood without what was said before."""
        length = len(terms(self.text))
        return length > SHORT_QUESTION or (length > 1 and not _LEANS_BACK.search(self.text))
