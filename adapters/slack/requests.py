"""What was heard at Slack, as requests to the engine: who asks, and what they may."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack.events import Incoming
from adapters.slack.people import People
from bot.chat.engine import Engine
from bot.chat.grammar import Command, parse
from bot.chat.request import Request
from bot.errors import BadInput


class Requests:
    """Makes requests.  Rights are those that Slack and the workspace give at this moment."""

    def __init__(self, engine: Engine, people: People) -> None:
        self._engine = engine
        self._people = people

    async def of(self, incoming: Incoming) -> Request:
        """The request, with the asker's language, zone and rights in the channel that is spoken of."""
        address = incoming.address
        person = await self._people.person(address)
        request = replace(self.bare(incoming), locale=person.locale, timezone=person.timezone)
        command = self.command(incoming.text)
        if command is not None and command.who == "admin":
            return replace(request, is_admin=await self._people.is_admin(address))
        channel = self._engine.channel_spoken_of(request)
        if channel != address.channel or (self.changes(incoming) and not incoming.direct):
            there = replace(address, channel=channel)
            known = await self._people.channel(there)
            may_manage = await self._people.may_manage(there, known)
            return replace(request, may_manage=may_manage, hindrance=known.hindrance)
        return replace(request, may_manage=incoming.direct and await self._people.is_trusted(address))

    def bare(self, incoming: Incoming) -> Request:
        """The request as far as the payload tells."""
        return Request(
            place=incoming.address.place,
            user=incoming.address.user,
            text=incoming.text,
            origin=incoming.origin,
            direct=incoming.direct,
            fields=incoming.fields,
            private=incoming.private,
        )

    def changes(self, incoming: Incoming) -> bool:
        """Whether it is about a channel's settings."""
        command = self.command(incoming.text)
        return command is not None and command.who == "manager"

    def command(self, line: str) -> Command | None:
        """The command that a line begins with, where the line can be understood."""
        try:
            invocation = parse(line, self._engine.commands)
        except BadInput:
            return None
        return invocation.command if invocation else None
