"""The addresses by which people read a subscription's feed, and end its mails.  A token in them names it; no login."""

from __future__ import annotations

from enum import StrEnum

from bot.digests.model import Kind, Target
from bot.ports import Seals


class Purpose(StrEnum):
    """What an address is for; also its part of the path."""

    FEED = "feed"
    END = "unsubscribe"


class Links:
    """Makes and reads these addresses.

    Args:
        base: the https address by which people reach the listener, without a slash at its end.
    """

    def __init__(self, base: str, seals: Seals) -> None:
        self._base = base
        self._seals = seals

    def of(self, purpose: Purpose, target: Target, kind: Kind) -> str:
        """The address of a subscription; the same each time, for as long as the key is."""
        return f"{self._base}/digests/{purpose}/{self._seals.seal(purpose, _words(target, kind))}"

    def name(self, target: Target, kind: Kind) -> str:
        """What tells a subscription of this installation from all others, whatever key seals its addresses."""
        return f"{self._base}\n{_words(target, kind)}"

    def named(self, purpose: Purpose, token: str) -> tuple[Target, Kind] | None:
        """The subscription that a token names; None if it is none of ours."""
        words = self._seals.unseal(purpose, token)
        if words is None:
            return None
        workspace, channel, kind = words.split("\n")
        return Target(workspace, channel), Kind(kind)


def _words(target: Target, kind: Kind) -> str:
    return f"{target.workspace}\n{target.channel}\n{kind}"
