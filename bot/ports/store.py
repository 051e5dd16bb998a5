"""Everything that is remembered, as one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.digests.ports import DeliveryRepository, OptIns, SharedTurns, SubscriptionRepository
    from bot.ports.papers import AnswerRepository, PaperRepository, SummaryRepository, TextRepository
    from bot.ports.work import EventLog, Leases, OpenReplies, Seals, Vault
    from bot.ports.workspaces import ConversationRepository, Managers, SavedPapers, UsageLedger, Workspaces


class Store(Protocol):
    """Everything that is remembered, as one thing to pass around."""

    @property
    def papers(self) -> PaperRepository:
        """Papers and lists."""

    @property
    def summaries(self) -> SummaryRepository:
        """Summaries, shared by all workspaces."""

    @property
    def texts(self) -> TextRepository:
        """Full texts, shared by all workspaces."""

    @property
    def answers(self) -> AnswerRepository:
        """Models' replies, shared by all workspaces."""

    @property
    def ledger(self) -> UsageLedger:
        """What was spent."""

    @property
    def conversations(self) -> ConversationRepository:
        """What was said where."""

    @property
    def saved(self) -> SavedPapers:
        """Reading lists."""

    @property
    def events(self) -> EventLog:
        """Inbound events."""

    @property
    def open_replies(self) -> OpenReplies:
        """Replies under way."""

    @property
    def leases(self) -> Leases:
        """Exclusive rights."""

    @property
    def managers(self) -> Managers:
        """Who was named to manage."""

    @property
    def vault(self) -> Vault:
        """Secrets of installations."""

    @property
    def seals(self) -> Seals:
        """Tokens."""

    @property
    def opt_ins(self) -> OptIns:
        """Which addresses have agreed to get mail."""

    @property
    def subscriptions(self) -> SubscriptionRepository:
        """Who gets digests, and when."""

    @property
    def deliveries(self) -> DeliveryRepository:
        """Digests, and how far their messages are."""

    @property
    def shared_turns(self) -> SharedTurns:
        """Lines in which all processes wait for their turn to post."""

    @property
    def workspaces(self) -> Workspaces:
        """What belongs to a workspace as a whole."""
