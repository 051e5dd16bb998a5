"""What the adapter needs of the house, handed to it as one thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.chat.forms import Form
from bot.chat.grammar import Command
from bot.chat.parsed import Parsed
from bot.chat.request import Reply, Request
from bot.digests.ports import WatchesChannels
from bot.errors import BotError
from bot.ports import (
    Clock,
    ConversationRepository,
    EventLog,
    Leases,
    Managers,
    OpenReplies,
    PaperRepository,
    Workspaces,
)


class Answers(Protocol):
    """The engine, as far as it is needed here."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The grammar."""

    def parse(self, request: Request) -> Parsed:
        """Read a request.  Asks nobody, and never raises."""

    async def form(self, parsed: Parsed) -> Form:
        """The form of a command.  Raises `BotError`."""

    def faults(self, parsed: Parsed) -> Mapping[str, str]:
        """What is wrong with a form that was sent in: a sentence by field.  Raises `BotError`."""

    def refusal(self, parsed: Parsed) -> BotError | None:
        """What a request is refused for at first sight."""

    def handle(self, parsed: Parsed) -> AsyncIterator[Reply]:
        """Answer a request; ends with exactly one `Final` and never raises."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the adapter needs of the house."""

    engine: Answers
    papers: PaperRepository
    conversations: ConversationRepository
    events: EventLog
    open_replies: OpenReplies
    workspaces: Workspaces
    managers: Managers
    channels: WatchesChannels
    leases: Leases
    clock: Clock
