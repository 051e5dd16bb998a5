"""What writes digests, and where they may go beside the platforms."""

from __future__ import annotations

from bot.chat.commands import COMMANDS
from bot.chat.outlets import Outlets
from bot.digests.chart import draw
from bot.digests.composing import Composer
from bot.digests.links import Links
from bot.digests.opt_in import OptIn
from bot.digests.ports import SendsCodes
from bot.digests.preparing import Preparer
from bot.papers.library import Library
from bot.ports import Clock, Store
from bot.reading.ports import Summarizes
from bot.settings import Settings

PROMISES = {  # the platforms that digests go to, and what becomes of a message whose arrival is unknown
    "slack": "Slack cannot be asked whether a message arrived; one of which that is not known is not repeated.",
    "discord": "Discord drops repetitions for some minutes, and later the bot looks for the message; none comes twice.",
    "email": "A mail of which it is not known whether it arrived is not repeated; none comes twice.",
    "feed": "The feed has every digest, once.",
}


def make_composer(
    library: Library, summarizer: Summarizes, store: Store, clock: Clock, preparer: Preparer | None
) -> Composer:
    """What writes digests, for previews and for delivery."""
    offers = (command.name for command in COMMANDS)
    return Composer(
        library, summarizer, store.papers, store.deliveries, clock, offers=offers, draw=draw, preparer=preparer
    )


def make_links(settings: Settings, store: Store) -> Links | None:
    """The addresses of feeds, and those that end mails; None where people cannot reach the listener."""
    return Links(settings.public_url, store.seals) if settings.public_url else None


def make_outlets(settings: Settings, store: Store, clock: Clock, letters: SendsCodes | None) -> Outlets:
    """What is set up of mail and feeds."""
    links = make_links(settings, store)
    if letters is None and links is not None and settings.sends_mail:
        from bot.on_mail import make_poster

        letters = make_poster(settings, links, clock)
    opt_in = OptIn(store.opt_ins, letters, store.seals, clock) if letters else None
    return Outlets(opt_in, links if settings.shows_feeds else None)
