"""The store as a whole, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.clock import SystemClock
from bot.digests.pace import OwnTurns
from bot.testing.answers import FakeAnswers
from bot.testing.digests import FakeDeliveries, FakeSubscriptions
from bot.testing.store.conversations import FakeConversations
from bot.testing.store.events import FakeEventLog
from bot.testing.store.leases import FakeLeases
from bot.testing.store.ledger import FakeLedger
from bot.testing.store.managers import FakeManagers
from bot.testing.store.open_replies import FakeOpenReplies
from bot.testing.store.opt_ins import FakeOptIns
from bot.testing.store.papers import FakePapers
from bot.testing.store.saved import FakeSavedPapers
from bot.testing.store.seals import FakeSeals
from bot.testing.store.summaries import FakeSummaries
from bot.testing.store.vault import FakeVault
from bot.testing.store.workspaces import FakeWorkspaces
from bot.testing.texts import FakeTexts


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
    managers: FakeManagers = field(default_factory=FakeManagers)
    vault: FakeVault = field(default_factory=FakeVault)
    seals: FakeSeals = field(default_factory=FakeSeals)
    opt_ins: FakeOptIns = field(default_factory=FakeOptIns)
    shared_turns: OwnTurns = field(default_factory=lambda: OwnTurns(SystemClock()))
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
            self.managers,
            self.vault,
            self.opt_ins,
            self.subscriptions,
            self.deliveries,
        )
