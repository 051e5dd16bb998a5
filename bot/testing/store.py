"""A store that lives in memory.  Each class keeps the contract of its port, as `tests/contract/store` holds."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from bot.chat.conversation import Turn
from bot.chat.request import Place
from bot.llm.model import Usage
from bot.papers.model import Paper, PaperList, Rise
from bot.ports import Clock, DayUsage, OpenReply
from bot.reading.model import Summary, SummaryKey
from bot.testing.answers import FakeAnswers
from bot.testing.clock import FakeClock
from bot.testing.digests import FakeDeliveries, FakeSubscriptions
from bot.testing.texts import FakeTexts


class FakePapers:
    """Implements `bot.ports.PaperRepository`."""

    def __init__(self) -> None:
        self._papers: dict[str, Paper] = {}
        self._seen: dict[str, datetime] = {}
        self._lists: dict[str, PaperList] = {}
        self._upvotes: dict[str, dict[datetime, tuple[datetime, int]]] = {}  # paper id -> hour -> (seen at, upvotes)

    async def save(self, papers: Iterable[Paper], seen_at: datetime) -> None:
        """Merge each with what is known of it."""
        for paper in papers:
            known = self._papers.get(paper.id, paper)
            older = seen_at < self._seen.get(paper.id, seen_at)
            self._papers[paper.id] = _merged(paper, known) if older else _merged(known, paper)
            self._seen[paper.id] = max(seen_at, self._seen.get(paper.id, seen_at))

    async def get(self, paper_id: str) -> Paper | None:
        """The paper with this id."""
        return self._papers.get(paper_id)

    async def get_many(self, paper_ids: Sequence[str]) -> list[Paper]:
        """Those that are known, in the order asked for."""
        return [self._papers[paper_id] for paper_id in paper_ids if paper_id in self._papers]

    async def save_list(self, key: str, papers: PaperList) -> None:
        """Remember the list, its papers, and one snapshot of their upvotes an hour."""
        await self.save(papers.papers, papers.fetched_at)
        self._lists[key] = replace(papers, fetched_at=papers.fetched_at.astimezone(UTC))
        hour = papers.fetched_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for paper in papers.papers:
            seen = self._upvotes.setdefault(paper.id, {})
            if paper.upvotes is not None and (hour not in seen or seen[hour][0] <= papers.fetched_at):
                seen[hour] = (papers.fetched_at, paper.upvotes)

    async def load_list(self, key: str) -> PaperList | None:
        """The list last saved under that key."""
        found = self._lists.get(key)
        return found and replace(found, papers=tuple(self._papers[paper.id] for paper in found.papers))

    async def latest_day(self, before: date) -> PaperList | None:
        """The newest non-empty daily list with a day before the one given."""
        days = [
            (known.day, key)
            for key, known in self._lists.items()
            if key.startswith("day:") and known.papers and known.day < before
        ]
        return await self.load_list(max(days)[1]) if days else None

    async def search(self, words: str, *, limit: int = 10, offset: int = 0) -> list[Paper]:
        """Papers with all the words first, then those with any; a word in the title counts for more."""
        wanted = _folded(words)
        scores = {paper.id: _score(paper, wanted) for paper in self._papers.values()}
        best = sorted((own for own in scores if scores[own] > (0, 0)), key=scores.__getitem__, reverse=True)
        return await self.get_many(best[offset : offset + limit])

    async def rises(self, paper_ids: Sequence[str], since: datetime) -> Mapping[str, Rise]:
        """Upvotes now against the last snapshot at or before `since`, else the first one."""
        found = {}
        for paper_id in paper_ids:
            seen = sorted(self._upvotes.get(paper_id, {}).values())
            now = self._papers[paper_id].upvotes if paper_id in self._papers else None
            if seen and now is not None:
                at, before = max((sight for sight in seen if sight[0] <= since), default=seen[0])
                found[paper_id] = Rise(before=before, now=now, since=at.astimezone(UTC))
        return found

    async def count(self) -> int:
        """How many papers are known."""
        return len(self._papers)


def _merged(known: Paper, newer: Paper) -> Paper:
    told: dict[str, Any] = {entry.name: getattr(newer, entry.name) for entry in fields(Paper)}
    return replace(known, **{name: value for name, value in told.items() if _says_something(value)})


def _says_something(value: object) -> bool:
    return bool(value) or type(value) is int


def _folded(text: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain.casefold())


def _score(paper: Paper, wanted: Sequence[str]) -> tuple[int, int]:
    """(whether all words are there, weight of those that are); the last word may be a beginning."""
    title = _folded(paper.title)
    rest = _folded(" ".join([paper.abstract, *paper.authors, *paper.keywords]))
    weights = []
    for place, word in enumerate(wanted):
        hits = str.startswith if place == len(wanted) - 1 else str.__eq__
        weights.append(10 * any(hits(own, word) for own in title) + any(hits(own, word) for own in rest))
    return int(bool(weights) and all(weights)), sum(weights)


class FakeSummaries:
    """Implements `bot.ports.SummaryRepository`."""

    def __init__(self) -> None:
        self._summaries: dict[SummaryKey, Summary] = {}

    async def get_many(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Those that are there."""
        return {key: self._summaries[key] for key in keys if key in self._summaries}

    async def save(self, summaries: Mapping[SummaryKey, Summary]) -> None:
        """Insert or replace."""
        self._summaries.update(summaries)


