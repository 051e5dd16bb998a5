"""Pausing what cannot be delivered: each subscription once, and whoever subscribed is told."""

from __future__ import annotations

from typing import Protocol

import structlog

from bot.digests.model import Kind, Standing, Subscription, Target
from bot.digests.ports import SubscriptionRepository
from bot.documents.model import Document, Paragraph, Text, Tone, channel, text
from bot.documents.words import with_code
from bot.errors import BotError

log = structlog.get_logger(__name__)

ONCE_MENDED = "Once that is mended, `subscribe` there has them come again."
ELSEWHERE = "`subscribe` in another channel goes on there."
NAMES = {Kind.DAILY: "the digests", Kind.WEEKLY: "the weekly round-ups"}


class Tells(Protocol):
    """Writes to one person, as a `bot.digests.ports.Poster` does."""

    async def tell(self, workspace: str, user: str, document: Document) -> None:
        """A private message.  Raises `BotError`."""


async def pause(
    standing: Standing,
    why: str,
    subscriptions: SubscriptionRepository,
    tells: Tells | None,
    *,
    is_gone: bool = False,
) -> None:
    """Pause a subscription and tell its owner, unless it is paused already.

    Args:
        why: a sentence, which `status` shows too.
        tells: None where nobody can be told but by `status`.
        is_gone: whether there is no such channel any more; else it can be mended.
    """
    target, owner = standing.subscription.target, standing.subscription.owner
    if not await subscriptions.pause(target, standing.subscription.kind, why):
        return
    log.warning("subscription_paused", action="pause_subscription", workspace=target.workspace, channel=target.channel)
    if tells is not None:
        try:
            await tells.tell(target.workspace, owner, _paused(standing.subscription, why, is_gone))
        except BotError as error:
            log.info("owner_not_told", action="tell_owner", kind=type(error).__name__)


class LostChannels:
    """Implements `bot.digests.ports.WatchesChannels`."""

    def __init__(self, subscriptions: SubscriptionRepository, tells: Tells) -> None:
        self._subscriptions = subscriptions
        self._tells = tells

    async def subscribed(self, platform: str) -> set[Target]:
        """Where digests go on that platform."""
        return {standing.subscription.target for standing in await self._subscriptions.running(platform)}

    async def deleted(self, target: Target, name: str = "") -> None:
        """Pause what is subscribed there."""
        why = f"The channel #{name} was deleted." if name else "The channel was deleted."
        for kind in Kind:
            if standing := await self._subscriptions.get(target, kind):
                await pause(standing, why, self._subscriptions, self._tells, is_gone=True)


def _paused(wish: Subscription, why: str, is_gone: bool) -> Document:
    where: Text = () if is_gone else text(" in ", channel(wish.target.channel))
    reason = with_code(f" that you subscribed to. {why} {ELSEWHERE if is_gone else ONCE_MENDED}")
    sentence = (*text(f"I have paused {NAMES[wish.kind]}"), *where, *reason)
    return Document(blocks=(Paragraph(sentence),), tone=Tone.NOTICE, private=True)
