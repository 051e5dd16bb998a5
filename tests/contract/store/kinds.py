"""What every kind of store offers to the tests of the contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.digests.ports import DeliveryRepository, OptIns, SharedTurns, SubscriptionRepository
from bot.papers.model import ListState, Paper, PaperList
from bot.ports import (
    AnswerRepository,
    ConversationRepository,
    EventLog,
    Leases,
    Managers,
    OpenReplies,
    PaperRepository,
    SavedPapers,
    Seals,
    SummaryRepository,
    TextRepository,
    UsageLedger,
    Vault,
    Workspaces,
)

DAY = date(2026, 7, 10)
NOON = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Store:
    """Every repository, known by its port alone."""

    papers: PaperRepository
    summaries: SummaryRepository
    texts: TextRepository
    answers: AnswerRepository
    ledger: UsageLedger
    conversations: ConversationRepository
    saved: SavedPapers
    events: EventLog
    open_replies: OpenReplies
    leases: Leases
    managers: Managers
    vault: Vault
    seals: Seals
    opt_ins: OptIns
    subscriptions: SubscriptionRepository
    deliveries: DeliveryRepository
    shared_turns: SharedTurns
    workspaces: Workspaces
    now: Callable[[], datetime]  # what a process would say to the store
    pass_time: Callable[[timedelta], Awaitable[None]]  # as far as the store's own clock is concerned


def paper(paper_id: str = "2607.00001", title: str = "A paper", **fields: Any) -> Paper:
    """A paper of which little is known."""
    return replace(Paper(id=paper_id, title=title), **fields)


def listed(*papers: Paper, day: date = DAY, at: datetime = NOON, **fields: Any) -> PaperList:
    """A list of papers, final unless told otherwise."""
    return replace(PaperList(papers=papers, day=day, state=ListState.FINAL, fetched_at=at), **fields)
