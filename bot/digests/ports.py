"""What digests need of the platforms and of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.digests.model import (
    DeliveryState,
    Digest,
    Kind,
    Look,
    Marked,
    Owed,
    Part,
    Slot,
    Standing,
    Subscription,
    Target,
)
from bot.digests.planning import Plan
from bot.documents.model import Document

Leave = Callable[[], None]


def unhindered() -> None:
    """Let a request leave whenever it is ready."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that was posted; both are the platform's own ids.

    `thread` is where replies to it go: "" for plain replies, None while its thread is not open yet.
    """

    message: str
    thread: str | None = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one message is.

    `claim` names the last try to send it, "" before the first one; `at` is when it was last marked (UTC).
    """

    state: DeliveryState = DeliveryState.PLANNED
    ref: MessageRef | None = None
    claim: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a code is subject to: how long and how often it may be tried, and how many are sent to one address."""

    lifetime: timedelta
    tries: int
    mails_an_hour: int


@dataclass(frozen=True, slots=True)
class Issue:
    """A digest that has gone out, as a feed shows it.  Instants in UTC."""

    digest: Digest
    published: datetime  # when its first message was sent
    updated: datetime  # when its newest one was


class Poster(Protocol):
    """A platform that digests are posted to.  An adapter implements it; nothing here knows which.

    Whoever posts has waited for one request's turn; one that takes more waits for the others itself.

    Every `post` makes at most one visible message (a document that is too long for one is shortened with a label, never
    split).  Posts are quiet: no mention, no preview, no sound.
    """

    @property
    def platform(self) -> str:
        """The prefix of the workspaces it serves: "slack", "discord"."""

    @property
    def seconds_between(self) -> float:
        """The least time between two messages in one channel."""

    @property
    def per_second(self) -> float | None:
        """The most requests a second that are counted together; None where each channel counts for itself."""

    @property
    def burst(self) -> int:
        """How many of these may leave at once after a rest."""

    def counted_with(self, target: Target) -> str:
        """What a message to that channel is counted together with, as a name: all of the bot's, or its workspace's."""

    @property
    def can_edit(self) -> bool:
        """Whether a message that was posted can be changed; where not, a digest stays as it came."""

    async def post_root(
        self, target: Target, title: str, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post a digest's first message.  Where it needs a thread that is not open yet, `thread` is None.

        Args:
            target: the channel.
            title: of a forum's post.
            document: what to post.
            key: names this message; a platform that can drop a repetition by it does so.
            leave: called right before the request that posts leaves; what it raises keeps the request here.

        Raises:
            TargetGone: no such channel, or no right to write there.
            RateLimited: refused for now; `retry_after` says how long.
            Transient: refused, surely not posted.
            Ambiguous: the request may have left; nobody knows whether it was posted.
            ContentRejected: the platform does not take this form.
        """

    async def open_thread(self, target: Target, root: MessageRef, title: str) -> MessageRef:
        """Open the root's thread if it is not open; the root with its thread.  Doing so twice changes nothing more.

        Raises:
            ContentRejected: the root is not there any more.
            TargetGone, RateLimited, Transient: as `post_root`; `Ambiguous` is worth another try here.
        """

    async def post_reply(
        self, target: Target, root: MessageRef, document: Document, key: str, leave: Leave = unhindered
    ) -> MessageRef:
        """Post into the root's thread, or as a plain reply where threads are forbidden.  As `post_root`."""

    async def edit(
        self, target: Target, root: MessageRef | None, ref: MessageRef, document: Document, key: str
    ) -> None:
        """Let a message that was posted show `document`, and bear the same key.  Doing so twice changes nothing more.

        Without `root` it is a root itself.

        Raises:
            TargetGone: the message is gone, or may not be changed any more.
            RateLimited, Transient, ContentRejected: as `post_root`; `Ambiguous` is worth another try here.
        """

    async def find(
        self, target: Target, root: MessageRef | None, title: str, key: str, since: datetime
    ) -> MessageRef | None:
        """Look for a message by its key; None if it surely is not there.

        Without `root` it is a root itself.  `since` is when it was claimed; `looking.back_to` says how far a look goes.

        Raises:
            Ambiguous: this platform (or the rights given) does not let the bot look, or there is too much to look at.
            TargetGone, Transient: as `post_root`.
        """

    async def look_at(self, target: Target) -> None:
        """See whether a digest could be posted there; nothing is posted.

        Raises:
            TargetGone, Unauthorized: not; says why.
            Transient: nobody knows.
        """

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A private message to one user: that a subscription had to pause.  Raises as `post_root`."""


class Mailer(Protocol):
    """A platform that takes a digest whole, as one message, which nobody can look for or change afterwards."""

    @property
    def per_second(self) -> float | None:
        """The most messages a second."""

    async def mail(self, digest: Digest, key: str) -> MessageRef:
        """Send it.  `key` names the message; whoever gets it twice can tell by it.  Raises as `Poster.post_root`."""


class SendsCodes(Protocol):
    """Sends an address the code that shows that whoever reads there wants digests."""

    async def send_code(self, address: str, code: str) -> None:
        """Send it.  Raises as `Mailer.mail`."""


class OptIns(Protocol):
    """Which addresses have agreed to get mail, and which are asked.  A target's channel is the address."""

    async def ask(self, target: Target, code: str, now: datetime, terms: Terms) -> bool:
        """Let this code (a hash of it) be redeemed, and no other one there; False if too many were asked for."""

    async def take_back(self, target: Target) -> None:
        """The newest code has surely not been sent: it is void, and does not count."""

    async def redeem(self, workspace: str, code: str, now: datetime) -> Target | None:
        """The address whose code that is; it has agreed now.  A wrong one costs each code of the workspace a try."""

    async def has_agreed(self, target: Target) -> bool:
        """Whether mail may go there."""

    async def withdraw(self, target: Target) -> None:
        """No more mail; an open code is void.  How many were sent stays known."""

    async def forget_before(self, instant: datetime) -> list[Target]:
        """Drop those that have not agreed and whose newest code expired before then; which those were."""


