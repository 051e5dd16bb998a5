"""What a digest says, and what it says it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.digests.codec import dump, load
from bot.digests.composing import Composer
from bot.digests.model import DeliveryState, Digest, Edition, Kind, Part, Slot, Subscription, Target
from bot.documents.model import Card, Document
from bot.documents.plain import plain_document
from bot.errors import SourceUnavailable, Transient
from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import HuggingFace
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.reading.model import Summaries, Summary, SummarySource
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.store import FakeStore
from tests.digests import wish

FRIDAY, THURSDAY = date(2026, 7, 10), date(2026, 7, 9)
CHANNEL = Target("slack:T1", "C1")
SLOT = Slot(CHANNEL, Kind.DAILY, FRIDAY, Edition.FINAL)
OFFERS = ("ask", "show", "save")


def _entry(number: int, title: str) -> dict[str, object]:
    return {"paper": {"id": f"2607.{number:05}", "title": title, "summary": "It shines.", "upvotes": 20 - number}}


class FakeSummarizer:
    """A line for each paper, and a sentence on why it is no better."""

    degraded: str | None = None

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str, patience: float = 0
    ) -> Summaries:
        lines = {own.id: Summary(paper_id=own.id, line="One line.", source=SummarySource.ABSTRACT) for own in papers}
        return Summaries(lines, self.degraded)

    async def recall(self, papers: Sequence[Paper], *, language: str) -> Summaries:
        return await self.summarize(papers, workspace="", language=language)


class World:
    """Two list days, of which each may be unreachable."""

    def __init__(self) -> None:
        self.lists = {
            FRIDAY: [_entry(1, "Robots at sea"), _entry(2, "Agents ashore"), _entry(3, "A benchmark of buoys")],
            THURSDAY: [_entry(4, "Old lighthouses")],
        }
        self.down: set[date] = set()
        self.store = FakeStore()
        self.summarizer = FakeSummarizer()
        clock = FakeClock(datetime(2026, 7, 11, 7, tzinfo=UTC))
        fetcher = FakeFetcher(self._answer, clock)
        library = Library(
            HuggingFace(fetcher, "https://hf.test"), Arxiv(fetcher, "https://ax.test"), self.store.papers, clock
        )
        self.composer = Composer(
            library, self.summarizer, self.store.papers, self.store.deliveries, clock, offers=OFFERS
        )

    def _answer(self, address: str) -> FakeAnswer | Transient | None:
        day = next((day for day in self.lists if day.isoformat() in address), None)
        if day is not None and day in self.down:
            return SourceUnavailable("Hugging Face does not answer.")
        return FakeAnswer.of(self.lists[day] if day is not None else [])

    async def compose(
        self, subscription: Subscription | None = None, slot: Slot = SLOT, days: Sequence[date] = (THURSDAY, FRIDAY)
    ) -> Digest:
        return await self.composer.compose(subscription or wish(CHANNEL), slot, days)


@pytest.fixture
def world() -> World:
    return World()


def _titles(digest: Digest) -> list[str]:
    return [block.title for part in digest.parts for block in part.document.blocks if isinstance(block, Card)]


async def test_a_root_and_a_part_a_paper_most_upvoted_first(world: World) -> None:
    digest = await world.compose()
    assert _titles(digest) == ["Robots at sea", "Agents ashore", "A benchmark of buoys", "Old lighthouses"]
    assert digest.title == "Papers of Friday 10 July 2026"
    assert "4 new papers" in plain_document(digest.parts[0].document)
    assert (digest.missing, digest.through) == ("", FRIDAY)


async def test_wishes_of_the_channel_are_kept_and_told(world: World) -> None:
    digest = await world.compose(wish(CHANNEL, muted=("benchmark",), top=2))
    assert _titles(digest) == ["Robots at sea", "Agents ashore"]
    assert "1 on muted topics, 1 further down" in plain_document(digest.parts[0].document)


async def test_every_paper_brings_two_starter_questions(world: World) -> None:
    card = (await world.compose()).parts[1].document.blocks[0]
    assert isinstance(card, Card)
    assert [action.command.split()[0] for action in card.actions[:2]] == ["ask", "ask"]


async def test_papers_that_were_posted_do_not_come_again(world: World) -> None:
    await world.store.deliveries.mark(SLOT, Part(1, Document(), "2607.00001"), DeliveryState.SENT, datetime.now(UTC))
    assert "Robots at sea" not in _titles(await world.compose())
    weekly = await world.compose(wish(CHANNEL, kind=Kind.WEEKLY), replace(SLOT, kind=Kind.WEEKLY))
    assert "Robots at sea" in _titles(weekly)


async def test_list_that_cannot_be_had_is_named_and_comes_next_time(world: World) -> None:
    world.down = {FRIDAY}
    digest = await world.compose()
    assert _titles(digest) == ["Old lighthouses"]
    assert "Without the list of Friday 10 July 2026" in plain_document(digest.parts[0].document)
    assert digest.through == THURSDAY


async def test_no_list_at_all_is_worth_another_try(world: World) -> None:
    world.down = {FRIDAY, THURSDAY}
    with pytest.raises(Transient):
        await world.compose()


async def test_worse_summaries_are_told(world: World) -> None:
    world.summarizer.degraded = "The model does not answer."
    assert (await world.compose()).missing == "The model does not answer."


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 7, 11), "at weekends"), (date(2026, 7, 13), "at weekends"), (date(2026, 7, 15), "since the last")],
)
async def test_notice_says_why_there_is_nothing(world: World, day: date, words: str) -> None:
    digest = await world.compose(slot=replace(SLOT, day=day, notice=True), days=())
    assert digest.is_notice
    assert words in plain_document(digest.parts[0].document)


async def test_frozen_digest_is_the_same_thawed(world: World) -> None:
    digest = await world.compose()
    assert load(dump(digest)) == digest
