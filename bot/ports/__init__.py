"""What the engine needs from the world: time, network, model, store.

Real parts and the fakes in `bot/testing/` keep the same contracts, and pass the same tests.  At run time
nothing here imports anything else of the house: ports are words only.
"""

from bot.ports.papers import AnswerRepository, PaperRepository, SummaryRepository, TextRepository
from bot.ports.store import Store
from bot.ports.work import EventLog, Leases, OpenReplies, OpenReply, Seals, Vault
from bot.ports.workspaces import (
    OTHERS_COUNT_AFTER,
    ConversationRepository,
    DayUsage,
    Managers,
    SavedPapers,
    UsageLedger,
    Workspaces,
)
from bot.ports.world import Clock, Fetched, Fetcher, LanguageModel, Witness

__all__ = [
    "OTHERS_COUNT_AFTER",
    "AnswerRepository",
    "Clock",
    "ConversationRepository",
    "DayUsage",
    "EventLog",
    "Fetched",
    "Fetcher",
    "LanguageModel",
    "Leases",
    "Managers",
    "OpenReplies",
    "OpenReply",
    "PaperRepository",
    "SavedPapers",
    "Seals",
    "Store",
    "SummaryRepository",
    "TextRepository",
    "UsageLedger",
    "Vault",
    "Witness",
    "Workspaces",
]
