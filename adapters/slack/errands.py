"""What payloads ask for beside answers: a window, a sentence, the App Home, the agent's prompts, a removal.

Like the inbox, every method only hands over; the work is done after the acknowledgement.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from adapters.slack.answer import said
from adapters.slack.buttons import Press, modal
from adapters.slack.events import Address, Incoming, metadata, team_of
from adapters.slack.home import home_view, prompts
from adapters.slack.inbox import Inbox
from adapters.slack.limits import Json
from adapters.slack.outbox import Outbox, call
from adapters.slack.people import People
from adapters.slack.render import sentence
from bot.chat.engine import Engine
from bot.chat.request import Final, Progress, Request
from bot.documents.model import Block, Heading
from bot.errors import BotError

log = structlog.get_logger(__name__)

Body = dict[str, Any]

TOO_LATE = "Slack did not let me ask in time. Please press the button again."


class Errands:
    """Errands, each in a lane of its own.  `forget` deletes what a workspace owns, by its id."""

    def __init__(
        self,
        *,
        engine: Engine,
        outbox: Outbox,
        people: People,
        inbox: Inbox,
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._people = people
        self._inbox = inbox
        self._forget = forget

    def ask(self, incoming: Incoming, press: Press, trigger: str) -> None:
        """Open the modal that puts a button's question, while the trigger lives (three seconds)."""

        async def job() -> None:
            client = await self._outbox.client(incoming.address)
            view = modal(press, metadata(incoming))
            try:
                await call(lambda: client.views_open(trigger_id=trigger, view=view), again_if_unsure=False)
            except BotError as error:
                log.info("modal_not_opened", action="open_modal", kind=type(error).__name__)
                await self._outbox.whisper(incoming.address, sentence(TOO_LATE))

        same = ("modal", incoming.lane, incoming.address.user, press)  # a double click opens one window
        self._inbox.take_job("", ("modal", trigger), job, same)

    def tell(self, incoming: Incoming, words: str) -> None:
        """Say a sentence to the person alone."""

        async def job() -> None:
            await self._outbox.whisper(incoming.address, sentence(words))

        self._inbox.take_job(incoming.key, ("tell", incoming.key), job)

    def home_opened(self, body: Body) -> None:
        """Fill the App Home, or offer what to ask in the agent's view."""
        event = body["event"]
        team, enterprise = team_of(body)
        to = Address(team=team, enterprise=enterprise, channel=event.get("channel", ""), user=event.get("user", ""))
        if event.get("tab", "home") == "home":
            job = partial(self._publish_home, to, empty=not event.get("view"))
        else:
            job = partial(self._suggest, to)
        self._inbox.take_job(f"slack:{body.get('event_id', '')}", (team, "home", to.user), job)

    def removed(self, team: str, enterprise: str) -> None:
        """The app was taken out of a workspace, or of an org."""
        gone = team or enterprise
        self._inbox.take_job("", ("removed", gone), lambda: self._forget(gone))

    async def _publish_home(self, to: Address, *, empty: bool) -> None:
        """Show today's list; where there is nothing yet, what is being done as well."""
        person = await self._people.person(to)
        request = Request(
            place=to.place, user=to.user, text="today", locale=person.locale, timezone=person.timezone, direct=True
        )
        async for reply in self._engine.handle(request):
            if isinstance(reply, Final):
                digests = await self._digests(request)
                await self._publish(to, home_view(reply.document, person, to.channel, digests))
            elif isinstance(reply, Progress) and empty:
                await self._publish(to, home_view(said(reply.sentence), person, to.channel))

    async def _digests(self, request: Request) -> tuple[Block, ...]:
        """What `status` tells this person of their digests; nothing where there is no such command."""
        if all(command.name != "status" for command in self._engine.commands):
            return ()
        async for reply in self._engine.handle(replace(request, text="status")):
            if isinstance(reply, Final):
                return (Heading("Your digests"), *reply.document.blocks)
        return ()

    async def _publish(self, to: Address, view: Json) -> None:
        client = await self._outbox.client(to)
        await call(lambda: client.views_publish(user_id=to.user, view=view))

    async def _suggest(self, to: Address) -> None:
        client = await self._outbox.client(to)
        offered = prompts(self._engine.commands)
        try:
            await call(lambda: client.assistant_threads_setSuggestedPrompts(channel_id=to.channel, prompts=offered))
        except BotError as error:
            log.info("prompts_not_set", action="suggest_prompts", kind=type(error).__name__)
