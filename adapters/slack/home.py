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
FIRST_STEPS = {"today": "today", "week": "week", "search": "", "help": "help"}  # "": the grammar's own example


def home_view(today: Document, person: Person, channel: str, subscriptions: Sequence[Block] = ()) -> Json:
    """The view for `views.publish`.

    Args:
        today: the day's list.
        person: whose home it is.
        channel: their direct messages with the bot, where answers to the buttons here go.
        subscriptions: what is posted where, and buttons to change it.
    """
    digests = (*DIGESTS, *subscriptions) if subscriptions else ()
    posted = [part for block in digests for part in blocks(block)][: BLOCKS_PER_VIEW // 3]
    below = [*posted, *(part for block in _settings(person) for part in blocks(block))]
    above = render_view(today)[: BLOCKS_PER_VIEW - len(below)]
    return {"type": "home", "private_metadata": channel, "blocks": [*above, *below]}


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
