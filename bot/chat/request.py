"""What an adapter hands to the engine, and what the engine says back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.documents.model import Document


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: workspace ("slack:T1", "discord:9", "terminal:local"), channel and thread.

    The ids are the platform's own and opaque to the engine.  A thread is its own conversation.
    """

    workspace: str
    channel: str
    thread: str = ""

    @property
    def parent(self) -> Place:
        """The channel that a thread hangs in."""
        return Place(self.workspace, self.channel)


class Origin(StrEnum):
    """How a request came to be, which decides how bare words are read."""

    COMMAND = "command"  # `/papers …`, or a button that stands for it
    MESSAGE = "message"  # a mention, a direct message, a reply in a thread of the bot's: may be a question


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that a person asks for.

    `text` is what follows `/papers` or the mention.  `locale` is a BCP 47 tag, `timezone` an IANA name; both may be
    unknown ("").  `may_manage` says whether the platform lets this person change the settings of the channel that is
    spoken of (`Parsed.target_channel`).
    """

    place: Place
    user: str
    text: str
    origin: Origin = Origin.COMMAND
    locale: str = ""
    timezone: str = ""
    may_manage: bool = False
    is_admin: bool = False  # the platform lets this person change the settings of the whole workspace
    direct: bool = False  # a private conversation with the bot
    private: bool = False  # the answer is for this person alone
    runs_bot: bool = False  # at the bot's own terminal, so it is whoever runs it
    replied_papers: tuple[str, ...] = ()  # papers of the message that is replied to, where known
    lacking: tuple[str, ...] = ()  # permissions that the bot lacks to post in the channel spoken of, where known
    hindrance: str = ""  # a sentence: what else keeps the bot from posting there, where known
    fields: Mapping[str, str] = field(default_factory=dict)  # the command's form as it was filled in, by argument


@dataclass(frozen=True, slots=True)
class Progress:
    """A sentence about what is going on, to be shown until something better comes."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Partial:
    """An answer so far: the whole text up to here, plain, growing with each one.

    It holds only what was checked, and the `Final` says it too.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Final:
    """The finished document.  The engine always ends with exactly one, also after an error."""

    document: Document


Reply = Progress | Partial | Final


async def close(replies: AsyncIterator[Reply]) -> None:
    """End replies that nobody goes on asking for: now, and not when they are found among the garbage."""
    if isinstance(replies, AsyncGenerator):
        await replies.aclose()