class SharedTurns(Protocol):
    """Lines in which every process of this bot waits for its turn, however many there are.

    Whatever a platform counts for the bot as a whole is counted here: a line moves on by as much as each turn takes.
    """

    async def take(self, name: str, seconds: float, ahead: float = 0.0) -> float:
        """Take the next free `seconds` of a line; how many seconds from now they begin.

        A line that has rested holds what it was free for before, up to `ahead` seconds, which begin at once.
        """


class WatchesChannels(Protocol):
    """Is told by a platform which of the channels that get digests are not there any more."""

    async def subscribed(self, platform: str) -> set[Target]:
        """The channels of a platform ("discord") that get digests."""

    async def deleted(self, target: Target, name: str = "") -> None:
        """A channel was deleted: what is subscribed there pauses, and its owner is told once."""


class SubscriptionRepository(Protocol):
    """Subscriptions and what has become of them."""

    async def put(self, subscription: Subscription, next_due_at: datetime, *, paused: str = "") -> None:
        """Insert, or replace the wish (a pause ends, unless there is a sentence for one; the history stays)."""

    async def get(self, target: Target, kind: Kind) -> Standing | None:
        """One."""

    async def of_workspace(self, workspace: str) -> list[Standing]:
        """All of a workspace, by channel."""

    async def everything(self) -> list[Standing]:
        """All there are, by workspace and channel."""

    async def due(self, now: datetime, limit: int = 1000) -> list[Standing]:
        """Those not paused with `next_due_at` at or before `now`, earliest first."""

    async def running(self, platform: str) -> list[Standing]:
        """Those of a platform ("discord") that are not paused, by workspace and channel."""

    async def move_on(self, standing: Standing, plan: Plan) -> bool:
        """Write down what is owed and move on to the next slot, in one transaction.

        False if another replica did so before, or the subscription was changed since it was read.  A slot that was owed
        before is not owed again.
        """

    async def ran(self, target: Target, kind: Kind, at: datetime, list_day: date | None, note: str) -> None:
        """A slot has ended: remember when, up to which list, and what there is to say; refusals start anew."""

    async def note(self, target: Target, kind: Kind, note: str) -> None:
        """Remember a sentence for `status`."""

    async def refused(self, target: Target, kind: Kind, note: str) -> int:
        """Count a refusal; how many in a row by now."""

    async def pause(self, target: Target, kind: Kind, why: str) -> bool:
        """Pause with a sentence; False if it was paused already, so that its owner is told once."""

    async def delete(self, target: Target, kind: Kind) -> bool:
        """Forget one; False if there was none."""


