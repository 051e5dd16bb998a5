"""Whether digests go out: who delivers them, which are late or paused, and where the bot may not post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.outlets import FEED, MAIL
from bot.clock import SystemClock
from bot.digests.durable import living_workers
from bot.digests.model import Standing
from bot.digests.ports import Poster
from bot.errors import BotError, Permanent
from bot.ports import Store
from paperwire.bootstrap import App, open_app, open_store
from paperwire.doctor.model import Check, Result, Verdict
from paperwire.doctor.steps import steps_fault
from paperwire.on_digests import steps_url
from paperwire.platforms import configured
from paperwire.settings import Settings

LATE = timedelta(minutes=10)  # a tick comes once a minute, and a dead process's work is taken up within one
MOST_NAMED = 10
MOST_CHANNELS = 200  # that are looked at
AT_ONCE = 5
RUN_ONE = "`paperwire run` delivers them; `paperwire run --only worker` does nothing else."


def digest_checks(settings: Settings) -> Sequence[Check]:
    """What the doctor looks at."""
    return DeliveryCheck(settings), ChannelsCheck(settings)


@dataclass(frozen=True, slots=True)
class DeliveryCheck:
    """Whether somebody delivers what is due, and what is paused."""

    settings: Settings
    name: str = "digests"

    async def run(self) -> Result:
        """Look."""
        if fault := await steps_fault(steps_url(self.settings)):
            return Result(Verdict.FAULT, f"The steps of digests cannot be recorded: {fault}", _STEPS_FIX)
        clock = SystemClock()
        async with open_store(self.settings, clock) as store:
            return await look_at_delivery(store, clock.now())


async def look_at_delivery(store: Store, now: datetime) -> Result:
    """What the database tells of digests."""
    standings = await store.subscriptions.everything()
    if not standings:
        return Result(Verdict.OK, "No channel is subscribed yet.")
    workers = await living_workers(store.leases)
    late = await _late(store, now)
    waiting = [one for one in standings if await _waits_for_its_code(store, one)]
    paused = [f"{_place(one)} is paused: {one.paused}" for one in standings if one.paused and one not in waiting]
    told = [f"{_count(len(standings), 'subscription')}; {_delivering(workers)}."]
    told += [f"{_count(late, 'digest')} should have gone out long ago."] if late else []
    told += [f"{_count(len(waiting), 'subscription')} to be confirmed by a code."] if waiting else []
    told += [*paused[:MOST_NAMED], *_more(paused)]
    fixes = [] if workers else [RUN_ONE]
    fixes += ["Mend what paused a subscription, then subscribe the channel again."] if paused else []
    verdict = Verdict.OK if workers and not late and not paused else Verdict.WARNING
    return Result(verdict, " ".join(told), " ".join(fixes))


async def _waits_for_its_code(store: Store, standing: Standing) -> bool:
    target = standing.subscription.target
    return target.platform == MAIL and not await store.opt_ins.has_agreed(target)


async def _late(store: Store, now: datetime) -> int:
    """How many digests nobody has planned or taken up though they were due a while ago."""
    unplanned = await store.subscriptions.due(now - LATE)
    untaken = [owed for owed in await store.deliveries.waiting() if owed.due < now - LATE]
    return len(unplanned) + len(untaken)


@dataclass(frozen=True, slots=True)
class ChannelsCheck:
    """Whether the bot may post in every channel that is subscribed."""

    settings: Settings
    name: str = "digest channels"

    async def run(self) -> Result:
        """Look."""
        async with open_app(self.settings) as app, _posters(app) as posters:
            standings = await app.store.subscriptions.everything()
            return await look_at_channels(standings, posters, _elsewhere(self.settings))


async def look_at_channels(
    standings: Sequence[Standing], posters: Mapping[str, Poster], elsewhere: Collection[str] = ()
) -> Result:
    """Ask each channel's platform; those of platforms that are not set up cannot be reached at all.

    Args:
        standings: what is subscribed.
        posters: by the prefix of the workspaces that each serves.
        elsewhere: the prefixes of what is served beside them, mail and feeds, where nobody can be asked.
    """
    running = [one for one in standings if not one.paused][:MOST_CHANNELS]
    if not running:
        return Result(Verdict.OK, "No channel is to get digests yet.")
    turn = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_blocked(one, posters, elsewhere, turn) for one in running))
    blocked = [f"{_place(one)}: {why}" for one, why in zip(running, found, strict=True) if why]
    if not blocked:
        return Result(Verdict.OK, "The bot may post in every channel that is subscribed.")
    told = " ".join([*blocked[:MOST_NAMED], *_more(blocked)])
    return Result(Verdict.WARNING, told, "Let the bot post there, or unsubscribe the channel.")


async def _blocked(
    standing: Standing, posters: Mapping[str, Poster], elsewhere: Collection[str], turn: asyncio.Semaphore
) -> str:
    target = standing.subscription.target
    poster = posters.get(target.platform)
    if poster is None:
        return "" if target.platform in elsewhere else "its platform is not set up."
    async with turn:
        try:
            await poster.look_at(target)
        except Permanent as error:
            return error.sentence
        except BotError as error:
            return f"it could not be looked at. {error.sentence}"
    return ""


@asynccontextmanager
async def _posters(app: App) -> AsyncIterator[dict[str, Poster]]:
    async with AsyncExitStack() as closing:
        yield {
            platform.name: await closing.enter_async_context(platform.open_poster(app))
            for platform in configured(app.settings)
        }


def _elsewhere(settings: Settings) -> Collection[str]:
    return {*((FEED,) if settings.public_url else ()), *((MAIL,) if settings.sends_mail else ())}


def _place(standing: Standing) -> str:
    target = standing.subscription.target
    if target.platform in (MAIL, FEED):
        return target.channel
    return f"{target.workspace}, channel {target.channel}"


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _delivering(workers: int) -> str:
    if not workers:
        return "no process delivers digests at present"
    return "one process delivers digests" if workers == 1 else f"{workers} processes deliver digests"


def _more(named: Sequence[str]) -> list[str]:
    return [f"And {len(named) - MOST_NAMED} more."] if len(named) > MOST_NAMED else []


_STEPS_FIX = "Check DATABASE_URL, and that its user may make a schema; with SQLite, digests.db in the data folder."
