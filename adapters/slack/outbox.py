"""Messages on their way to Slack: posted, changed, taken back, or shown to one person.

Every method raises an error of `bot.errors` and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from adapters.slack.clients import Clients
from adapters.slack.errors import required, translate
from adapters.slack.events import Address
from adapters.slack.limits import Json
from adapters.slack.lines import ChannelLines
from adapters.slack.render import Message
from bot.errors import Ambiguous, ContentRejected, TargetGone, Transient

ATTEMPTS = 5
FILE_ATTEMPTS = 4  # within 3.5 seconds; a file is looked at within one, as a rule
NO_UNFURLING: Json = {"unfurl_links": False, "unfurl_media": False}

Result = TypeVar("Result")


class Outbox:
    """Sends messages with the client of the workspace that they are for."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._lines = ChannelLines()

    async def client(self, to: Address, *, hasty: bool = False) -> AsyncWebClient:
        """The workspace's client, for what is not a message; a hasty one does not wait out a 429."""
        return await self._clients.of(to.team, to.enterprise, hasty=hasty)

    async def post(
        self, to: Address, message: Message, thread: str = "", *, hasty: bool = False, marked: Json | None = None
    ) -> tuple[str, str]:
        """Post in a channel or thread, or to a person by their id; the channel and the message's `ts`.

        Args:
            to: the channel.
            message: what to post.
            thread: its `ts`.
            hasty: once, and without waiting out a 429.
            marked: what the message bears to be found by (`marks.mark`).
        """
        client = await self.client(to, hasty=True)  # the line is what waits
        payload = {"channel": to.channel, **_in_thread(thread), **message.payload, **NO_UNFURLING, **(marked or {})}
        line = self._lines.of(to.team, to.channel)
        answer = await call(
            lambda: line.take(
                lambda: _translated(lambda: client.api_call("chat.postMessage", json=payload)), hasty=hasty
            ),
            again_if_unsure=False,
            attempts=1 if hasty else ATTEMPTS,
            shows_files=message.shows_files,
        )
        return required(answer, "channel"), required(answer, "ts")

    async def edit(self, to: Address, ts: str, message: Message, *, hasty: bool = False) -> None:
        """Change a message; what it held before is replaced, blocks too.  `hasty` as for `post`."""
        client = await self.client(to, hasty=hasty)
        payload = {"channel": to.channel, "ts": ts, "blocks": [], **message.payload}
        await call(
            lambda: client.api_call("chat.update", json=payload),
            attempts=1 if hasty else ATTEMPTS,
            shows_files=message.shows_files,
        )

    async def delete(self, to: Address, ts: str) -> None:
        """Take a message back."""
        client = await self.client(to)
        await call(lambda: client.chat_delete(channel=to.channel, ts=ts))

    async def whisper(self, to: Address, message: Message) -> None:
        """Show something to one person: in the channel if that can be, else in a direct message."""
        if to.response_url and not message.shows_files and await self._respond(to, message, "ephemeral"):
            return
        try:
            await self._post_ephemeral(to, message)
        except TargetGone:
            await self.post(direct(to), message)

    async def upload(self, to: Address, picture: bytes, alt: str, *, hasty: bool = False) -> str:
        """Give Slack a picture (PNG); the id of its file, which nobody sees until a message shows it."""
        client = await self.client(to, hasty=hasty)
        answer = await call(
            lambda: client.files_upload_v2(file=picture, filename="picture.png", alt_txt=alt),
            attempts=1 if hasty else ATTEMPTS,
        )
        return required(answer, "files", 0, "id")

    async def announce(self, to: Address, message: Message) -> bool:
        """Answer for all to see in a channel that the bot is not in; False if Slack gives no way to."""
        return bool(to.response_url) and await self._respond(to, message, "in_channel")

    async def _post_ephemeral(self, to: Address, message: Message) -> None:
        if to.channel.startswith(("D", "U", "W")):
            await self.post(to, message, to.thread)
            return
        client = await self.client(to)
        payload = {"channel": to.channel, "user": to.user, **_aside(to), **message.payload}
        await call(
            lambda: client.api_call("chat.postEphemeral", json=payload),
            again_if_unsure=False,
            shows_files=message.shows_files,
        )

    async def _respond(self, to: Address, message: Message, kind: str) -> bool:
        """Use the address that came with a command or a press, which works five times within half an hour."""
        where = _in_thread(to.thread) if kind == "in_channel" else _aside(to)
        body = {"response_type": kind, "replace_original": False, **where}
        hook = AsyncWebhookClient(to.response_url, session=self._clients.session)
        answer = await call(lambda: hook.send_dict(body | message.payload | NO_UNFURLING), again_if_unsure=False)
        return answer.status_code == 200


async def call(
    ask: Callable[[], Awaitable[Result]],
    *,
    again_if_unsure: bool = True,
    attempts: int = ATTEMPTS,
    shows_files: bool = False,
) -> Result:
    """Ask Slack for something, a few times if it has trouble.

    What `shows_files` that were uploaded a moment ago is refused until Slack has looked at them, and asked for again.

    Raises:
        BotError: what `adapters.slack.errors` makes of Slack's or the network's error.
    """

    def passes(error: BaseException) -> bool:
        return isinstance(error, Transient) and (again_if_unsure or not isinstance(error, Ambiguous))

    async def asked() -> Result:
        return await _again(passes, attempts, first_wait=1.0)(_translated, ask)

    if shows_files:
        return await _again(lambda error: isinstance(error, ContentRejected), FILE_ATTEMPTS, first_wait=0.5)(asked)
    return await asked()


def _again(passes: Callable[[BaseException], bool], attempts: int, first_wait: float) -> AsyncRetrying:
    return AsyncRetrying(
        retry=retry_if_exception(passes),
        stop=stop_after_attempt(attempts),
        wait=wait_exponential(multiplier=first_wait, max=10),
        reraise=True,
    )


async def _translated(ask: Callable[[], Awaitable[Result]]) -> Result:
    try:
        return await ask()
    except (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError, AttributeError) as error:
        raise translate(error) from error  # slack_sdk looks for fields in whatever was answered


def direct(to: Address) -> Address:
    """The same person, in a direct message."""
    return Address(team=to.team, enterprise=to.enterprise, channel=to.user, user=to.user)


def _aside(to: Address) -> Json:
    """The thread for what one person alone sees; none where Slack would show it to nobody."""
    return _in_thread(to.thread if to.has_replies else "")


def _in_thread(thread: str) -> Json:
    return {"thread_ts": thread} if thread else {}
