"""Claims: the right to send one message, for a while, and what became of it until the store knows.

A process may be frozen at any instant (a suspended laptop, a moved virtual machine) and wake up when others have taken
its work over.  So a claim ages: its request leaves soon or not at all, and a mark counts only under the last claim.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.digests.model import DeliveryState, Part, Slot
from bot.digests.ports import Leave, MessageRef
from bot.errors import Ambiguous, Transient
from bot.ports import Clock

SETTLED = timedelta(minutes=1)  # after so long a claim's request has had its effect, or never will
IN_DOUBT = "The platform had a fault of its own; it is not known whether the message arrived."
MOST_OPEN = 10_000  # claims; a process has a hundred digests under way


class Result(StrEnum):
    """What became of one try to send a message."""

    SENT = "sent"
    UNKNOWN = "unknown"
    REJECTED = "rejected"  # the platform does not take its form; the rest of the digest can go on
    REFUSED = "refused"  # the platform takes nothing of the bot's there
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Sent:
    """A try's result; for LATER after how many seconds the next makes sense, for REFUSED why, as a sentence."""

    result: Result
    wait: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about a message, and the result of the try that found out."""

    state: DeliveryState
    sent: Sent
    ref: MessageRef | None = None


@dataclass(slots=True)
class Claim:
    """One try to send a message.

    Args:
        clock: also counts the time in which the machine is suspended.
        lasts: for how long its request may still leave; others wait for twice as long before they send it again.
    """

    clock: Clock
    lasts: timedelta
    at: datetime = field(init=False)
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    has_left: bool = False
    verdict: Verdict | None = None
    is_revived: bool = False  # whether others had given the message up in the meantime

    def __post_init__(self) -> None:
        self.at = self.clock.now()

    def leave(self) -> None:
        """Note that the request leaves now.  Raises `Transient` where the claim is too old, or time went back."""
        if not timedelta() <= self.clock.now() - self.at <= self.lasts:
            raise Transient("The process was held up before the message could leave.", retry_after=1.0)
        self.has_left = True


class OpenClaims:
    """The claims of one process whose end the store does not know yet, by slot and number.

    A store that fails is told again, and the platform is not asked again.
    """

    def __init__(self) -> None:
        self._claims: OrderedDict[tuple[str, int], Claim] = OrderedDict()

    def of(self, slot: Slot, part: Part) -> Claim | None:
        """The open claim of a message."""
        return self._claims.get((slot.key, part.number))

    def keep(self, slot: Slot, part: Part, claim: Claim) -> None:
        """Keep a claim."""
        self._claims[slot.key, part.number] = claim
        if len(self._claims) > MOST_OPEN:
            self._claims.popitem(last=False)

    def forget(self, slot: Slot, part: Part) -> None:
        """Keep a message's claim no longer."""
        self._claims.pop((slot.key, part.number), None)


@dataclass(slots=True)
class _Message:
    """A message whose requests ask before they leave: a library may repeat one by itself."""

    leave: Leave
    may_repeat: bool
    is_in_doubt: bool = False
    held_back: Transient | None = None  # what kept its last request here

    def ask(self) -> None:
        """Raises what keeps a request here."""
        self.held_back = None
        try:
            if self.is_in_doubt and not self.may_repeat:
                raise Ambiguous(IN_DOUBT)
            self.leave()
        except Transient as error:
            self.held_back = Ambiguous(IN_DOUBT) if self.is_in_doubt else error
            raise self.held_back from None


_message: ContextVar[_Message | None] = ContextVar("message", default=None)


@contextmanager
def leaving(leave: Leave, *, may_repeat: bool = True) -> Iterator[None]:
    """Have the requests of this block call `leave` right before they leave, where their connection says so.

    With `may_repeat` False, none follows one of which nobody knows whether it had its effect.
    """
    message = _Message(leave, may_repeat)
    before = _message.set(message)
    try:
        yield
    except Exception as error:
        if message.held_back is None or message.held_back is error:
            raise
    else:
        return
    finally:
        _message.reset(before)
    raise message.held_back  # which the library had wrapped in an error of its own


def about_to_leave() -> None:
    """For connections: bytes of a request of this task leave now.  Raises what keeps them here.

    Raises:
        Transient: its claim is too old.
        Ambiguous: an earlier request is in doubt.
    """
    if (message := _message.get()) is not None:
        message.ask()


def in_doubt() -> None:
    """For connections: nobody knows whether the last request of this task had its effect."""
    if (message := _message.get()) is not None:
        message.is_in_doubt = True
