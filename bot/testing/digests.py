"""Subscriptions, deliveries and a platform to post to, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.digests.completing import is_outdated
from bot.digests.model import DeliveryState, Digest, Kind, Look, Owed, Part, Slot, Standing, Subscription, Target
from bot.digests.planning import Plan
from bot.digests.ports import Issue, MessageRef
from bot.documents.model import Document
from bot.errors import Ambiguous, TargetGone


class FakeDeliveries:
    """Implements `bot.digests.ports.DeliveryRepository`."""

    def __init__(self) -> None:
        self._owed: dict[str, Owed] = {}
        self._waiting: dict[str, Owed] = {}
        self._digests: dict[str, Digest] = {}
        self._marks: dict[tuple[str, int], _Mark] = {}
        self._look_at: dict[str, datetime] = {}
        self._unknown: defaultdict[Target, dict[tuple[str, int], datetime]] = defaultdict(dict)
        self._had: defaultdict[Target, set[str]] = defaultdict(set)

    def owe(self, owed: Owed) -> None:
        """Write a slot down, unless it is."""
        if owed.slot.key not in self._owed:
            self._owed[owed.slot.key] = self._waiting[owed.slot.key] = owed

    async def waiting(self, limit: int = 1000) -> list[Owed]:
        """Digests that no worker was told of yet."""
        return sorted(self._waiting.values(), key=lambda owed: owed.due)[:limit]

    async def handed_over(self, slot_keys: Iterable[str], at: datetime) -> None:
        """A worker answers for them now."""
        for key in slot_keys:
            self._waiting.pop(key, None)

    async def owed(self, slot_key: str) -> Owed | None:
        """What was written down about a slot."""
        return self._owed.get(slot_key)

    async def compose(self, digest: Digest) -> None:
        """Freeze the digest of a slot that is owed; the first one stays."""
        if digest.slot.key in self._owed:
            self._digests.setdefault(digest.slot.key, digest)

    async def digest(self, slot_key: str) -> Digest | None:
        """The frozen digest of a slot."""
        return self._digests.get(slot_key)

    async def amend(self, digest: Digest) -> bool:
        """Put the next revision of a frozen digest in its place."""
        known = self._digests.get(digest.slot.key)
        if known is None or known.revision != digest.revision - 1:
            return False
        self._digests[digest.slot.key] = digest
        return True

    async def outdated(self, digest: Digest) -> list[int]:
        """The numbers of its messages that are to be sent yet, or show an older revision."""
        marks = {part.number: self._marks.get((digest.slot.key, part.number)) for part in digest.parts}
        shown = {number: (mark.state, mark.revision) for number, mark in marks.items() if mark}
        unsent = (DeliveryState.PLANNED, 0)
        return [part.number for part in digest.parts if is_outdated(part, *shown.get(part.number, unsent))]

    async def look_again(self, slot_key: str, at: datetime | None) -> None:
        """Have a digest looked at from then on."""
        self._look_at.pop(slot_key, None)
        if at is not None and slot_key in self._owed:
            self._look_at[slot_key] = at

    async def incomplete(self, now: datetime, limit: int = 1000) -> list[Look]:
        """The looks that are due."""
        due = sorted((at, key) for key, at in self._look_at.items() if at <= now)
        return [Look(self._owed[key], at) for at, key in due[:limit]]

    async def looked(self, slot_keys: Iterable[str], now: datetime) -> None:
        """A worker answers for them."""
        for key in slot_keys:
            if key in self._look_at and self._look_at[key] <= now:
                del self._look_at[key]

    async def mark(
        self, slot: Slot, part: Part, state: DeliveryState, at: datetime, ref: MessageRef | None = None
    ) -> None:
        """Move one message on."""
        self._marks[slot.key, part.number] = _Mark(slot.target, part.paper_id, state, at, ref, part.revision)
        self._unknown[slot.target].pop((slot.key, part.number), None)
        if state is DeliveryState.UNKNOWN:
            self._unknown[slot.target][slot.key, part.number] = at
        if part.paper_id and state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
            self._had[slot.target].add(part.paper_id)

    async def claim(self, slot: Slot, part: Part, at: datetime) -> bool:
        """Mark a message as SENDING if it is PLANNED."""
        state, _ = await self.state(slot, part)
        if state is not DeliveryState.PLANNED:
            return False
        await self.mark(slot, part, DeliveryState.SENDING, at)
        return True

    async def state(self, slot: Slot, part: Part) -> tuple[DeliveryState, MessageRef | None]:
        """How far one message is."""
        mark = self._marks.get((slot.key, part.number))
        return (mark.state, mark.ref) if mark else (DeliveryState.PLANNED, None)

    async def states(self, slot: Slot) -> Mapping[int, tuple[DeliveryState, MessageRef | None]]:
        """How far the messages of a digest are, by number."""
        parts = len(self._digests[slot.key].parts) if slot.key in self._digests else 0
        marks = {number: self._marks.get((slot.key, number)) for number in range(parts)}
        return {number: (mark.state, mark.ref) for number, mark in marks.items() if mark}

    async def posted(self, target: Target, paper_ids: Iterable[str]) -> set[str]:
        """Which of these papers the channel has had."""
        return self._had[target].intersection(paper_ids)

    async def posted_at(self, target: Target, paper_ids: Iterable[str]) -> Mapping[str, datetime]:
        """When each of these papers was posted in the channel."""
        wanted = set(paper_ids)
        mine = [mark for mark in self._marks.values() if mark.target == target and mark.paper_id in wanted]
        sent = sorted((mark.at, mark.paper_id) for mark in mine if mark.state is DeliveryState.SENT)
        return {paper_id: at for at, paper_id in reversed(sent)}

    async def digests(self, target: Target, limit: int = 30) -> Sequence[Digest]:
        """The newest digests of a channel, newest first."""
        keys = [key for key, owed in self._owed.items() if owed.slot.target == target and key in self._digests]
        keys.sort(key=lambda key: self._owed[key].due, reverse=True)
        return [self._digests[key] for key in keys[:limit]]

    async def issues(self, target: Target, kind: Kind, limit: int) -> Sequence[Issue]:
        """The newest digests that have gone out, newest first."""
        issues = [self._issue(digest) for digest in self._digests.values() if _is(digest.slot, target, kind)]
        return sorted(filter(None, issues), key=lambda issue: issue.published, reverse=True)[:limit]

    def _issue(self, digest: Digest) -> Issue | None:
        out = {part: mark.at for (key, part), mark in self._marks.items() if key == digest.slot.key and mark.is_out}
        return Issue(digest, out[0], max(out.values())) if 0 in out else None

    async def unknown(self, target: Target, since: datetime) -> int:
        """How many messages of a channel have ended as UNKNOWN since then."""
        return sum(at >= since for at in self._unknown[target].values())

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {owed.slot.target.workspace for owed in self._owed.values()}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        gone = {key for key, owed in self._owed.items() if owed.slot.target.workspace == workspace}
        for kept in (self._owed, self._waiting, self._digests, self._look_at):
            for key in gone & kept.keys():
                del kept[key]
        self._marks = {key: mark for key, mark in self._marks.items() if mark.target.workspace != workspace}
        for target in [target for target in self._had if target.workspace == workspace]:
            del self._had[target]

    async def forget_before(self, kind: Kind, instant: datetime) -> int:
        """Drop the slots of a kind that were due before then; the papers of their digests count as posted no more."""
        old = {key for key, owed in self._owed.items() if owed.slot.kind is kind and owed.due < instant}
        for key in old & self._digests.keys():
            self._had[self._owed[key].slot.target].difference_update(self._digests[key].paper_ids)
        for kept in (self._owed, self._waiting, self._digests, self._look_at):
            for key in old & kept.keys():
                del kept[key]
        self._marks = {key: mark for key, mark in self._marks.items() if key[0] not in old}
        return len(old)


@dataclass(frozen=True)
class _Mark:
    target: Target
    paper_id: str
    state: DeliveryState
    at: datetime
    ref: MessageRef | None
    revision: int

    @property
    def is_out(self) -> bool:
        """Whether the message is there, or may be."""
        return self.state in (DeliveryState.SENT, DeliveryState.UNKNOWN)


def _is(slot: Slot, target: Target, kind: Kind) -> bool:
    return slot.target == target and slot.kind is kind


class FakeSubscriptions:
    """Implements `bot.digests.ports.SubscriptionRepository`; what is owed goes to `deliveries`."""

    def __init__(self, deliveries: FakeDeliveries) -> None:
        self._deliveries = deliveries
        self._standings: dict[tuple[Target, Kind], Standing] = {}

    async def put(self, subscription: Subscription, next_due_at: datetime, *, paused: str = "") -> None:
        """Insert, or replace the wish."""
        key = (subscription.target, subscription.kind)
        known = self._standings.get(key, Standing(subscription=subscription, next_due_at=next_due_at))
        changed = replace(known, subscription=subscription, next_due_at=next_due_at)
        self._standings[key] = replace(changed, refusals=0, paused=paused)

    async def get(self, target: Target, kind: Kind) -> Standing | None:
        """One."""
        return self._standings.get((target, kind))

    async def of_workspace(self, workspace: str) -> list[Standing]:
        """All of a workspace, by channel."""
        keys = sorted(self._standings, key=lambda key: (key[0].channel, key[1]))
        return [self._standings[key] for key in keys if key[0].workspace == workspace]

    async def everything(self) -> list[Standing]:
        """All there are."""
        return [self._standings[key] for key in sorted(self._standings, key=lambda key: (*_place(key[0]), key[1]))]

    async def due(self, now: datetime, limit: int = 1000) -> list[Standing]:
        """Those not paused whose time has come, earliest first."""
        due = [own for own in self._standings.values() if own.next_due_at <= now and not own.paused]
        return sorted(due, key=lambda own: own.next_due_at)[:limit]

    async def running(self, platform: str) -> list[Standing]:
        """Those of a platform that are not paused."""
        keys = sorted(self._standings, key=lambda key: (key[0].workspace, key[0].channel, key[1]))
        own = (self._standings[key] for key in keys if key[0].platform == platform)
        return [standing for standing in own if not standing.paused]

    async def move_on(self, standing: Standing, plan: Plan) -> bool:
        """Owe the plan's slot and move on."""
        key = (standing.subscription.target, standing.subscription.kind)
        known = self._standings.get(key)
        if known is None or known.next_due_at != standing.next_due_at:
            return False
        self._standings[key] = replace(known, next_due_at=plan.next_due_at, last_note=plan.note or known.last_note)
        if plan.slot is not None:
            self._deliveries.owe(Owed(plan.slot, plan.days, plan.due))
        return True

    async def ran(self, target: Target, kind: Kind, at: datetime, list_day: date | None, note: str) -> None:
        """A slot has ended."""
        if known := self._standings.get((target, kind)):
            ended = replace(known, last_run_at=at, last_note=note, refusals=0)
            self._standings[target, kind] = replace(ended, last_list_day=list_day or known.last_list_day)

    async def note(self, target: Target, kind: Kind, note: str) -> None:
        """Remember a sentence."""
        if known := self._standings.get((target, kind)):
            self._standings[target, kind] = replace(known, last_note=note)

    async def refused(self, target: Target, kind: Kind, note: str) -> int:
        """Count a refusal."""
        known = self._standings.get((target, kind))
        if known is None:
            return 0
        self._standings[target, kind] = replace(known, refusals=known.refusals + 1, last_note=note)
        return known.refusals + 1

    async def pause(self, target: Target, kind: Kind, why: str) -> bool:
        """Pause, once."""
        known = self._standings.get((target, kind))
        if known is None or known.paused:
            return False
        self._standings[target, kind] = replace(known, paused=why)
        return True

    async def delete(self, target: Target, kind: Kind) -> bool:
        """Forget one."""
        return self._standings.pop((target, kind), None) is not None

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {target.workspace for target, _ in self._standings}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._standings = {key: own for key, own in self._standings.items() if key[0].workspace != workspace}


