"""Digests as the command line sees them: posters of the platforms, workers, and the tick, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.chat.outlets import FEED, MAIL
from bot.chat.request import Place
from bot.digests.claims import SETTLED
from bot.digests.cleaning import Cleaner
from bot.digests.courier import Courier
from bot.digests.durable import ALIVE, open_workers
from bot.digests.model import Digest
from bot.digests.ports import MessageRef
from bot.digests.sending import OnRoot, Sender, Sends
from bot.digests.ticking import Ticker
from bot.digests.whole import FeedSender, SendersByPlatform, WholeSender
from bot.errors import SettingsError
from paperwire.bootstrap import make_links
from paperwire.on_mail import make_poster
from paperwire.platforms import Platform
from paperwire.settings import Settings

if TYPE_CHECKING:
    from paperwire.bootstrap import App

STEPS_FILE = "digests.db"


async def serve(
    app: App, platforms: Sequence[Platform], *, alive: timedelta = ALIVE, settled: timedelta = SETTLED
) -> None:
    """Deliver digests to these platforms, by mail and into feeds, until cancelled.

    Args:
        app: what there is.
        platforms: those that digests are posted to.
        alive: as for `open_workers`.
        settled: as for `Sender`.
    """
    store, clock = app.store, app.clock
    async with AsyncExitStack() as closing:
        posters = {each.name: await closing.enter_async_context(each.open_poster(app)) for each in platforms}
        remember, turns = _remembering(app), store.shared_turns
        chats = Sender(posters, store.deliveries, clock, on_root=remember, turns=turns, settled=settled)
        senders = dict.fromkeys(posters, chats) | _elsewhere(app)
        sender = SendersByPlatform(senders)
        courier = Courier(app.composer, sender, store.subscriptions, store.deliveries, posters, clock)
        url = steps_url(app.settings)
        workers = await closing.enter_async_context(
            open_workers(courier, senders, store.leases, clock, database_url=url, alive=alive)
        )
        cleaner = Cleaner(store, workers, clock)
        await asyncio.gather(Ticker(store.subscriptions, store.deliveries, workers, clock).run(), cleaner.run())


def _elsewhere(app: App) -> dict[str, Sends]:
    """What sends mail and fills feeds, as far as that is set up."""
    settings, store, clock = app.settings, app.store, app.clock
    links = make_links(settings, store)
    if links is None:
        return {}
    feeds: dict[str, Sends] = {FEED: FeedSender(store.deliveries, clock)}
    if not settings.sends_mail:
        return feeds
    mailer = make_poster(settings, links, clock)
    return feeds | {MAIL: WholeSender(mailer, store.deliveries, clock, store.shared_turns)}


def steps_url(settings: Settings) -> str:
    """Where steps are recorded: beside everything else on Postgres, else in a second file in the data folder."""
    given = settings.database_url.get_secret_value() if settings.database_url else ""
    if given.startswith(("postgres://", "postgresql://")):
        return "postgresql://" + given.partition("://")[2]
    return f"sqlite:///{settings.data / STEPS_FILE}"


def chosen(platforms: Sequence[Platform], only: str | None) -> tuple[Sequence[Platform], bool]:
    """Which platforms this process answers on, and whether it delivers digests.

    Args:
        platforms: those that are set up.
        only: a platform's name, "worker", or None for all there is.

    Raises:
        SettingsError: that platform is not set up.
    """
    if only is None:
        return platforms, True
    if only == "worker":
        return (), True
    found = [platform for platform in platforms if platform.name == only]
    if not found:
        raise SettingsError(f"{only.capitalize()} is not set up. `paperwire setup {only}` says what it needs.")
    return found, False


def _remembering(app: App) -> OnRoot:
    """`#3` in a digest's thread, and at first in its channel, is the third paper of the digest."""

    async def remember(digest: Digest, root: MessageRef) -> None:
        target = digest.slot.target
        thread = root.thread or ""
        for where in {thread} if digest.revision else {"", thread}:
            place = Place(target.workspace, target.channel, where)
            await app.store.conversations.show_list(place, digest.paper_ids, app.clock.now())

    return remember
