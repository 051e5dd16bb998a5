"""The store as a whole: one database, and every repository on it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from bot.llm.timeouts import Timeouts
from bot.ports import Clock, Seals, Vault
from bot.store.alive import Processes
from bot.store.answers import SqlAnswers
from bot.store.conversations import SqlConversations
from bot.store.database import Database
from bot.store.deliveries import SqlDeliveries
from bot.store.events import SqlEventLog
from bot.store.leases import SqlLeases
from bot.store.ledger import SqlLedger
from bot.store.managers import SqlManagers
from bot.store.open_replies import SqlOpenReplies
from bot.store.opt_ins import SqlOptIns
from bot.store.papers import SqlPapers
from bot.store.saved import SqlSavedPapers
from bot.store.shared_turns import SqlSharedTurns
from bot.store.subscriptions import SqlSubscriptions
from bot.store.summaries import SqlSummaries
from bot.store.texts import SqlTexts
from bot.store.workspaces import SqlWorkspaces


class SqlStore:
    """Implements `bot.ports.Store` on an open database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        folder: Path,
        secret_key: SecretStr | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.papers = SqlPapers(database)
        self.summaries = SqlSummaries(database)
        self.texts = SqlTexts(database)
        self.answers = SqlAnswers(database)
        self.ledger = SqlLedger(database, clock, (timeouts or Timeouts()).longest_call)
        self.conversations = SqlConversations(database)
        self.saved = SqlSavedPapers(database)
        self.events = SqlEventLog(database)
        self.open_replies = SqlOpenReplies(database)
        self._processes = Processes(folder)
        self.leases = SqlLeases(database, self._processes)
        self.managers = SqlManagers(database)
        self.subscriptions = SqlSubscriptions(database)
        self.shared_turns = SqlSharedTurns(database)
        self.deliveries = SqlDeliveries(database)
        self.opt_ins = SqlOptIns(database)
        self.workspaces = SqlWorkspaces(database)
        self._database = database
        self._folder = folder
        self._secret_key = secret_key

    def close(self) -> None:
        """This process ends."""
        self._processes.close()

    @cached_property
    def vault(self) -> Vault:
        """Made at its first use: it may write a key file, and most chats never need it.  Raises as `cipher` does."""
        from bot.store.vault import SqlVault, cipher

        return SqlVault(self._database, cipher(self._secret_key, self._folder))

    @cached_property
    def seals(self) -> Seals:
        """Made at their first use, as the vault is."""
        from bot.store.seals import KeyedSeals

        return KeyedSeals.of(self._secret_key, self._folder)
