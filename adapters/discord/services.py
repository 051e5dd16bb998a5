"""What the adapter needs of the house, handed to it as one thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.chat.forms import Form
from bot.chat.grammar import Command
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

    def command_of(self, request: Request) -> Command | None:
        """The command that is asked for, if one is and can be read."""

    def channel_spoken_of(self, request: Request) -> str:
        """The channel that a request is about."""

    async def form(self, request: Request) -> Form:
        """The form of a command.  Raises `BotError`."""

    def faults(self, request: Request) -> Mapping[str, str]:
        """What is wrong with a form that was sent in: a sentence by field.  Raises `BotError`."""

    def objection(self, request: Request) -> BotError | None:
        """What a request is refused for at first sight."""

    def handle(self, request: Request) -> AsyncIterator[Reply]:
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
