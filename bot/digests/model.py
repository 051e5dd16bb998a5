"""What is posted where and when: subscriptions, slots and digests.  Pure data."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.digests.schedule import Schedule
from bot.documents.model import Document


class Kind(StrEnum):
    """How often a subscription speaks."""

    DAILY = "daily"
    WEEKLY = "weekly"  # a round-up of the week


class Edition(StrEnum):
    """Which list a daily digest shows."""

    FINAL = "final"  # the newest list that is complete
    LIVE = "live"  # today's list as far as it is


class EmptyDays(StrEnum):
    """What a channel hears on a day without papers."""

    SAY = "say"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a digest goes: a channel of a workspace ("slack:T1", "discord:9", "mail:…"); ids are the platform's."""

    workspace: str
    channel: str

    @property
    def platform(self) -> str:
        """The part before the colon: which poster serves it."""
        return self.workspace.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One channel's wish; a channel has at most one of each kind.

    `topics` and `muted` are words or phrases in lower case.  `jitter` is in seconds, added to each slot.
    """

    target: Target
    owner: str  # the user who subscribed, told when it has to pause
    schedule: Schedule
    kind: Kind = Kind.DAILY
    edition: Edition = Edition.FINAL
    top: int = 10
    topics: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    language: str = "en"
    empty_days: EmptyDays = EmptyDays.SILENT

    @property
    def jitter(self) -> int:
        """Up to two minutes, the same for a channel each day, so that nine o'clock is not one instant for all."""
        digest = hashlib.sha256(f"{self.target.workspace}/{self.target.channel}".encode()).digest()
        return int.from_bytes(digest[:4]) % 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription with what has become of it.  Instants in UTC."""

    subscription: Subscription
    next_due_at: datetime
    last_list_day: date | None = None  # the newest list that was posted
    last_run_at: datetime | None = None
    last_note: str = ""  # a sentence: the last fault, a skipped slot
    refusals: int = 0  # how often in a row the platform said no
    paused: str = ""  # why it is paused, as a sentence; "" while it runs


@dataclass(frozen=True, slots=True)
class Slot:
    """One digest that is owed.  Nothing else decides whether it is the same one.

    `day` is the list day (of a weekly one its Monday); for a notice about an empty day, that day.
    """

    target: Target
    kind: Kind
    day: date
    edition: Edition
    notice: bool = False  # an empty day's sentence rather than papers

    @property
    def key(self) -> str:
        """A stable name: `discord:9/123/daily/2026-07-10/final`."""
        what = f"{self.kind}/{self.day.isoformat()}/{self.edition}"
        return f"{self.target.workspace}/{self.target.channel}/{what}" + ("/notice" if self.notice else "")


@dataclass(frozen=True, slots=True)
class Owed:
    """A digest that has to be composed and delivered.  `days` are the list days it draws from, oldest first."""

    slot: Slot
    days: tuple[date, ...]
    due: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a digest that lacked something; of one digest no two are `at` the same instant (UTC)."""

    owed: Owed
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest.  `paper_id` is empty for the root and for notes."""

    number: int  # 0 is the root
    document: Document
    paper_id: str = ""
    revision: int = 0  # of the digest, when this message was last changed


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a digest lacked when it was composed, and may still get."""

    unread: tuple[date, ...] = ()  # lists that could not be had
    old: tuple[date, ...] = ()  # lists of which an older copy had to do
    summaries: bool = False
    known: tuple[str, ...] = ()  # the papers of all lists that were had

    @property
    def days(self) -> tuple[date, ...]:
        """The lists to ask for again."""
        return tuple(sorted((*self.unread, *self.old)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest as composed: frozen, so that a second try sends the same words.

    `missing` says what could not be had (a list that is old, summaries), "" if all is there; where that can still be
    made good, `gaps` says how, and the root's last block is about it.  `through` is the newest list day up to which
    nothing is missing; the next digest goes on from there.  Each time something is made good is a `revision`.
    """

    slot: Slot
    title: str  # of the thread; at most 90 characters
    parts: tuple[Part, ...]
    missing: str = ""
    through: date | None = None
    gaps: Gaps | None = None
    revision: int = 0

    @classmethod
    def notice(cls, slot: Slot, document: Document, *, missing: str = "", through: date | None = None) -> Digest:
        """A digest without papers: one sentence."""
        return cls(slot=slot, title=document.title, parts=(Part(0, document),), missing=missing, through=through)

    @property
    def is_notice(self) -> bool:
        """Whether it only says why there are no papers."""
        return not self.paper_ids

    @property
    def paper_ids(self) -> tuple[str, ...]:
        """The papers it holds, in order."""
        return tuple(part.paper_id for part in self.parts if part.paper_id)


def delivery_key(slot: Slot, part: int) -> str:
    """The name of one message, 25 characters of base32: the longest nonce that Discord takes."""
    digest = hashlib.sha256(f"{slot.key}#{part}".encode()).digest()
    return base64.b32encode(digest).decode()[:25].lower()


class DeliveryState(StrEnum):
    """How far one message is."""

    PLANNED = "planned"
    SENDING = "sending"  # a request may have left
    SENT = "sent"
    UNKNOWN = "unknown"  # it may have arrived, and cannot be looked for: never repeated
    SKIPPED = "skipped"


class Marked(StrEnum):
    """What became of a mark."""

    DONE = "done"
    REVIVED = "revived"  # the message had been given up as UNKNOWN, and whoever claimed it knows better
    VOID = "void"  # somebody else has claimed the message since, or it had ended otherwise: nothing was changed


MARKED_FROM = {  # the states that a mark may follow, under one claim
    DeliveryState.PLANNED: (DeliveryState.SENDING, DeliveryState.PLANNED),
    DeliveryState.SENDING: (DeliveryState.PLANNED, DeliveryState.SENDING),
    DeliveryState.SENT: (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT),
    DeliveryState.UNKNOWN: (DeliveryState.SENDING, DeliveryState.UNKNOWN),
    DeliveryState.SKIPPED: (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SKIPPED),
}
REVIVES = (DeliveryState.SENT, DeliveryState.PLANNED)  # what is certain, so it may follow UNKNOWN
