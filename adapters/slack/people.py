"""Who is asking: their language, their zone, and whether they may change a channel's settings.

Asked of Slack (scopes users:read, channels:read, groups:read) and kept for a while.  Without an answer a person has no
known zone and no rights.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.slack.errors import GONE, told_object
from adapters.slack.events import Address
from adapters.slack.outbox import ATTEMPTS, Outbox, call
from bot.errors import BotError, StoreError, TargetGone
from bot.ports import Clock, Managers

log = structlog.get_logger(__name__)

KEPT = 3600.0  # seconds, for language and zone; rights are asked for each time
UNKNOWN_KEPT = 60.0  # seconds, before Slack is asked again about somebody of whom it told nothing
MOST = 10_000  # people remembered at once


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack tells of somebody: a BCP 47 tag, an IANA zone ("" where unknown), and whether they are an admin."""

    locale: str = ""
    timezone: str = ""
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class ChannelKnown:
    """Who created a channel, and what keeps the bot from posting there, as a sentence; "" where unknown or nothing."""

    creator: str = ""
    hindrance: str = ""


class People:
    """Looks people up.  May manage channels: who is `named` by a workspace's admins, and `managers` in all of them."""

    def __init__(self, outbox: Outbox, clock: Clock, named: Managers, managers: Collection[str] = ()) -> None:
        self._outbox = outbox
        self._clock = clock
        self._named = named
        self._managers = frozenset(managers)
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    async def person(self, address: Address) -> Person:
        """Somebody, as known within the last hour."""
        key = (address.team, address.user)
        if key in self._known and self._clock.monotonic() < self._known[key][0]:
            return self._known[key][1]
        person = await self._ask(address, hasty=True)
        kept = KEPT if person != Person() else UNKNOWN_KEPT
        self._known[key] = (self._clock.monotonic() + kept, person)
        self._known.move_to_end(key)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return person

    async def may_manage(self, address: Address, channel: ChannelKnown) -> bool:
        """Whether somebody may change what the bot posts in a channel: its creator, an admin, or who was named."""
        return address.user == channel.creator != "" or await self._is_named(address) or await self.is_admin(address)

    async def channel(self, address: Address) -> ChannelKnown:
        """What Slack tells of a channel at this moment."""
        try:
            client = await self._outbox.client(address)
            answer = await call(lambda: client.conversations_info(channel=address.channel))
        except TargetGone as error:
            return ChannelKnown(hindrance=error.sentence)
        except BotError as error:
            log.info("channel_unknown", action="conversations.info", kind=type(error).__name__)
            return ChannelKnown()
        told = told_object(answer, "channel")
        return ChannelKnown(str(told.get("creator") or ""), _hindrance(told))

    async def is_trusted(self, address: Address) -> bool:
        """Whether somebody may see all of a workspace's settings: an admin, as known within the last hour, or who was
        named.
        """
        return (await self.person(address)).is_admin or await self._is_named(address)

    async def is_admin(self, address: Address) -> bool:
        """Whether somebody is an admin at this moment."""
        return (await self._ask(address)).is_admin

    async def _is_named(self, address: Address) -> bool:
        if address.user in self._managers:
            return True
        try:
            return address.user in await self._named.of(address.place.workspace)
        except StoreError as error:
            log.warning("managers_unknown", action="look_up_managers", reason=error.sentence)
            return False

    async def _ask(self, address: Address, *, hasty: bool = False) -> Person:
        try:
            client = await self._outbox.client(address, hasty=hasty)
            answer = await call(
                lambda: client.users_info(user=address.user, include_locale=True), attempts=1 if hasty else ATTEMPTS
            )
        except BotError as error:
            log.info("person_unknown", action="users.info", kind=type(error).__name__)
            return Person()
        user = told_object(answer, "user")
        is_admin = any(user.get(role) is True for role in ("is_admin", "is_owner", "is_primary_owner"))
        return Person(str(user.get("locale") or ""), str(user.get("tz") or ""), is_admin)


def _hindrance(channel: Mapping[str, Any]) -> str:
    if channel.get("is_archived") is True:
        return GONE["is_archived"]
    return GONE["not_in_channel"] if channel.get("is_member") is False else ""
