"""Starter questions: answered before anybody asks, so that a press costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.chat.request import Final, Place, Request
from bot.digests.model import Digest, Edition, Kind, Slot, Target
from bot.digests.preparing import starters_of
from bot.documents.model import Quote
from bot.errors import ModelUnavailable, Transient
from bot.llm.model import ModelCall
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.model import FakeModel, Script
from bot.testing.store import FakeStore
from paperwire.bootstrap import App, Parts, open_app
from paperwire.settings import Settings
from tests.digests import wish
from tests.kites import KITES, KITES_TEXT

FRIDAY = date(2026, 7, 10)
CHANNEL, ELSEWHERE = Target("slack:T1", "C1"), Target("slack:T2", "C9")
TRAINED = "Training took 12 hours on 8 small motors."


def _said(call: ModelCall) -> dict[str, Any] | Transient:
    """A model that answers whatever it is asked with the sentence about training."""
    if call.purpose != "answer":
        return ModelUnavailable("Only questions are answered.")
    before, found, _ = call.messages[-1].content.partition(TRAINED)
    number = int(before.rsplit("[", 1)[1].rstrip(" ]")) if found else 1
    return {"verdict": "answered", "claims": [{"text": "It took 12 hours.", "sentences": [number]}]}


def _page(address: str) -> FakeAnswer | None:
    paper = {"id": KITES.id, "title": KITES.title, "summary": KITES.abstract, "upvotes": 3}
    if "/daily_papers" in address:
        return FakeAnswer.of([{"paper": paper}])
    return FakeAnswer.of(paper) if address.endswith(f"/api/papers/{KITES.id}") else None


@dataclass
class Desk:
    """A running Paperwire with one paper and a model whose calls are counted."""

    app: App
    model: FakeModel

    @property
    def answers(self) -> int:
        """How often the model was asked a question about a paper."""
        return sum(call.purpose == "answer" for call in self.model.calls)

    async def digest(self, target: Target = CHANNEL) -> Digest:
        slot = Slot(target, Kind.DAILY, FRIDAY, Edition.FINAL)
        return await self.app.composer.compose(wish(target), slot, [FRIDAY])

    async def press(self, digest: Digest) -> list[Quote]:
        """Press every starter question; what the answers quote."""
        place = Place(digest.slot.target.workspace, digest.slot.target.channel)
        quotes = []
        for action in digest.parts[1].document.blocks[0].actions[:2]:  # type: ignore[union-attr]
            request = Request(place=place, user="u", text=action.command)
            [*_, last] = [reply async for reply in self.app.engine.handle(self.app.engine.parse(request))]
            assert isinstance(last, Final)
            quotes += [block for block in last.document.blocks if isinstance(block, Quote)]
        return quotes


@asynccontextmanager
async def _desk(tokens_per_day: int = 0, script: Script = _said, store: FakeStore | None = None) -> AsyncIterator[Desk]:
    clock, store = FakeClock(datetime(2026, 7, 11, 7, tzinfo=UTC)), store or FakeStore()
    await store.texts.save(replace(KITES_TEXT, version=0))
    settings = Settings.model_validate({"PAPERWIRE_TOKENS_PER_DAY": tokens_per_day})
    model = FakeModel(script)
    async with open_app(
        settings, Parts(clock=clock, store=store, fetcher=FakeFetcher(_page, clock), model=model)
    ) as app:
        yield Desk(app, model)


async def test_pressing_a_prepared_question_asks_no_model() -> None:
    async with _desk() as desk:
        digest = await desk.digest()
        await desk.app.composer.prepare(digest)
        prepared = desk.answers
        assert prepared == len(list(starters_of(digest.parts[1]))) == 2
        assert [quote.text for quote in await desk.press(digest)] == [TRAINED, TRAINED]
        assert desk.answers == prepared


async def test_other_channels_have_the_same_answers_for_nothing() -> None:
    async with _desk() as desk:
        await desk.app.composer.prepare(await desk.digest())
        prepared = desk.answers
        other = await desk.digest(ELSEWHERE)
        await desk.app.composer.prepare(other)
        await desk.press(other)
        assert desk.answers == prepared


async def test_preparing_leaves_half_of_the_budget_to_people() -> None:
    async with _desk(tokens_per_day=5_000) as desk:
        await desk.app.composer.prepare(await desk.digest())
        usage = await desk.app.store.ledger.usage(CHANNEL.workspace, date(2026, 7, 11))
        spent = sum(row.prompt_tokens + row.completion_tokens for row in usage)
        assert spent < 5_000
        assert desk.answers < 2 or spent < 2_500


async def test_model_that_is_down_is_not_asked_for_every_channel() -> None:
    async with _desk(script=lambda call: ModelUnavailable("The model does not answer.")) as desk:
        for number in range(5):
            await desk.app.composer.prepare(await desk.digest(Target("slack:T1", f"C{number}")))
        assert desk.answers == 2


async def test_two_processes_ask_the_model_once_together() -> None:
    store = FakeStore()
    async with _desk(store=store) as one, _desk(store=store) as other:
        digest, elsewhere = await one.digest(), await other.digest(ELSEWHERE)
        await asyncio.gather(one.app.composer.prepare(digest), other.app.composer.prepare(elsewhere))
        assert one.answers + other.answers == 2
        await other.press(elsewhere)
        assert one.answers + other.answers == 2