class _Reservation(NamedTuple):
    workspace: str
    day: date
    tokens: int
    made_at: datetime


class FakeLedger:
    """Implements `bot.ports.UsageLedger`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or FakeClock()
        self._numbers = itertools.count(1)
        self._held: dict[int, _Reservation] = {}
        self._used: dict[tuple[str, date, str, str], DayUsage] = {}

    async def reserve(self, workspace: str, day: date, tokens: int, budget: int) -> int | None:
        """Hold `tokens` if they fit."""
        held = sum(own.tokens for own in self._held.values() if (own.workspace, own.day) == (workspace, day))
        used = sum(row.prompt_tokens + row.completion_tokens for row in await self.usage(workspace, day))
        if budget and used + held + tokens > budget:
            return None
        number = next(self._numbers)
        self._held[number] = _Reservation(workspace, day, tokens, self._clock.now())
        return number

    async def settle(self, reservation: int, model: str, purpose: str, usage: Usage | None) -> None:
        """Replace the reservation by what was used."""
        held = self._held.pop(reservation, None)
        if held is None or usage is None:
            return
        key = (held.workspace, held.day, model, purpose)
        blank = DayUsage(model=model, purpose=purpose, calls=0, prompt_tokens=0, completion_tokens=0, cost=None)
        before = self._used.get(key, blank)
        self._used[key] = replace(
            before,
            calls=before.calls + 1,
            prompt_tokens=before.prompt_tokens + usage.prompt_tokens,
            completion_tokens=before.completion_tokens + usage.completion_tokens,
            cost=before.cost if usage.cost is None else (before.cost or 0.0) + usage.cost,
        )

    async def usage(self, workspace: str, day: date) -> Sequence[DayUsage]:
        """A row per model and purpose, in that order."""
        return [row for key, row in sorted(self._used.items()) if key[:2] == (workspace, day)]

    async def release_stale(self, before: datetime) -> int:
        """Give back reservations made before then."""
        stale = [number for number, own in self._held.items() if own.made_at < before]
        for number in stale:
            del self._held[number]
        return len(stale)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {own.workspace for own in self._held.values()} | {key[0] for key in self._used}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._held = {number: own for number, own in self._held.items() if own.workspace != workspace}
        self._used = {key: row for key, row in self._used.items() if key[0] != workspace}


class FakeConversations:
    """Implements `bot.ports.ConversationRepository`."""

    def __init__(self) -> None:
        self._shown: dict[Place, list[str]] = {}
        self._turns: dict[Place, list[Turn]] = {}

    async def show_list(self, place: Place, paper_ids: Sequence[str], at: datetime) -> None:
        """Remember the list last shown there."""
        self._shown[place] = list(paper_ids)

    async def shown_list(self, place: Place) -> list[str]:
        """The paper ids last shown there."""
        return list(self._shown.get(place, ()))

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """Append a turn."""
        self._turns.setdefault(place, []).append(turn)

    async def turns(self, place: Place, limit: int = 20) -> list[Turn]:
        """The newest turns, oldest first."""
        turns = self._turns.get(place, [])
        return turns[max(0, len(turns) - limit) :]

    async def forget_workspace(self, workspace: str) -> None:
        """Delete everything that was said in a workspace."""
        self.forget(workspace)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {place.workspace for place in (*self._shown, *self._turns)}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._shown = {place: ids for place, ids in self._shown.items() if place.workspace != workspace}
        self._turns = {place: turns for place, turns in self._turns.items() if place.workspace != workspace}


class FakeSavedPapers:
    """Implements `bot.ports.SavedPapers`."""

    def __init__(self) -> None:
        self._saved: dict[tuple[str, str], dict[str, datetime]] = {}

    async def save(self, workspace: str, user: str, paper_id: str, at: datetime) -> bool:
        """Add; False if it was there already."""
        own = self._saved.setdefault((workspace, user), {})
        if paper_id in own:
            return False
        own[paper_id] = at
        return True

    async def remove(self, workspace: str, user: str, paper_id: str) -> bool:
        """Take out; False if it was not there."""
        return self._saved.get((workspace, user), {}).pop(paper_id, None) is not None

    async def saved(self, workspace: str, user: str) -> list[str]:
        """Paper ids, newest first."""
        own = self._saved.get((workspace, user), {})
        return sorted(own, key=lambda paper_id: (own[paper_id], paper_id), reverse=True)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {workspace for workspace, _ in self._saved}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._saved = {key: own for key, own in self._saved.items() if key[0] != workspace}


class FakeEventLog:
    """Implements `bot.ports.EventLog`."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[datetime, datetime]] = {}  # event -> (begun at, lease ends at)
        self._finished: set[str] = set()

    async def begin(self, event: str, now: datetime, lease: timedelta) -> bool:
        """Whether to work on `event` now."""
        if event in self._finished or (event in self._begun and now < self._begun[event][1]):
            return False
        self._begun[event] = (now, now + lease)
        return True

    async def finish(self, event: str) -> None:
        """It is done; never again."""
        if event in self._begun:
            self._finished.add(event)

    async def forget_before(self, instant: datetime) -> int:
        """Drop events begun before then."""
        old = [event for event, (begun, _) in self._begun.items() if begun < instant]
        for event in old:
            del self._begun[event]
        self._finished.difference_update(old)
        return len(old)


