"""A store that lives in memory.  Each class keeps the contract of its port, as `tests/contract/store` holds.

The modules are named like those of `bot.store`.
"""

from bot.testing.store.conversations import FakeConversations
from bot.testing.store.events import FakeEventLog
from bot.testing.store.leases import FakeLeases
from bot.testing.store.ledger import FakeLedger
from bot.testing.store.open_replies import FakeOpenReplies
from bot.testing.store.papers import FakePapers
from bot.testing.store.whole import FakeStore

__all__ = [
    "FakeConversations",
    "FakeEventLog",
    "FakeLeases",
    "FakeLedger",
    "FakeOpenReplies",
    "FakePapers",
    "FakeStore",
]
