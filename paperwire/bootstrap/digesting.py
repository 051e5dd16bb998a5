"""What writes digests, and where they may go beside the platforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.chat.commands import COMMANDS
from bot.chat.outlets import Outlets
from bot.digests.chart import draw
from bot.digests.composing import Composer
from bot.digests.links import Links
from bot.digests.opt_in import OptIn
from bot.digests.ports import SendsCodes
from bot.digests.preparing import Preparer
from bot.ports import Store
from bot.reading.ports import Summarizes
from paperwire.bootstrap.ground import Ground
from paperwire.settings import Settings

if TYPE_CHECKING:
    from bot.chat.asking import Asking

PROMISES = {  # the platforms that digests go to, and what becomes of a message whose arrival is unknown
    "slack": "None comes twice. A message that may have been lost is looked for if the app has the scope "
    "channels:history; without it, it is not repeated.",
    "discord": "None comes twice, and none is lost, as long as the bot may read the message history: Discord drops "
    "repetitions for some minutes, and later the bot looks for the message.",
    "email": "A mail of which it is not known whether it arrived is not repeated; none comes twice.",
    "feed": "The feed has every digest, once.",
}


def make_composer(ground: Ground, summarizer: Summarizes, asking: Callable[[], Asking]) -> Composer:
    """What writes digests, for previews and for delivery."""
    meter = ground.meter()
    return Composer(
        ground.library,
        summarizer,
        ground.store.papers,
        ground.store.deliveries,
        ground.clock,
        offers=(command.name for command in COMMANDS),
        draw=draw,
        preparer=Preparer(
            ground.library, lambda *one: asking().answer_ahead(*one), meter, ground.store.leases, ground.clock
        )
        if meter
        else None,
    )


def make_links(settings: Settings, store: Store) -> Links | None:
    """The addresses of feeds, and those that end mails; None where people cannot reach the listener."""
    return Links(settings.public_url, store.seals) if settings.public_url else None


def make_outlets(ground: Ground, letters: SendsCodes | None) -> Outlets:
    """What is set up of mail and feeds."""
    settings, store = ground.settings, ground.store
    links = make_links(settings, store)
    if letters is None and links is not None and settings.sends_mail:
        from paperwire.on_mail import make_poster

        letters = make_poster(settings, links, ground.clock)
    opt_in = OptIn(store.opt_ins, letters, store.seals, ground.clock) if letters else None
    return Outlets(opt_in, links if settings.shows_feeds else None)
