"""The App Home: today's papers, and how things are set for the person who looks."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.blocks import blocks
from adapters.slack.limits import BLOCKS_PER_VIEW, PROMPTS, Json
from adapters.slack.people import Person
from adapters.slack.render import render_view
from bot.chat.grammar import Command
from bot.documents.model import Action, Actions, Block, Document, Facts, Footnote, Heading, Text, code, text

UNKNOWN = "as Slack does not tell it"
DIGESTS = (
    Heading("Digests"),
    Actions((Action("Subscribe a channel", "subscribe", style="primary", private=True, fills=True),)),
)
LEAST_OF_TODAY = 4  # blocks: the list's title, its state, a paper, and a line that there are more
FIRST_STEPS = {"today": "today", "week": "week", "search": "", "help": "help"}  # "": the grammar's own example


def home_view(today: Document, person: Person, channel: str, subscriptions: Sequence[Block] = ()) -> Json:
    """The view for `views.publish`.

    Args:
        today: the day's list; it gets the room that the rest leaves.
        person: whose home it is.
        channel: their direct messages with the bot, where answers to the buttons here go.
        subscriptions: what is posted where, and buttons to change it, which end each subscription.
    """
    settings = _rendered(_settings(person))
    heading = _rendered(DIGESTS) if subscriptions else []
    posted = _subscriptions(subscriptions, BLOCKS_PER_VIEW - len(settings) - len(heading) - LEAST_OF_TODAY)
    below = [*heading, *posted, *settings]
    above = render_view(today, BLOCKS_PER_VIEW - len(below))
    return {"type": "home", "private_metadata": channel, "blocks": [*above, *below]}


def _subscriptions(shown: Sequence[Block], room: int) -> list[Json]:
    """All subscriptions: in full, else without their facts; of yet more, those that fit, and how many are left out."""
    items = [list(_rendered(item)) for item in _items(shown)]
    if sum(map(len, items)) > room:
        items = [_rendered([block for block in item if not isinstance(block, Facts)]) for item in _items(shown)]
    left_out = 0
    while sum(map(len, items)) > room - (1 if left_out else 0):
        items.pop()
        left_out += 1
    more = Footnote(
        text(f"{left_out} more digests are not shown here. ", code("/papers status"), " in a direct message lists all.")
    )
    return [*(block for item in items for block in item), *(_rendered((more,)) if left_out else ())]


def _items(shown: Sequence[Block]) -> list[list[Block]]:
    """What is told of each subscription; its buttons come last."""
    items: list[list[Block]] = [[]]
    for block in shown:
        items[-1].append(block)
        if isinstance(block, Actions):
            items.append([])
    return [item for item in items if item]


def _rendered(shown: Sequence[Block]) -> list[Json]:
    return [part for block in shown for part in blocks(block)]


def prompts(commands: Sequence[Command]) -> list[dict[str, str]]:
    """What the agent's view offers to ask: commands that need nothing to have been said before."""
    offered = [command for command in commands if command.name in FIRST_STEPS][:PROMPTS]
    return [{"title": command.help, "message": FIRST_STEPS[command.name] or command.example} for command in offered]


def _settings(person: Person) -> tuple[Block, ...]:
    rows: tuple[tuple[str, Text], ...] = (
        ("Time zone", text(person.timezone or UNKNOWN)),
        ("Language", text(person.locale or UNKNOWN)),
    )
    return (
        Heading("Your settings"),
        Facts(rows),
        Actions((Action("Reading list", "saved"), Action("Help", "help"))),
        Footnote(text("Zone and language are those of your Slack profile. ", code("/papers help"), " works anywhere.")),
    )
