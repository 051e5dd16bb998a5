"""An engine with a few handlers, each with another way to answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.grammar import Command
from bot.chat.request import Final, Partial, Progress, Reply, Request
from bot.documents.model import Action, Actions, Card, Document, Image, Input, Paragraph, text
from bot.errors import SourceUnavailable

MANAGED = Command(name="tune", help="Change what this channel gets", example="tune", who="manager")
LONG = " ".join(f"word{number}" for number in range(4_000))


class Calls:
    """How often the questions' handler was asked, and what it waits for."""

    def __init__(self) -> None:
        self.questions: list[Request] = []
        self.gate = asyncio.Event()
        self.gate.set()


def small_engine(calls: Calls | None = None) -> Engine:
    """The engine; `calls` counts and holds back what is asked of it."""
    seen = calls or Calls()

    async def question(request: Request) -> AsyncIterator[Reply]:
        seen.questions.append(request)
        yield Progress("Reading the paper …")
        yield Partial("The answer")
        await seen.gate.wait()
        yield Partial("The answer grows")
        yield Final(Document(blocks=(Paragraph(text(f"You asked: {request.text}")),)))

    return Engine(
        (*COMMANDS, MANAGED),
        {
            "today": _today,
            "yesterday": _waits(seen),
            "week": _fails,
            "show": _shows,
            "search": _searches,
            "help": _helps,
            "status": _reports,
            "tune": _tunes,
            "trending": _long,
            "date": _draws,
            "usage": _draws,
        },
        question=question,
    )


def paper_card() -> Card:
    """A card with every kind of button."""
    return Card(
        paper_id="2606.01234",
        title="A Paper <Written> & Told",
        url="https://huggingface.co/papers/2606.01234",
        line="It shows what a card looks like.",
        rank=1,
        facts=text("12 upvotes"),
        thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2606.01234.png",
        actions=(
            Action("Details", "show 2606.01234"),
            Action("Search for …", "search", input=Input("Which words?", max_length=100)),
            Action("Hidden details", "show 2606.01234", private=True),
        ),
    )


async def _today(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("Reading today's list …")
    more = Actions((Action("More", "today page 2"),))
    yield Final(Document("Trending papers", (paper_card(), more)))


def _waits(calls: Calls):  # type: ignore[no-untyped-def]
    async def handler(asked: Asked) -> AsyncIterator[Reply]:
        yield Progress("Reading yesterday's list …")
        await calls.gate.wait()
        yield Final(Document("Yesterday", (paper_card(),)))

    return handler


async def _fails(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("Reading the week's list …")
    raise SourceUnavailable("Hugging Face does not answer; please try again in a few minutes.")


async def _shows(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document(f"Paper {asked.invocation.get('paper')}", (Paragraph(text("Its whole story.")),)))


async def _searches(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document(blocks=(Paragraph(text("You searched for: ", asked.invocation.get("words"))),)))


async def _helps(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document("What can be asked", (Paragraph(text("Commands.")),), private=True))


async def _reports(asked: Asked) -> AsyncIterator[Reply]:
    whose = f"Digests of {asked.request.user}" if asked.request.direct else "Digests of a channel"
    yield Final(Document("Digests", (Paragraph(text(whose)),), private=True))


async def _tunes(asked: Asked) -> AsyncIterator[Reply]:
    allowed = "may" if asked.request.may_manage else "may not"
    yield Final(Document(blocks=(Paragraph(text(f"You {allowed} manage this channel.")),)))


async def _long(asked: Asked) -> AsyncIterator[Reply]:
    yield Final(Document("Long", (Paragraph(text(LONG)),)))


async def _draws(asked: Asked) -> AsyncIterator[Reply]:
    chart = Image(alt="A curve that rises.", data=b"\x89PNG and the rest")
    yield Final(Document("Chart", (Paragraph(text("Look:")), chart)))
