"""What bolt calls.  Each listener acknowledges, hands over, and returns; nothing here waits for network or database.

So they can run before bolt's own response (`process_before_response`), and an acknowledgement takes no longer than
reading the payload.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from adapters.slack.buttons import MODAL, VERSION, Press, notice
from adapters.slack.config import COMMAND
from adapters.slack.errands import Errands
from adapters.slack.events import (
    Incoming,
    from_command,
    from_form,
    from_message,
    from_modal,
    from_press,
    from_shortcut,
    team_of,
)
from adapters.slack.forms import CHANNEL, FORM, ZONES, zone_options
from adapters.slack.inbox import BUSY, Inbox
from adapters.slack.manifest import SHORTCUT
from bot.chat.parsed import Parsed
from bot.chatkit.mentioned_papers import NO_PAPER
from bot.errors import BotError

log = structlog.get_logger(__name__)

Body = dict[str, Any]

OUTDATED = "That was made by another version of Paperwire. Please ask again, and use the new buttons."


class Listeners:
    """Bolt's listeners: requests go to the inbox, everything else is an errand."""

    def __init__(self, inbox: Inbox, errands: Errands) -> None:
        self._inbox = inbox
        self._errands = errands

    def register(self, bolt: AsyncApp) -> None:
        """Tell bolt who hears what; the first that fits does."""
        bolt.command(COMMAND)(self.command)
        bolt.event("app_mention")(self.message)
        bolt.event("message")(self.message)
        bolt.event("app_home_opened")(self.home_opened)
        bolt.event("app_context_changed")(self.nothing)
        bolt.event("app_uninstalled")(self.uninstalled)
        bolt.event("tokens_revoked")(self.tokens_revoked)
        bolt.action(re.compile(f"^{VERSION}url:"))(self.nothing)
        bolt.action(CHANNEL)(self.channel_chosen)
        bolt.action(re.compile(f"^{VERSION}"))(self.press)
        bolt.action(re.compile(""))(self.old_press)
        bolt.options(ZONES)(self.zones)
        bolt.view(MODAL)(self.modal)
        bolt.view(FORM)(self.form)
        bolt.view(re.compile(""))(self.old_modal)
        bolt.shortcut(SHORTCUT)(self.shortcut)
        bolt.error(self.unknown)

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """`/papers …`"""
        incoming = from_command(body)
        await (ack(BUSY) if incoming and not self._inbox.take(incoming, self._inbox.read(incoming)) else ack())

    async def message(self, ack: AsyncAck, body: Body) -> None:
        """A mention or a direct message; others are not for us."""
        await ack()
        self._take(from_message(body))

    async def home_opened(self, ack: AsyncAck, body: Body) -> None:
        """The App Home or the agent's view came into sight."""
        await ack()
        self._errands.home_opened(body)

    async def press(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """A button or a menu of ours: a command, or the question to ask before it."""
        await ack()
        chosen = action.get("selected_option") or action
        label = (chosen.get("text") or {}).get("text")
        press = Press.decode(str(chosen.get("value", "")), str(label or ""))
        incoming = from_press(body, press) if press else None
        if press is None or incoming is None:
            await self.old_press(ack, body)
        elif press.input is not None:
            self._errands.ask(incoming, press, str(body.get("trigger_id", "")))
        elif press.fills:
            self._errands.fill(incoming, press, str(body.get("trigger_id", "")))
        else:
            self._take(incoming, once=(incoming.lane, incoming.address.user, press))

    async def old_press(self, ack: AsyncAck, body: Body) -> None:
        """A button that we do not know (any more)."""
        await ack()
        incoming = from_press(body, Press(""))
        if incoming is not None:
            self._errands.tell(incoming, OUTDATED)

    async def channel_chosen(self, ack: AsyncAck, body: Body) -> None:
        """A form's channel was chosen: whoever may not manage it learns so before they fill in the rest."""
        await ack()
        incoming = from_form(body)
        if incoming is not None:
            self._errands.look_at_channel(incoming, body["view"])

    async def zones(self, ack: AsyncAck, body: Body) -> None:
        """Somebody types in a field that asks for a time zone."""
        await ack(options=zone_options(str(body.get("value") or "")))

    async def modal(self, ack: AsyncAck, body: Body) -> None:
        """A question's answer was sent."""
        incoming = from_modal(body)
        if incoming is None:
            await self.old_modal(ack)
        elif not self._inbox.take(incoming, self._inbox.read(incoming)):
            await ack(response_action="update", view=notice(BUSY))
        else:
            await ack()

    async def form(self, ack: AsyncAck, body: Body) -> None:
        """A form was sent in: what is wrong with a field is said at the field, and the window stays."""
        incoming = from_form(body)
        if incoming is None:
            await self.old_modal(ack)
            return
        parsed = self._inbox.read(incoming)
        try:
            faults = self._inbox.faults(parsed)
        except BotError as error:
            await ack(response_action="update", view=notice(error.sentence))
            return
        if faults:
            await ack(response_action="errors", errors=dict(faults))
        elif not self._inbox.take(incoming, parsed):
            await ack(response_action="update", view=notice(BUSY))
        else:
            await ack()
            self._show_change(incoming, parsed)

    async def old_modal(self, ack: AsyncAck) -> None:
        """A modal that we do not know (any more)."""
        await ack(response_action="update", view=notice(OUTDATED))

    async def shortcut(self, ack: AsyncAck, body: Body) -> None:
        """“Explain this paper” on a message."""
        await ack()
        incoming = from_shortcut(body)
        if incoming is not None and not incoming.text:
            self._errands.tell(incoming, NO_PAPER)
        else:
            self._take(incoming)

    async def uninstalled(self, ack: AsyncAck, body: Body) -> None:
        """The workspace took the app out."""
        await ack()
        self._errands.removed(*team_of(body))

    async def tokens_revoked(self, ack: AsyncAck, body: Body) -> None:
        """Tokens were taken back; only the bot's matter."""
        await ack()
        if body["event"].get("tokens", {}).get("bot"):
            self._errands.removed(*team_of(body))

    async def nothing(self, ack: AsyncAck) -> None:
        """Heard, and nothing to do."""
        await ack()

    async def unknown(self, error: Exception, body: Body) -> BoltResponse:
        """A payload that nobody listens to is acknowledged all the same, or Slack would send it again."""
        if not isinstance(error, BoltUnhandledRequestError):
            log.error("listener_failed", action="hear_slack", kind=type(error).__name__, exc_info=error)
        return BoltResponse(status=200, body="")

    def _take(self, incoming: Incoming | None, once: Hashable = None) -> None:
        if incoming is None:
            return
        parsed = self._inbox.read(incoming)
        if self._inbox.take(incoming, parsed, once):
            self._show_change(incoming, parsed)
        else:
            self._errands.tell(incoming, BUSY)

    def _show_change(self, incoming: Incoming, parsed: Parsed) -> None:
        if incoming.home and parsed.changes_channel:
            self._errands.home_changed(incoming, parsed)
