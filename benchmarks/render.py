"""Documents to Slack's payloads, a second: a day's list of ten cards, and a long answer."""

from __future__ import annotations

import argparse
import time
from typing import Any

from adapters.slack.render import render
from bot.documents.model import Action, Actions, Block, Card, Document, Input, Paragraph, Quote, bold, text

NAME = "render"
SECONDS = 1.0


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Documents a second, of each kind."""
    return {f"slack_{name}_per_s": round(rate(document)) for name, document in samples().items()}


def rate(document: Document) -> float:
    """How often a document is rendered in a second."""
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        render(document)
        count += 1
    return count / (time.perf_counter() - began)


def samples() -> dict[str, Document]:
    """What is sent most."""
    cards = tuple(card(number) for number in range(1, 11))
    more = Actions((Action("More", "today page 2"),))
    answer: list[Block] = [
        Paragraph(text("A finding ", bold("stands"), " here, with its reason. " * 12)),
        Quote("It is shown. " * 9),
    ]
    return {"list": Document("Trending papers", (*cards, more)), "answer": Document(blocks=tuple(answer * 5))}


def card(number: int) -> Card:
    """A card as it comes in a list."""
    paper = f"2606.{number:05}"
    return Card(
        paper_id=paper,
        title=f"A Paper on the Number {number} & Its Neighbours",
        url=f"https://huggingface.co/papers/{paper}",
        line="It says in one line what the paper has found, in no more than twenty-five words.",
        rank=number,
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