def _place(target: Target) -> tuple[str, str]:
    return target.workspace, target.channel


@dataclass(frozen=True)
class Posted:
    """A message as the channel shows it.  `root` is the message it replies to, "" for a root."""

    target: Target
    document: Document
    key: str
    root: str = ""


@dataclass
class FakePoster:
    """Implements `bot.digests.ports.Poster`.

    Before each post or edit the next of `troubles` is taken: an error raised before anything is posted, or, wrapped in
    `After`, one raised when the message is there already.  With `can_look` False nobody can look for a message.
    """

    platform: str = "slack"
    promise: str = "A message whose arrival is unknown is not repeated."
    seconds_between: float = 0.0
    per_second: float | None = None
    burst: int = 1
    can_edit: bool = True
    can_look: bool = True
    unseen: list[Exception] = field(default_factory=list)  # why the next looks fail
    posted: list[Posted] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)  # the keys of messages that were changed
    told: list[tuple[str, str, Document]] = field(default_factory=list)
    troubles: list[BaseException | After | None] = field(default_factory=list)

    def counted_with(self, target: Target) -> str:
        """All messages are counted together."""
        return self.platform

    async def post_root(self, target: Target, title: str, document: Document, key: str) -> MessageRef:
        """Post a first message; its thread bears the same id."""
        return self._post(Posted(target, document, key))

    async def post_reply(self, target: Target, root: MessageRef, document: Document, key: str) -> MessageRef:
        """Post into the thread."""
        return self._post(Posted(target, document, key, root.message))

    async def edit(
        self, target: Target, root: MessageRef | None, ref: MessageRef, document: Document, key: str
    ) -> None:
        """Change a message in its place."""
        place = next((place for place, one in enumerate(self.posted) if one.key == ref.message), None)
        if place is None:
            raise TargetGone("The message is gone.")
        with self._trouble():
            self.posted[place] = replace(self.posted[place], document=document)
            self.edits.append(ref.message)

    async def find(self, target: Target, root: MessageRef | None, title: str, key: str) -> MessageRef | None:
        """Look for a message by its key."""
        if not self.can_look:
            raise Ambiguous("Nobody can look here.")
        if self.unseen:
            raise self.unseen.pop(0)
        return MessageRef(key, key) if any(one.key == key for one in self.posted) else None

    async def look_at(self, target: Target) -> None:
        """See whether a digest could be posted there."""
        if self.unseen:
            raise self.unseen.pop(0)

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A private message."""
        self.told.append((workspace, user, document))

    def _post(self, message: Posted) -> MessageRef:
        with self._trouble():
            self.posted.append(message)
        return MessageRef(message.key, message.key)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, BaseException):
            raise trouble
        yield
        if trouble is not None:
            raise trouble.error


@dataclass(frozen=True)
class After:
    """An error that comes when the message has been posted."""

    error: BaseException
