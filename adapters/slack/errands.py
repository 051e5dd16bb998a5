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
from adapters.slack.buttons import Press, modal, notice
from adapters.slack.errors import required
from adapters.slack.events import Address, Incoming, metadata, team_of
from adapters.slack.forms import WAITING, form_view, with_warning
from adapters.slack.home import home_view, prompts
from adapters.slack.inbox import Inbox
from adapters.slack.lanes import Job
from adapters.slack.limits import Json
from adapters.slack.outbox import Outbox, call
from adapters.slack.people import People
from adapters.slack.render import sentence
from adapters.slack.requests import Requests
from bot.chat.engine import Engine
from bot.chat.parsed import Parsed
from bot.chat.request import Final, Origin, Progress
from bot.documents.model import Block
from bot.errors import BotError, Unauthorized

log = structlog.get_logger(__name__)

Body = dict[str, Any]

NOT_YOURS = "Only a channel's creator, an admin, or whom an admin names by managers add, can subscribe it."
TOO_LATE = "Slack did not let me ask in time. Please press the button again."


class Errands:
    """Errands, each in a lane of its own.  `forget` deletes what a workspace owns, by its id."""

    def __init__(
        self,
        *,
        engine: Engine,
        outbox: Outbox,
        people: People,
        requests: Requests,
        inbox: Inbox,
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._people = people
        self._requests = requests
        self._inbox = inbox
        self._forget = forget

    def ask(self, incoming: Incoming, press: Press, trigger: str) -> None:
        """Open the window that puts a button's question."""

        async def job() -> None:
            await self._open(incoming, trigger, modal(press, metadata(incoming)))

        self._open_once(incoming, press, trigger, job)

    def fill(self, incoming: Incoming, press: Press, trigger: str) -> None:
        """Open the form of a button's command: at once, and then with its fields, which may take longer to find."""

        async def job() -> None:
            window = await self._open(incoming, trigger, notice(WAITING))
            if not window:
                return
            try:
                parsed = self._requests.read(incoming)
                form = await self._engine.form(await self._requests.with_person(parsed, incoming))
                view = form_view(form, metadata(replace(incoming, text=form.line)))
            except BotError as error:
                view = notice(error.sentence)
            client = await self._outbox.client(incoming.address)
            await call(lambda: client.views_update(view_id=window, view=view))

        self._open_once(incoming, press, trigger, job)

    def look_at_channel(self, incoming: Incoming, view: Json) -> None:
        """Say in a form whether its author may subscribe the channel that they chose."""

        async def job() -> None:
            request = (await self._requests.with_person(self._requests.read(incoming), incoming)).request
            warning = request.hindrance if request.may_manage else NOT_YOURS
            client = await self._outbox.client(incoming.address)
            shown = with_warning(view, warning)
            await call(lambda: client.views_update(view_id=str(view["id"]), hash=str(view.get("hash", "")), view=shown))

        self._inbox.take_job("", ("form", str(view["id"])), job)

    def _open_once(self, incoming: Incoming, press: Press, trigger: str, job: Job) -> None:
        """A double click opens one window; where the app is not installed, whoever pressed is told."""
        same = ("modal", incoming.lane, incoming.address.user, press)

        async def opened() -> None:
            try:
                await job()
            except Unauthorized as error:
                await self._outbox.whisper(incoming.address, sentence(error.sentence))

        self._inbox.take_job("", ("modal", trigger), opened, same)

    async def _open(self, incoming: Incoming, trigger: str, view: Json) -> str:
        """Open a window while the trigger lives (three seconds); its id, "" where Slack did not let us."""
        client = await self._outbox.client(incoming.address)
        try:
            answer = await call(lambda: client.views_open(trigger_id=trigger, view=view), again_if_unsure=False)
            return required(answer, "view", "id")
        except BotError as error:
            log.info("modal_not_opened", action="open_modal", kind=type(error).__name__)
            await self._outbox.whisper(incoming.address, sentence(TOO_LATE))
            return ""

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

    def home_changed(self, incoming: Incoming, parsed: Parsed) -> None:
        """Show the App Home anew, once a request that was made there has been answered."""
        self._inbox.take_job(
            "", self._inbox.lane(incoming, parsed), partial(self._publish_home, incoming.address, empty=False)
        )

    def removed(self, team: str, enterprise: str) -> None:
        """The app was taken out of a workspace, or of an org."""
        gone = team or enterprise
        self._inbox.take_job("", ("removed", gone), lambda: self._forget(gone))

    async def _publish_home(self, to: Address, *, empty: bool) -> None:
        """Show today's list; where there is nothing yet, what is being done as well."""
        person = await self._people.person(to)
        async for reply in self._engine.handle(await self._at_home(to, "today")):
            if isinstance(reply, Final):
                digests = await self._digests(to)
                await self._publish(to, home_view(reply.document, person, to.channel, digests))
            elif isinstance(reply, Progress) and empty:
                await self._publish(to, home_view(said(reply.sentence), person, to.channel))

    async def _at_home(self, to: Address, line: str) -> Parsed:
        """A command as if somebody had written it to the bot directly."""
        incoming = Incoming(key="", address=to, text=line, origin=Origin.COMMAND)
        parsed = await self._requests.with_person(self._requests.read(incoming), incoming)
        return parsed.asked_by(replace(parsed.request, direct=True))

    async def _digests(self, to: Address) -> tuple[Block, ...]:
        """What `status` tells this person of digests; nothing where there is no such command."""
        if all(command.name != "status" for command in self._engine.commands):
            return ()
        async for reply in self._engine.handle(await self._at_home(to, "status")):
            if isinstance(reply, Final):
                return reply.document.blocks
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
