"""Which process writes a summary that several want at the same time: one of them, and the others wait for it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from bot.errors import StoreError
from bot.ports import Leases
from bot.reading.model import SummaryKey

log = structlog.get_logger(__name__)

TERM = timedelta(minutes=2)  # after which a process that does not renew its claim is waited for no longer


class Claims:
    """This process's claims, held as leases.  A store that fails grants everything: twice is better than never."""

    def __init__(self, leases: Leases, term: timedelta = TERM) -> None:
        self._leases = leases
        self._term = term
        self._name = secrets.token_hex(8)

    @asynccontextmanager
    async def on(self, keys: Iterable[SummaryKey]) -> AsyncIterator[set[SummaryKey]]:
        """Those of the summaries that are this process's to write within the block.

        All processes go by one order, and stop where another one is ahead: so who wants the same gets all or nothing.
        """
        granted: set[SummaryKey] = set()
        for key in sorted(keys, key=claim_on):
            if not await self._is_granted(key):
                break
            granted.add(key)
        renewing = asyncio.create_task(self._renew(granted))
        try:
            yield granted
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})
            await self._give_back(granted)

    async def _renew(self, keys: Iterable[SummaryKey]) -> None:
        """Hold the claims for as long as a slow model takes."""
        while keys:
            await asyncio.sleep(self._term.total_seconds() / 4)
            for key in keys:
                await self._is_granted(key)

    async def _is_granted(self, key: SummaryKey) -> bool:
        try:
            return await self._leases.acquire(claim_on(key), self._name, self._term) is not None
        except StoreError as error:
            log.info("claim_not_taken", action="summarize", reason=type(error).__name__)
            return True

    async def _give_back(self, keys: Iterable[SummaryKey]) -> None:
        try:
            for key in keys:
                await self._leases.release(claim_on(key), self._name)
        except StoreError as error:
            log.info("claims_not_given_back", action="summarize", reason=type(error).__name__)


class NoClaims:
    """What a process that is alone has instead."""

    @asynccontextmanager
    async def on(self, keys: Iterable[SummaryKey]) -> AsyncIterator[set[SummaryKey]]:
        """All of them."""
        yield set(keys)


def claim_on(key: SummaryKey) -> str:
    """The lease's name."""
    return f"summary/{key.paper_id}/{key.version}/{key.language}/{key.model}/{key.prompt_hash}"
