"""Slack, whole: bolt and its two transports around the inbox, from start to stop."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from dataclasses import dataclass

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.signature import SignatureVerifier
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from adapters.slack.clients import Clients, OneToken
from adapters.slack.config import SlackConfig
from adapters.slack.doctor import look
from adapters.slack.errands import Errands
from adapters.slack.forms import zones
from adapters.slack.inbox import Inbox
from adapters.slack.installs import Installations, SignedStates
from adapters.slack.leftovers import Leftovers
from adapters.slack.listeners import Listeners
from adapters.slack.manifest import all_scopes
from adapters.slack.outbox import Outbox
from adapters.slack.pace import Pace
from adapters.slack.people import People
from adapters.slack.quiet import quiet_logger, silent_logger
from adapters.slack.requests import Requests
from adapters.slack.streams import Abilities
from adapters.slack.web import answer
from bot.chat.engine import Engine
from bot.errors import BotError, StoreError, Unauthorized
from bot.ports import Clock, ConversationRepository, EventLog, Leases, Managers, OpenReplies, Vault, Workspaces
from bot.presence import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between two looks for a Slack that is away at the start
GRACE = 20.0  # seconds for answers under way when the bot stops
CHORES = 600.0  # seconds between two rounds of renewing tokens and forgetting old events


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackStore:
    """What the adapter remembers, by ports."""

    events: EventLog
    open_replies: OpenReplies
    conversations: ConversationRepository
    vault: Vault
    leases: Leases
    managers: Managers
    workspaces: Workspaces


class SlackApp:
    """The Slack adapter.  `start` returns when it hears; `stop` when everything under way has its end."""

    def __init__(
        self, *, engine: Engine, config: SlackConfig, store: SlackStore, clock: Clock, pace: Pace | None = None
    ) -> None:
        config.check()
        self._engine = engine
        self._config = config
        self._store = store
        self._clock = clock
        self.installs = Installations(store.vault, store.leases)
        self._clients = Clients(OneToken(config.bot_token) if config.bot_token else self.installs, config.api_url)
        self._outbox = Outbox(self._clients)
        self._people = People(self._outbox, clock, store.managers, config.managers)
        requests = Requests(engine, self._people)
        abilities = Abilities(self._outbox, clock)
        self.leftovers = Leftovers(
            outbox=self._outbox,
            abilities=abilities,
            open_replies=store.open_replies,
            leases=store.leases,
            clock=clock,
        )
        self.inbox = Inbox(
            engine=engine,
            outbox=self._outbox,
            requests=requests,
            events=store.events,
            abilities=abilities,
            leftovers=self.leftovers,
            conversations=store.conversations,
            clock=clock,
            pace=pace or Pace(),
        )
        self._errands = Errands(
            engine=engine,
            outbox=self._outbox,
            people=self._people,
            requests=requests,
            inbox=self.inbox,
            forget=self._forget,
        )
        self._sockets: AsyncSocketModeHandler | None = None
        self._over_http: AsyncApp | None = None
        self._chores: list[asyncio.Task[None]] = []

    # --- start and stop ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Check the tokens, close what a crash left open, and begin to listen.  Waits for a Slack that is away.

        Raises:
            Unauthorized: a token is refused or lacks a scope; names it and the fix.
        """
        await self._check()
        await self._clients.start()
        await asyncio.to_thread(zones)  # before somebody waits for them
        if not self._config.bot_token:
            self.installs.renew_with(self._clients, self._config)
        await self.leftovers.close_all()
        self._chores = [asyncio.create_task(chore) for chore in (self._do_chores(), self.leftovers.keep())]
        bolt = self._bolt()
        if self._config.uses_sockets:
            await self._listen_on_socket(bolt)
        else:
            self._over_http = bolt
        log.info("slack_started", action="start", sockets=self._config.uses_sockets)

    async def run(self) -> None:
        """Serve until cancelled.  Raises as `start`."""
        try:
            await self.start()
            await asyncio.Event().wait()
        finally:
            await self.stop()

    async def stop(self, grace: float = GRACE) -> None:
        """Hear nothing more, finish what is under way, and let go of everything."""
        if self._sockets is not None:
            await self._sockets.client.close()  # type: ignore[no-untyped-call]
        self._over_http = None
        await self.inbox.close(grace)
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        with suppress(BotError):
            await self.leftovers.leave()
        await self._clients.close()

    async def _check(self) -> None:
        pauses = itertools.chain(PAUSES, itertools.repeat(PAUSES[-1]))
        while True:
            found = [fault for fault in await look(self._config) if not fault.bearable]
            if not found:
                return
            if any(not fault.passing for fault in found):
                raise Unauthorized(" ".join(fault.sentence for fault in found if not fault.passing))
            pause = next(pauses)
            if pause == PAUSES[0]:
                log.warning("slack_away", action="start", reason=found[0].sentence)
            await self._clock.sleep(pause)

    async def hears(self) -> bool:
        """Whether somebody who speaks now would be heard."""
        if self._sockets is not None:
            return bool(await self._sockets.client.is_connected())
        return self._over_http is not None

    async def answer_http(self, request: HttpRequest) -> HttpResponse:
        """What HTTP mode answers.  Before the start and after the end Slack is asked to come again."""
        if self._over_http is None:
            return HttpResponse(status=503, headers={"Retry-After": ["5"]})
        return await answer(self._over_http, SignatureVerifier(self._config.signing_secret), request)

    def _bolt(self) -> AsyncApp:
        bolt = AsyncApp(
            name="paperwire",
            logger=silent_logger(f"{__name__}.bolt"),
            signing_secret=self._config.signing_secret,
            client=self._clients.bare(),
            authorize=Unhurried(),  # type: ignore[no-untyped-call]
            oauth_flow=self._oauth() if self._config.client_id else None,
            request_verification_enabled=not self._config.uses_sockets,
            ignoring_self_events_enabled=False,  # `events.from_message` leaves out every bot
            process_before_response=True,
            raise_error_for_unhandled_request=True,
        )
        Listeners(self.inbox, self._errands).register(bolt)
        return bolt

    def _oauth(self) -> AsyncOAuthFlow:
        settings = AsyncOAuthSettings(
            client_id=self._config.client_id,
            client_secret=self._config.client_secret,
            scopes=all_scopes(),
            authorization_url=self._config.authorize_url,
            installation_store=self.installs,
            state_store=SignedStates(self._config.client_secret, self._store.events),
        )
        return AsyncOAuthFlow(client=self._clients.bare(), settings=settings)

    async def _listen_on_socket(self, bolt: AsyncApp) -> None:
        client, logger = self._clients.bare(), quiet_logger(f"{__name__}.sockets")
        self._sockets = AsyncSocketModeHandler(bolt, self._config.app_token, logger=logger, web_client=client)
        await self._sockets.client.connect()  # type: ignore[no-untyped-call]

    # --- by the way --------------------------------------------------------------------------------------------------

    async def _forget(self, team: str) -> None:
        """Drop a workspace's installation and everything that it owns; tries for a minute if the store is busy."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(StoreError),
            stop=stop_after_delay(60),
            wait=wait_fixed(2),
            sleep=self._clock.sleep,
            reraise=True,
        ):
            with attempt:
                await self.installs.forget(team)
                await self._store.workspaces.forget(f"slack:{team}")
        self._clients.forget(team)
        log.info("workspace_forgotten", action="forget_workspace", workspace=team)

    async def _do_chores(self) -> None:
        while True:
            try:
                await self.inbox.forget_old_events()
                await self.installs.renew_all()
            except BotError as error:
                log.warning("chores_failed", action="do_chores", kind=type(error).__name__)
            await asyncio.sleep(CHORES)


class Unhurried(AsyncAuthorize):
    """Lets every verified payload through without asking anybody, so that it can be acknowledged at once.

    The workspace's token is looked up afterwards, by whoever answers.
    """

    async def __call__(
        self,
        *,
        context: object,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_actor: object,
    ) -> AuthorizeResult:
        """Who speaks, as the payload says."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
