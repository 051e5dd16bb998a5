"""What was heard at Slack, as requests that the engine has read: who asks, and what they may."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack.events import Incoming
from adapters.slack.people import People
from bot.chat.engine import Engine
from bot.chat.parsed import Access, Parsed
from bot.chat.request import Request


class Requests:
    """Reads requests.  Rights are those that Slack and the workspace give at this moment."""

    def __init__(self, engine: Engine, people: People) -> None:
        self._engine = engine
        self._people = people

    def read(self, incoming: Incoming) -> Parsed:
        """The request as far as the payload tells; asks nobody."""
        return self._engine.parse(
            Request(
                place=incoming.address.place,
                user=incoming.address.user,
                text=incoming.text,
                origin=incoming.origin,
                direct=incoming.direct,
                fields=incoming.fields,
                private=incoming.private,
            )
        )

    async def with_person(self, parsed: Parsed, incoming: Incoming) -> Parsed:
        """The request with the asker's language, zone and rights in the channel that is spoken of."""
        address = incoming.address
        person = await self._people.person(address)
        request = replace(parsed.request, locale=person.locale, timezone=person.timezone)
        if parsed.access_needed is Access.WORKSPACE:
            return parsed.asked_by(replace(request, is_admin=await self._people.is_admin(address)))
        if parsed.target_channel != address.channel or (parsed.changes_channel and not incoming.direct):
            there = replace(address, channel=parsed.target_channel)
            known = await self._people.channel(there)
            may_manage = await self._people.may_manage(there, known)
            return parsed.asked_by(replace(request, may_manage=may_manage, hindrance=known.hindrance))
        is_trusted = incoming.direct and await self._people.is_trusted(address)
        return parsed.asked_by(replace(request, may_manage=is_trusted))
