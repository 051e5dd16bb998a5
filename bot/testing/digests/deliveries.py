"""Digests and how far their messages are, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.digests.completing import is_outdated, latest_look
from bot.digests.model import (
    MARKED_FROM,
    REVIVES,
    DeliveryState,
    Digest,
    Kind,
    Look,
    Marked,
    Owed,
    Part,
    Slot,
    Target,
)
from bot.digests.ports import Issue, MessageRef, Progress


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
        due = sorted((at, key) for key, at in self._look_at.items() if _is_due(at, now))
        return [Look(self._owed[key], at) for at, key in due[:limit]]

    async def looked(self, slot_keys: Iterable[str], now: datetime) -> None:
        """A worker answers for them."""
        for key in slot_keys:
            if key in self._look_at and _is_due(self._look_at[key], now):
                del self._look_at[key]

    async def claim(self, slot: Slot, part: Part, at: datetime, claim: str) -> bool:
        """Mark a message as SENDING."""
        known = await self.state(slot, part)
        is_mine = known.state is DeliveryState.SENDING and known.claim == claim
        if known.state is not DeliveryState.PLANNED and not is_mine:
            return False
        self._put(slot, part, Progress(DeliveryState.SENDING, None, claim, at))
        return True

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
        """Move one message on."""
        known, is_new = await self.state(slot, part), (slot.key, part.number) not in self._marks
        is_mine = is_new or known.claim == claim
        revives = known.state is DeliveryState.UNKNOWN and state in REVIVES
        if not is_mine or not (is_new or revives or known.state in MARKED_FROM[state]):
            return Marked.VOID
        self._put(slot, part, Progress(state, ref, claim, at))
        if revives and state is DeliveryState.PLANNED:
            self._had[slot.target].discard(part.paper_id)
        return Marked.REVIVED if revives else Marked.DONE

    def _put(self, slot: Slot, part: Part, progress: Progress) -> None:
        place, at = (slot.key, part.number), progress.at
        self._marks[place] = _Mark(slot.target, part.paper_id, progress, part.revision)
        self._unknown[slot.target].pop(place, None)
        if progress.state is DeliveryState.UNKNOWN and at is not None:
            self._unknown[slot.target][place] = at
        if part.paper_id and progress.state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
            self._had[slot.target].add(part.paper_id)

    async def state(self, slot: Slot, part: Part) -> Progress:
        """How far one message is."""
        mark = self._marks.get((slot.key, part.number))
        return mark.progress if mark else Progress()

    async def states(self, slot: Slot) -> Mapping[int, Progress]:
        """How far the messages of a digest are, by number."""
        parts = len(self._digests[slot.key].parts) if slot.key in self._digests else 0
        marks = {number: self._marks.get((slot.key, number)) for number in range(parts)}
        return {number: mark.progress for number, mark in marks.items() if mark}

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
    progress: Progress
    revision: int

    @property
    def state(self) -> DeliveryState:
        """How far the message is."""
        return self.progress.state

    @property
    def at(self) -> datetime:
        """When it was marked."""
        return self.progress.at or datetime.min.replace(tzinfo=UTC)

    @property
    def is_out(self) -> bool:
        """Whether the message is there, or may be."""
        return self.state in (DeliveryState.SENT, DeliveryState.UNKNOWN)


def _is(slot: Slot, target: Target, kind: Kind) -> bool:
    return slot.target == target and slot.kind is kind


def _is_due(look_at: datetime, now: datetime) -> bool:
    return look_at <= now or look_at > latest_look(now)