class FakeOpenReplies:
    """Implements `bot.ports.OpenReplies`."""

    def __init__(self) -> None:
        self._open: dict[tuple[Place, str], OpenReply] = {}

    async def opened(self, reply: OpenReply) -> None:
        """Remember it."""
        self._open[reply.place, reply.message] = reply

    async def closed(self, reply: OpenReply) -> None:
        """It is finished."""
        self._open.pop((reply.place, reply.message), None)

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        """Those of a platform opened before then and never closed, oldest first."""
        own = [reply for reply in self._open.values() if reply.place.workspace.startswith(f"{platform}:")]
        return sorted((reply for reply in own if reply.opened_at < before), key=lambda reply: reply.opened_at)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {place.workspace for place, _ in self._open}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._open = {key: reply for key, reply in self._open.items() if key[0].workspace != workspace}


class _Lease(NamedTuple):
    owner: str | None
    token: int
    expires_at: datetime


class FakeLeases:
    """Implements `bot.ports.Leases`."""

    def __init__(self) -> None:
        self._leases: dict[str, _Lease] = {}

    async def acquire(self, name: str, owner: str, now: datetime, ttl: timedelta) -> int | None:
        """Take or renew."""
        held = self._leases.get(name, _Lease(None, 0, now))
        if held.owner not in (None, owner) and now < held.expires_at:
            return None
        token = held.token if held.owner == owner else held.token + 1
        self._leases[name] = _Lease(owner, token, now + ttl)
        return token

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds."""
        held = self._leases.get(name)
        if held is not None and held.owner == owner:
            self._leases[name] = held._replace(owner=None)


class _Secret(NamedTuple):
    workspace: str
    secret: bytes


class FakeVault:
    """Implements `bot.ports.Vault`, without encryption."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], _Secret] = {}

    async def put(self, platform: str, key: str, workspace: str, secret: bytes) -> None:
        """Insert or replace."""
        self._secrets[platform, key] = _Secret(workspace, secret)

    async def get(self, platform: str, key: str) -> bytes | None:
        """The secret; None if there is none."""
        held = self._secrets.get((platform, key))
        return held and held.secret

    async def keys(self, platform: str) -> list[str]:
        """The keys of a platform, sorted."""
        return sorted(key for own, key in self._secrets if own == platform)

    async def delete(self, platform: str, key: str) -> None:
        """Forget one."""
        self._secrets.pop((platform, key), None)

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""
        return {held.workspace for held in self._secrets.values()}

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""
        self._secrets = {key: held for key, held in self._secrets.items() if held.workspace != workspace}


class Owner(Protocol):
    """Keeps something that workspaces own."""

    def owners(self) -> set[str]:
        """The workspaces that something belongs to."""

    def forget(self, workspace: str) -> None:
        """Delete what belongs to a workspace."""


class FakeWorkspaces:
    """Implements `bot.ports.Workspaces` over the fakes that it is given."""

    def __init__(self, *owners: Owner) -> None:
        self._owners = owners

    async def forget(self, workspace: str) -> None:
        """Delete everything a workspace owns."""
        for owner in self._owners:
            owner.forget(workspace)

    async def known(self, platform: str) -> list[str]:
        """The workspaces of a platform that own anything, sorted."""
        owned = set().union(*(owner.owners() for owner in self._owners))
        return sorted(workspace for workspace in owned if workspace.startswith(f"{platform}:"))


@dataclass(frozen=True)
class FakeStore:
    """A whole store in memory, empty at first."""

    papers: FakePapers = field(default_factory=FakePapers)
    summaries: FakeSummaries = field(default_factory=FakeSummaries)
    texts: FakeTexts = field(default_factory=FakeTexts)
    answers: FakeAnswers = field(default_factory=FakeAnswers)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    conversations: FakeConversations = field(default_factory=FakeConversations)
    saved: FakeSavedPapers = field(default_factory=FakeSavedPapers)
    events: FakeEventLog = field(default_factory=FakeEventLog)
    open_replies: FakeOpenReplies = field(default_factory=FakeOpenReplies)
    leases: FakeLeases = field(default_factory=FakeLeases)
    vault: FakeVault = field(default_factory=FakeVault)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    subscriptions: FakeSubscriptions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "subscriptions", FakeSubscriptions(self.deliveries))

    @property
    def workspaces(self) -> FakeWorkspaces:
        """What belongs to a workspace as a whole."""
        return FakeWorkspaces(
            self.ledger,
            self.conversations,
            self.saved,
            self.open_replies,
            self.vault,
            self.subscriptions,
            self.deliveries,
        )
