"""Where digests go besides chats: to a mail address, or into a feed.  For whoever runs the bot, at its own terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.chat.request import Place
from bot.digests.addresses import read_address
from bot.digests.links import Links, Purpose
from bot.digests.model import Kind, Target
from bot.digests.opt_in import OptIn
from bot.errors import BadInput

MAIL, FEED = "email", "feed"
FEED_NAME = re.compile(r"feed(?::[a-z0-9-]{1,40})?")
WAITING = "It waits for the code that was mailed to the address: `confirm CODE`."
_NO_MAIL = (
    "Mail is not set up: PAPERWIRE_SMTP_URL, PAPERWIRE_MAIL_FROM and PAPERWIRE_PUBLIC_URL are needed. "
    "`paperwire doctor` checks them."
)
_NO_FEED = "Feeds are not set up: PAPERWIRE_HTTP and PAPERWIRE_PUBLIC_URL are needed, and `paperwire run` has to run."


class Outlets:
    """What is set up of mail and feeds.

    Args:
        opt_in: asks addresses first; None where no mail can be sent.
        links: the addresses of feeds; None where nobody could read one.
    """

    def __init__(self, opt_in: OptIn | None, links: Links | None) -> None:
        self._opt_in = opt_in
        self._links = links

    @property
    def opt_in(self) -> OptIn:
        """Who asks addresses.  Raises `BadInput` where no mail can be sent."""
        if self._opt_in is None:
            raise BadInput(_NO_MAIL)
        return self._opt_in

    def feed(self, target: Target, kind: Kind) -> str:
        """The address of a subscription's feed; "" where there are none."""
        return self._links.of(Purpose.FEED, target, kind) if self._links else ""

    async def pause(self, target: Target) -> str:
        """Why a subscription has to wait, "" if it need not: an address that has not agreed is to be asked first.

        Raises:
            BadInput: digests cannot go there, as the bot is set up.
        """
        if target.platform == FEED and self._links is None:
            raise BadInput(_NO_FEED)
        if target.platform != MAIL or await self.opt_in.has_agreed(target):
            return ""
        return WAITING


def outlet_of(words: str, place: Place) -> Target:
    """The address or the feed that is named at the bot's own terminal.

    Raises:
        BadInput: it is neither.
    """
    name = words.lower()
    if FEED_NAME.fullmatch(name):
        return Target(_beside(FEED, place), name)
    if "@" in words:
        return Target(_beside(MAIL, place), read_address(words))
    raise BadInput(
        "Here a digest goes to a mail address, such as somebody@example.org, or to a feed: `feed`, `feed:robots`."
    )


def outlets_beside(place: Place) -> Sequence[str]:
    """The workspaces of addresses and feeds that were subscribed there."""
    return [_beside(MAIL, place), _beside(FEED, place)]


def _beside(platform: str, place: Place) -> str:
    return f"{platform}:{place.workspace.partition(':')[2]}"
