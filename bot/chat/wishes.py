"""What somebody wishes for when they speak of digests: for which channel, and what is changed there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot.chat.channels import read_channel
from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked
from bot.chat.grammar import Invocation, find, parse
from bot.chat.outlets import outlet_of
from bot.chat.request import Request
from bot.digests.model import Kind, Standing, Subscription, Target
from bot.digests.options import DEFAULT_TIME, read_options, write_options
from bot.digests.ports import SubscriptionRepository
from bot.digests.schedule import WEEKDAYS, Schedule
from bot.errors import BadInput, NotAllowed

OPTIONS = {"time": "at", "zone": "in", "days": "on"}  # an argument's name, where an option is called otherwise
MONDAY = frozenset({0})
SUBSCRIBE = find("subscribe", COMMANDS)


class Wishes:
    """Reads wishes against what is subscribed already.

    Args:
        language: of summaries, where nobody says otherwise.
    """

    def __init__(self, subscriptions: SubscriptionRepository, *, language: str) -> None:
        self._subscriptions = subscriptions
        self._language = language

    async def read(self, asked: Asked, target: Target) -> tuple[Standing | None, Subscription]:
        """What is subscribed there, and what is wished for: that, or the defaults, changed by what was said."""
        values = _options(asked.invocation)
        kind = Kind.WEEKLY if "weekly" in values else Kind.DAILY
        known = await self._subscriptions.get(target, kind)
        base = known.subscription if known else self._default(target, kind, asked.request)
        return known, read_options(base, values)

    def _default(self, target: Target, kind: Kind, request: Request) -> Subscription:
        days = MONDAY if kind is Kind.WEEKLY else WEEKDAYS
        schedule = Schedule(at=DEFAULT_TIME, zone=request.timezone or "UTC", weekdays=days)
        return Subscription(
            target=target, owner=request.user, schedule=schedule, kind=kind, language=self._language, top=10
        )


def target_of(asked: Asked) -> Target:
    """The channel that is named, else the one where this is said; at the bot's own terminal an address or a feed.

    Raises:
        BadInput: those words name nothing of the kind.
        NotAllowed: it is another one, and this person may not manage it.
    """
    place, words = asked.request.place, asked.invocation.get("channel")
    if words and asked.request.runs_bot:
        return outlet_of(words, place)
    channel = read_channel(words) or place.channel
    if channel != place.channel and not asked.request.may_manage:
        unseen = asked.request.hindrance  # who manages a channel is not known where the bot does not see it
        raise NotAllowed(unseen or "Only those who manage that channel may speak of its digests elsewhere.")
    return Target(place.workspace, channel)


def line_of(wish: Subscription, channel: str = "") -> str | None:
    """The command that subscribes this again; None where the grammar would read something else out of a topic.

    Args:
        channel: to be named in it; "" for the channel where it is said.
    """
    line = " ".join(filter(None, ("subscribe", channel, write_options(wish))))
    bare = replace(wish, schedule=Schedule(at=DEFAULT_TIME, zone="UTC"), topics=(), muted=())
    with suppress(BadInput):
        invocation = parse(line, (SUBSCRIBE,))
        return line if invocation and read_options(bare, _options(invocation)) == wish else None
    return None


def _options(invocation: Invocation) -> dict[str, str]:
    return {OPTIONS.get(name, name): words for name, words in invocation.values.items()}
