"""A Web API client for each workspace, over one connection pool.

Waiting out a 429 is left to slack_sdk, except in a hurry: an edit on the way to an answer must not hold the answer
up.  A call is repeated only if it never left: one whose answer was lost may have
been heard, and a message must not appear twice.
"""

from __future__ import annotations

from typing import Protocol

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from adapters.leaving import leaving_trace

TIMEOUT = 15  # seconds for one call
PATIENCE = 3  # how often a 429 is waited out


class Tokens(Protocol):
    """Bot tokens of the workspaces that the app is installed in."""

    async def token(self, team: str, enterprise: str = "") -> str:
        """The token of a workspace.  Raises `Unauthorized` where the app is not installed (any more)."""


class OneToken:
    """The one token of the settings."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, team: str, enterprise: str = "") -> str:
        """That token, whatever the workspace."""
        return self._token


class Clients:
    """Clients by workspace.  `start` and `close` bracket their use."""

    def __init__(self, tokens: Tokens, base_url: str) -> None:
        self._tokens = tokens
        self._base_url = base_url
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[tuple[str, bool], AsyncWebClient] = {}

    async def start(self) -> None:
        """Open the connection pool inside the running loop."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        self._session = aiohttp.ClientSession(timeout=timeout, trace_configs=[leaving_trace()])

    async def close(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connection pool."""
        if self._session is None:
            raise RuntimeError("the clients have not been started")
        return self._session

    async def of(self, team: str, enterprise: str = "", *, hasty: bool = False) -> AsyncWebClient:
        """The client of a workspace; a `hasty` one does not wait out a 429.

        Raises:
            Unauthorized: the app is not installed there.
        """
        token = await self._tokens.token(team, enterprise)
        client = self._clients.get((team, hasty))
        if client is None or client.token != token:
            made = web_client(self._base_url, token, self.session, patience=0 if hasty else PATIENCE)
            client = self._clients[team, hasty] = made
        return client

    def forget(self, team: str) -> None:
        """Drop a workspace's clients."""
        for hasty in (False, True):
            self._clients.pop((team, hasty), None)

    def bare(self, token: str | None = None) -> AsyncWebClient:
        """A client with any token, or none."""
        return web_client(self._base_url, token, self.session)


def web_client(
    base_url: str,
    token: str | None = None,
    session: aiohttp.ClientSession | None = None,
    patience: int = PATIENCE,
) -> AsyncWebClient:
    """A client of slack_sdk with our retries.  Without a session it opens one for each call."""
    return AsyncWebClient(
        token=token,
        base_url=base_url if base_url.endswith("/") else base_url + "/",
        timeout=TIMEOUT,
        session=session,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(error_types=[aiohttp.ClientConnectorError]),
            AsyncRateLimitErrorRetryHandler(max_retry_count=patience),
        ],
    )
