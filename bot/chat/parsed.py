"""A request as the engine understood it: read once, and used by everybody who goes on with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.chat.grammar import Command, Invocation
from bot.chat.request import Request
from bot.documents.model import Document
from bot.errors import BotError


class Access(StrEnum):
    """What somebody must be allowed to do, so that an adapter asks its platform for nothing more."""

    NONE = "none"
    CHANNEL = "channel"  # manage the channel that is spoken of, or have the bot post there
    WORKSPACE = "workspace"  # administer the workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One of these: a command; small talk with its answer; a fault; or else a question in free words.

    `fault` says why it cannot be carried out as it is written; a command may be known all the same.
    `target_channel` is the channel that it is about: the one that it names, else the one where it is said.
    """

    request: Request
    target_channel: str
    invocation: Invocation | None = None
    talk: Document | None = None
    fault: BotError | None = None

    @property
    def command(self) -> Command | None:
        """The command that is asked for."""
        return self.invocation.command if self.invocation else None

    @property
    def access_needed(self) -> Access:
        """Which rights of the person, and of the bot, matter for it."""
        if self.command is None or not self.command.asks_for_rights:
            return Access.NONE
        return Access.WORKSPACE if self.command.who == "admin" else Access.CHANNEL

    @property
    def changes_channel(self) -> bool:
        """Whether it is about a channel's settings."""
        return self.command is not None and self.command.who == "manager"

    @property
    def is_private(self) -> bool:
        """Whether the answer is for the person who asked alone."""
        return self.request.private or (self.command is not None and self.command.is_private)

    @property
    def is_slow(self) -> bool:
        """Whether the answer may take longer than a moment."""
        return self.command is None or self.command.slow

    def asked_by(self, request: Request) -> Parsed:
        """The same words, with more that is known of who asks and of what they may do."""
        return replace(self, request=request)
