"""What was written down about digests goes when nobody needs it any more: once a day, by whichever process comes first.

A slot and its messages are needed for two things.  That a channel gets each paper once: lists are read back for seven
list days at most, so a fortnight would do.  And for the feed, which shows the last thirty issues: of a daily digest
those are six weeks, of a weekly one seven months.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Protocol

from bot.digests import unforeseen
from bot.digests.model import Kind
from bot.digests.opt_in import forget_unconfirmed
from bot.ports import Clock, Store

KEPT = {Kind.DAILY: timedelta(days=60), Kind.WEEKLY: timedelta(days=250)}
STEPS_KEPT = timedelta(days=7)  # of digests that have ended: for whoever wants to know what happened
EVENTS_KEPT = timedelta(days=1)  # by then no platform delivers an event again
CODES_KEPT = timedelta(days=1)  # after they have expired; who has not wanted mail by then is left alone
RESERVATIONS_KEPT = timedelta(days=1)  # of tokens; those of a crash have held nothing for long
LEASES_KEPT = timedelta(days=7)  # after they have run out
DAY = timedelta(days=1)
LOOK = 3600.0  # seconds between two looks whether the day is over
LEASE = "cleaning"


class RecordsSteps(Protocol):
    """Whoever records the steps of digests."""

    async def forget(self, older: timedelta) -> int:
        """Drop what was recorded of digests that ended so long ago; how many that were."""


class Cleaner:
    """Drops what is too old to be of use."""

    def __init__(self, store: Store, steps: RecordsSteps, clock: Clock) -> None:
        self._store = store
        self._steps = steps
        self._clock = clock

    async def run(self) -> None:
        """Clean once a day until cancelled; where the database fails, it is tried again the day after."""
        while True:
            with unforeseen.survived("cleaning_failed", "clean"):
                if await self._is_first_today():
                    await self.clean()
            await self._clock.sleep(LOOK)

    async def clean(self) -> None:
        """Drop what is old, whatever it is."""
        now, store = self._clock.now(), self._store
        for kind, kept in KEPT.items():
            await store.deliveries.forget_before(kind, now - kept)
        await store.events.forget_begun(EVENTS_KEPT)
        await store.leases.forget_ended(LEASES_KEPT)
        await store.ledger.release_stale(now - RESERVATIONS_KEPT)
        await forget_unconfirmed(store.subscriptions, store.opt_ins, now - CODES_KEPT)
        await self._steps.forget(STEPS_KEPT)

    async def _is_first_today(self) -> bool:
        """Whether no other process has cleaned for a day: whoever did holds a lease, and does not renew it."""
        token = await self._store.leases.acquire(LEASE, secrets.token_hex(8), DAY)
        return token is not None
