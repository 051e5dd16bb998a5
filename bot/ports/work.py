"""What keeps work from being done twice or left undone, and what is kept under lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.chat.request import Place


class EventLog(Protocol):
    """Which inbound events have been worked on, so that one delivered twice is answered once.

    The store's own clock counts, and a lease that ends later than its length from now is void, as with `Leases`.
    """

    async def begin(self, event: str, lease: timedelta) -> bool:
        """Whether to work on `event` now: it is new, or a first attempt died (not finished within its lease)."""

    async def finish(self, event: str) -> None:
        """It is done; never again."""

    async def forget_begun(self, longer_ago: timedelta) -> int:
        """Drop events begun so long ago; how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReply:
    """A message of the bot's that is not finished yet: a placeholder, or half an answer."""

    place: Place
    message: str  # the platform's own reference, opaque here
    opened_at: datetime


class OpenReplies(Protocol):
    """Replies under way, so that those a crash left behind can be closed with a sentence at the next start."""

    async def opened(self, reply: OpenReply) -> None:
        """Remember it."""

    async def became(self, intended: OpenReply, reply: OpenReply) -> None:
        """What was remembered before it was sent is there, and is remembered in its place; both at once."""

    async def closed(self, reply: OpenReply) -> None:
        """It is finished."""

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        """Those of a platform ("slack") opened before then and never closed, oldest first.

        Those opened in the future are among them: the clock of who opened them was ahead, and has been set right.
        """


class Leases(Protocol):
    """Short-lived exclusive rights, such as to one Discord shard, with a fencing token.

    The store's own clock counts.  A lease that ends later than its length from now was taken while that clock was
    ahead; it is void, so a clock that is set right again keeps nobody waiting.
    """

    async def acquire(self, name: str, owner: str, length: timedelta) -> int | None:
        """Take or renew; the fencing token (which grows with each new owner), or None while somebody else holds it."""

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds; nothing happens if it does not."""

    async def is_abandoned(self, name: str) -> bool:
        """Whether surely nobody works under it: never taken, given back, or its holder has ended.

        A lease that only ran out is not abandoned, since its holder may live and have found the store away.
        """

    async def held(self, prefix: str, length: timedelta) -> list[str]:
        """The names with that prefix that somebody holds now, sorted.  `length` is that of such leases."""

    async def forget_ended(self, longer_ago: timedelta) -> int:
        """Drop those that ran out so long ago, and with them their tokens' count; how many."""


class Vault(Protocol):
    """Secrets that platforms hand over at run time (installations), encrypted at rest."""

    async def put(self, platform: str, key: str, workspace: str, secret: bytes) -> None:
        """Insert or replace."""

    async def get(self, platform: str, key: str) -> bytes | None:
        """The secret, decrypted; None if there is none."""

    async def keys(self, platform: str) -> list[str]:
        """The keys of a platform."""

    async def delete(self, platform: str, key: str) -> None:
        """Forget one."""


class Seals(Protocol):
    """Tokens that this installation alone can make and read: they stand in addresses that need no login."""

    def seal(self, purpose: str, words: str) -> str:
        """The token for these words, the same each time; letters that an address may hold.  `words` are not empty."""

    def unseal(self, purpose: str, token: str) -> str | None:
        """The words of a token; None if it was not made here, or for another purpose."""
