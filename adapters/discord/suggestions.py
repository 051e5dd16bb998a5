"""What Discord offers while somebody types into an option: papers and time zones, at most 25 of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

import structlog
from discord import app_commands

from adapters.discord import limits
from adapters.discord.escape import in_one_line, shortened
from adapters.discord.events import Interaction, place_of_interaction
from bot.chat.finding import numbered
from bot.chat.grammar import Kind
from bot.chat.request import Place
from bot.papers.calendar import list_day
from bot.papers.model import Paper
from bot.ports import Clock, ConversationRepository, PaperRepository

_SECONDS = 2.0  # Discord waits three

Choices = list[app_commands.Choice[str]]
Suggest = Callable[[Interaction, str], Coroutine[Any, Any, Choices]]

log = structlog.get_logger(__name__)


def suggestions(papers: PaperRepository, conversations: ConversationRepository, clock: Clock) -> Mapping[Kind, Suggest]:
    """What is offered for each kind of argument.  Nothing is where that takes too long or fails."""

    async def reference(interaction: Interaction, typed: str) -> Choices:
        try:
            async with asyncio.timeout(_SECONDS):
                place, user = place_of_interaction(interaction), str(interaction.user.id)
                return await suggest_papers(papers, conversations, clock, place, typed, user=user)
        except Exception:
            log.warning("suggesting_failed", action="suggest_papers", exc_info=True)
            return []

    async def zone(interaction: Interaction, typed: str) -> Choices:
        return suggest_zones(typed)

    return {Kind.REFERENCE: reference, Kind.ZONE: zone}


async def suggest_papers(
    papers: PaperRepository,
    conversations: ConversationRepository,
    clock: Clock,
    place: Place,
    typed: str,
    *,
    user: str = "",
) -> Choices:
    """Up to 25 known papers, by what was typed.

    Nothing typed, or `#`: those that numbers mean there to `user`, else those of today's list, or of the
    newest before it; an id; else those whose title or text holds what was typed.
    """
    typed = typed.strip()
    if not typed or typed.startswith("#"):
        ids = await numbered(conversations, place, user)
        offered = {f"#{number}": paper for number, paper in enumerate(ids, start=1) if f"#{number}".startswith(typed)}
        known = {paper.id: paper for paper in await papers.get_many(list(offered.values())[: limits.CHOICES])}
        if ids or typed:
            return [_choice(known[paper], number) for number, paper in offered.items() if paper in known]
        newest = await papers.latest_day(list_day(clock.now()) + timedelta(days=1))
        found = list(newest.papers) if newest else []
    else:
        exact = await papers.get(typed)
        found = [exact] if exact else await papers.search(typed, limit=limits.CHOICES)
    return [_choice(paper) for paper in found[: limits.CHOICES]]


def _choice(paper: Paper, number: str = "") -> app_commands.Choice[str]:
    """The paper's title, shortened so that its number and its id can be read."""
    lead, end = f"{number} " if number else "", f" · {paper.id}"
    title = shortened(in_one_line(paper.title), limits.CHOICE - limits.length(lead + end))
    return app_commands.Choice(name=f"{lead}{title}{end}", value=paper.id)


def suggest_zones(typed: str) -> Choices:
    """Up to 25 IANA time zones with what was typed in their names, those that begin with it first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    matching = [name for name in available_timezones() if wanted in name.casefold()]
    best = sorted(matching, key=lambda name: (not name.rpartition("/")[2].casefold().startswith(wanted), name))
    return [app_commands.Choice(name=name, value=name) for name in best[: limits.CHOICES]]