class DeliveryRepository(Protocol):
    """Slots, their composed digests, and how far each message is."""

    async def waiting(self, limit: int = 1000) -> list[Owed]:
        """Digests that no worker was told of yet, longest due first."""

    async def handed_over(self, slot_keys: Iterable[str], at: datetime) -> None:
        """A worker answers for them now."""

    async def owed(self, slot_key: str) -> Owed | None:
        """What was written down about a slot."""

    async def compose(self, digest: Digest) -> None:
        """Freeze the digest of its slot; a second one for the same slot is ignored."""

    async def digest(self, slot_key: str) -> Digest | None:
        """The frozen digest of a slot."""

    async def amend(self, digest: Digest) -> bool:
        """Put the next revision of a frozen digest in its place; False if somebody else has."""

    async def outdated(self, digest: Digest) -> list[int]:
        """The numbers of its messages that are to be sent yet, or show an older revision."""

    async def look_again(self, slot_key: str, at: datetime | None) -> None:
        """Have a digest that lacks something looked at from then on; None: no more."""

    async def incomplete(self, now: datetime, limit: int = 1000) -> list[Look]:
        """The looks that are due, longest due first; one that a right clock cannot have set is due, too."""

    async def looked(self, slot_keys: Iterable[str], now: datetime) -> None:
        """A worker answers for the looks that were due at `now`."""

    async def claim(self, slot: Slot, part: Part, at: datetime, claim: str) -> bool:
        """Mark a message as SENDING under a new claim if it is PLANNED; of all who ask at the same time one hears True.

        Whoever has claimed it hears True again, and `at` is the time of the claim from then on.
        """

    async def mark(
        self,
        slot: Slot,
        part: Part,
        state: DeliveryState,
        at: datetime,
        ref: MessageRef | None = None,
        *,
        claim: str = "",
    ) -> Marked:
        """Move one message on, if its last claim is this one and `MARKED_FROM` or `REVIVES` allow it.

        With SENT its paper counts as posted in that channel.
        """

    async def state(self, slot: Slot, part: Part) -> Progress:
        """How far one message is."""

    async def states(self, slot: Slot) -> Mapping[int, Progress]:
        """The same of all messages of a digest that somebody claimed or marked, by number."""

    async def posted(self, target: Target, paper_ids: Iterable[str]) -> set[str]:
        """Which of these papers the channel has had."""

    async def posted_at(self, target: Target, paper_ids: Iterable[str]) -> Mapping[str, datetime]:
        """When each of these papers was posted in the channel; without those that were not, or perhaps not."""

    async def digests(self, target: Target, limit: int = 30) -> Sequence[Digest]:
        """The newest digests of a channel that were composed, newest first: for the feed."""

    async def issues(self, target: Target, kind: Kind, limit: int) -> Sequence[Issue]:
        """A subscription's newest digests whose first message has gone out, newest first."""

    async def unknown(self, target: Target, since: datetime) -> int:
        """How many messages of a channel have ended as UNKNOWN since then."""

    async def forget_before(self, kind: Kind, instant: datetime) -> int:
        """Drop the slots of a kind that were due before then, with their messages; how many slots."""
