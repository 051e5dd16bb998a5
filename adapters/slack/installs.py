"""Where the app is installed, by OAuth: kept in the vault, one entry a workspace (or an org), tokens renewed in time.

Only what the bot needs is kept; tokens of people are not.  A renewal uses up the refresh token, so one process renews
at a time: inside this one by a lock, among several by a lease.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections import defaultdict
from datetime import timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters.slack.clients import Clients
from adapters.slack.config import SlackConfig
from bot.errors import BotError, Unauthorized
from bot.ports import EventLog, Leases, Vault

log = structlog.get_logger(__name__)

PLATFORM = "slack"
RENEW_MINUTES = 120  # before a token ends; tokens live 12 hours
RENEWAL = timedelta(seconds=30)  # the longest that one renewal takes
STATE_SECONDS = 600  # for a person to say yes on Slack's page


class Installations(AsyncInstallationStore):
    """slack_sdk's installation store over the vault, and the tokens of `adapters.slack.clients.Tokens`."""

    def __init__(self, vault: Vault, leases: Leases) -> None:
        self._vault = vault
        self._leases = leases
        self._owner = secrets.token_hex(8)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._rotator: AsyncTokenRotator | None = None

    @property
    def logger(self) -> logging.Logger:
        """What slack_sdk writes to."""
        return logging.getLogger(__name__)

    def renew_with(self, clients: Clients, config: SlackConfig) -> None:
        """Say how tokens are renewed, once the connection pool is open."""
        self._rotator = AsyncTokenRotator(
            client=clients.bare(), client_id=config.client_id, client_secret=config.client_secret
        )

    async def token(self, team: str, enterprise: str = "") -> str:
        """The token of a workspace, renewed if it ends soon.  Raises `Unauthorized` where there is none."""
        for key in filter(None, (team, enterprise)):
            bot = await self._load(key)
            if bot is not None:
                return (await self._fresh(key, bot)).bot_token
        raise Unauthorized("Paperwire is not installed in this workspace; open /slack/install to add it.")

    async def renew_all(self) -> None:
        """Renew every token that ends soon, whether or not anybody speaks; one's trouble is not another's."""
        for key in await self._vault.keys(PLATFORM):
            try:
                bot = await self._load(key)
                if bot is not None:
                    await self._fresh(key, bot)
            except (BotError, ValueError, TypeError) as error:
                log.warning("token_not_renewed", action="renew_token", workspace=key, kind=type(error).__name__)

    async def forget(self, key: str) -> None:
        """Drop the installation of a workspace or an org."""
        await self._vault.delete(PLATFORM, key)

    # --- slack_sdk's interface ---------------------------------------------------------------------------------------

    async def async_save(self, installation: Installation) -> None:
        """Keep the bot's part of an installation."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Insert or replace."""
        key = str((bot.enterprise_id if bot.is_enterprise_install else bot.team_id) or bot.enterprise_id or "")
        await self._vault.put(
            PLATFORM, key, f"slack:{key}", json.dumps(bot.to_dict_for_copying(), default=str).encode()
        )

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of an org-wide installation, or of a workspace."""
        return await self._load(str((enterprise_id if is_enterprise_install else team_id) or ""))

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Drop a workspace's installation, or an org's if no workspace is named."""
        await self.forget(str(team_id or enterprise_id or ""))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Nothing is kept of people."""

    # --- renewal -----------------------------------------------------------------------------------------------------

    async def _load(self, key: str) -> Bot | None:
        secret = await self._vault.get(PLATFORM, key)
        return Bot(**json.loads(secret)) if secret is not None else None

    async def _fresh(self, key: str, bot: Bot) -> Bot:
        if not _ends_soon(bot) or self._rotator is None:
            return bot
        async with self._locks[key]:
            bot = await self._load(key) or bot
            if not _ends_soon(bot) or not await self._may_renew(key):
                return bot
            try:
                return await self._renew(key, bot)
            finally:
                await self._leases.release(_lease(key), self._owner)

    async def _may_renew(self, key: str) -> bool:
        return await self._leases.acquire(_lease(key), self._owner, RENEWAL) is not None

    async def _renew(self, key: str, bot: Bot) -> Bot:
        if self._rotator is None:
            return bot
        try:
            renewed = await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=RENEW_MINUTES)
        except (SlackTokenRotationError, SlackClientError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("token_not_renewed", action="renew_token", workspace=key, kind=type(error).__name__)
            return bot  # good for two hours yet
        if renewed is None:
            return bot
        await self.async_save_bot(renewed)
        return renewed


class SignedStates(AsyncOAuthStateStore):
    """OAuth's `state`: a time and a random part, signed.  Bolt's cookie binds it to the browser.

    Issuing one keeps nothing; the event log remembers those that came back, so that each works once.
    """

    def __init__(self, key: str, events: EventLog) -> None:
        self._key = key.encode()
        self._events = events

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new one."""
        body = f"{int(time.time()) + STATE_SECONDS}.{secrets.token_urlsafe(16)}"
        return f"{body}.{self._sign(body)}"

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours, not too old, and comes back for the first time."""
        body, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(body).encode()):
            return False
        if not 0 <= int(body.partition(".")[0]) - time.time() <= STATE_SECONDS:
            return False  # too old, or made while the clock was ahead
        event = f"oauth-state:{body}"
        if not await self._events.begin(event, timedelta(seconds=STATE_SECONDS)):
            return False
        await self._events.finish(event)
        return True

    def _sign(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()


def _ends_soon(bot: Bot) -> bool:
    ends = bot.bot_token_expires_at
    return ends is not None and ends <= time.time() + RENEW_MINUTES * 60


def _lease(key: str) -> str:
    return f"slack-token:{key}"
