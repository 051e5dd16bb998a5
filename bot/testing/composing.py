"""Digests that are composed without papers' sources, and steps that nobody records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.digests.completing import Found, card_of, completed
from bot.digests.courier import Outcome
from bot.digests.model import Digest, Gaps, Part, Slot, Subscription
from bot.documents.model import Card, Document, Footnote, Paragraph, text
from bot.ports import Clock


@dataclass
class FakeComposer:
    """Implements `bot.digests.courier.Composes`: as many papers as `papers`, or a notice.

    Before each digest the next of `troubles` is raised, if it is one.
    """

    papers: int = 3
    missing: str = ""
    troubles: list[Exception | None] = field(default_factory=list)
    unsummarized: Sequence[int] = ()  # the numbers of messages that get better once nothing is missing
    late: int = 0  # papers that come then
    looks_in_vain: int = 0  # until then
    composed: int = 0
    prepared: int = 0

    async def compose(self, subscription: Subscription, slot: Slot, days: Sequence[date]) -> Digest:
        """The digest of a slot."""
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        self.composed += 1
        through = days[-1] if days else None
        title = f"Papers of {slot.day.isoformat()}"
        if slot.notice or not self.papers:
            notice = Document(title, (Paragraph(text("No new list.")),))
            return Digest.notice(slot, notice, missing=self.missing, through=through)
        lacking = (Footnote(text(self.missing)),) if self.missing else ()
        root = Document(title, (Paragraph(text(f"{self.papers} new papers.")), *lacking))
        parts = (Part(0, root), *(_paper(slot, number) for number in range(1, self.papers + 1)))
        return Digest(slot=slot, title=title, parts=parts, missing=self.missing, through=through, gaps=self._gaps)

    async def complete(self, subscription: Subscription, digest: Digest, days: Sequence[date]) -> Digest:
        """Nothing is missing any more, unless `looks_in_vain` has not come down to nought yet."""
        if digest.gaps is None or self.looks_in_vain:
            self.looks_in_vain = max(0, self.looks_in_vain - 1)
            return digest
        count = len(digest.parts)
        found = Found(
            better=[_better(digest.parts[number]) for number in self.unsummarized],
            late=[_paper(digest.slot, number) for number in range(count, count + self.late)],
            root=None,
            lacking=(),
            missing="",
            gaps=None,
            through=digest.through,
        )
        return completed(digest, found)

    async def prepare(self, digest: Digest) -> None:
        """Count it."""
        self.prepared += 1

    @property
    def _gaps(self) -> Gaps | None:
        return Gaps(summaries=True) if self.missing else None


def _better(part: Part) -> Part:
    card = replace(card_of(part), line="It is summarized now.")
    return replace(part, document=replace(part.document, blocks=(card,)))


def _paper(slot: Slot, number: int) -> Part:
    paper = f"{slot.day:%y%m}.{slot.day.day:02}{number:03}"
    card = Card(paper_id=paper, title=f"Paper {number}", url=f"https://huggingface.co/papers/{paper}", rank=number)
    return Part(number, Document(blocks=(card,)), paper)


class PlainSteps:
    """Implements `bot.digests.courier.Steps`; each step runs when it is asked for, and nothing is written down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def run(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Run it."""
        return await step()

    async def sleep(self, seconds: float) -> None:
        """Wait by the clock."""
        await self._clock.sleep(seconds)
