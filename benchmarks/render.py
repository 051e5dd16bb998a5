"""Documents to the payloads of Slack and Discord, a second: a day's list of ten cards, and a long answer.

Every document is another one, so none of its words have been written before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

from adapters.discord.render import components_of, pages
from adapters.slack.render import render as on_slack
from bot.documents.model import Action, Actions, Block, Card, Document, Input, Paragraph, Quote, bold, text

NAME = "render"
SECONDS = 1.0
DOCUMENTS = 300


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Documents a second, of each kind."""
    return {
        f"{platform}_{name}_per_s": round(rate([make(number) for number in range(DOCUMENTS)], render))
        for platform, render in PLATFORMS.items()
        for name, make in SAMPLES.items()
    }


def rate(documents: Sequence[Document], render: Callable[[Document], object]) -> float:
    """How many documents are rendered in a second."""
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        render(documents[count % len(documents)])
        count += 1
    return count / (time.perf_counter() - began)


def on_discord(document: Document) -> object:
    """The components of each message."""
    return [components_of(page) for page in pages(document)]


def papers(number: int) -> Document:
    """A list of ten."""
    cards = tuple(card(number, rank) for rank in range(1, 11))
    return Document("Trending papers", (*cards, Actions((Action("More", "today page 2"),))))


def answer(number: int) -> Document:
    """Five findings."""
    block: list[Block] = [
        Paragraph(text("A finding ", bold("stands"), f" in {number}, with its reason. " * 12)),
        Quote(f"It is shown in {number}. " * 6),
    ]
    return Document(blocks=tuple(block * 5))


def card(month: int, rank: int) -> Card:
    """A card as it comes in a list."""
    paper = f"{2400 + month}.{rank:05}"
    return Card(
        paper_id=paper,
        title=f"A Paper on the Number {paper} & Its Neighbours",
        url=f"https://huggingface.co/papers/{paper}",
        line="It says in one line what the paper has found, in no more than twenty-five words.",
        rank=rank,
        facts=text("123 upvotes · 4 comments"),
        byline="A. Author, B. Author and 3 others",
        thumbnail=f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper}.png",
        actions=(
            Action("Details", f"show {paper}"),
            Action("Ask", f"ask {paper}", input=Input("What do you want to know?")),
            Action("Similar", f"similar {paper}"),
            Action("Save", f"save {paper}", private=True),
        ),
    )


PLATFORMS: dict[str, Callable[[Document], object]] = {"slack": on_slack, "discord": on_discord}
SAMPLES = {"list": papers, "answer": answer}
