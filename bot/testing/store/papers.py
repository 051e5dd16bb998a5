"""Papers and lists in memory, with a search that is good enough for tests."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.clock import SystemClock
from bot.papers.model import Paper, PaperList, Rise
from bot.ports import Clock

SKEW = timedelta(minutes=1)  # between clocks that are right


class FakePapers:
    """Implements `bot.ports.PaperRepository`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._papers: dict[str, Paper] = {}
        self._seen: dict[str, datetime] = {}
        self._lists: dict[str, PaperList] = {}
        self._upvotes: dict[str, dict[datetime, tuple[datetime, int]]] = {}  # paper id -> hour -> (seen at, upvotes)

    async def save(self, papers: Iterable[Paper], seen_at: datetime) -> None:
        """Merge each with what is known of it."""
        for paper in papers:
            known = self._papers.get(paper.id, paper)
            older = seen_at < self._known_since(paper.id, seen_at)
            self._papers[paper.id] = _merged(paper, known) if older else _merged(known, paper)
            self._seen[paper.id] = max(seen_at, self._known_since(paper.id, seen_at))

    def _known_since(self, paper_id: str, seen_at: datetime) -> datetime:
        """When it was last seen before, unless a clock that was ahead said so."""
        last = self._seen.get(paper_id, seen_at)
        return last if last <= self._clock.now() + SKEW else seen_at

    async def get(self, paper_id: str) -> Paper | None:
        """The paper with this id."""
        return self._papers.get(paper_id)

    async def get_many(self, paper_ids: Sequence[str]) -> list[Paper]:
        """Those that are known, in the order asked for."""
        return [self._papers[paper_id] for paper_id in paper_ids if paper_id in self._papers]

    async def save_list(self, key: str, papers: PaperList) -> None:
        """Remember the list, its papers, and one snapshot of their upvotes an hour."""
        await self.save(papers.papers, papers.fetched_at)
        self._lists[key] = replace(papers, fetched_at=papers.fetched_at.astimezone(UTC))
        hour = papers.fetched_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for paper in papers.papers:
            seen = self._upvotes.setdefault(paper.id, {})
            if paper.upvotes is not None and (hour not in seen or seen[hour][0] <= papers.fetched_at):
                seen[hour] = (papers.fetched_at, paper.upvotes)

    async def load_list(self, key: str) -> PaperList | None:
        """The list last saved under that key."""
        found = self._lists.get(key)
        return found and replace(found, papers=tuple(self._papers[paper.id] for paper in found.papers))

    async def latest_day(self, before: date) -> PaperList | None:
        """The newest non-empty daily list with a day before the one given."""
        days = [
            (known.day, key)
            for key, known in self._lists.items()
            if key.startswith("day:") and known.papers and known.day < before
        ]
        return await self.load_list(max(days)[1]) if days else None

    async def search(self, words: str, *, limit: int = 10, offset: int = 0) -> list[Paper]:
        """Papers with all the words first, then those with any; a word in the title counts for more."""
        wanted = _folded(words)
        scores = {paper.id: _score(paper, wanted) for paper in self._papers.values()}
        best = sorted((own for own in scores if scores[own] > (0, 0)), key=scores.__getitem__, reverse=True)
        return await self.get_many(best[offset : offset + limit])

    async def rises(self, paper_ids: Sequence[str], since: datetime) -> Mapping[str, Rise]:
        """Upvotes now against the last snapshot at or before `since`, else the first one."""
        found = {}
        for paper_id in paper_ids:
            seen = sorted(self._upvotes.get(paper_id, {}).values())
            now = self._papers[paper_id].upvotes if paper_id in self._papers else None
            if seen and now is not None:
                at, before = max((sight for sight in seen if sight[0] <= since), default=seen[0])
                found[paper_id] = Rise(before=before, now=now, since=at.astimezone(UTC))
        return found

    async def count(self) -> int:
        """How many papers are known."""
        return len(self._papers)


def _merged(known: Paper, newer: Paper) -> Paper:
    told: dict[str, Any] = {entry.name: getattr(newer, entry.name) for entry in fields(Paper)}
    return replace(known, **{name: value for name, value in told.items() if _says_something(value)})


def _says_something(value: object) -> bool:
    return bool(value) or type(value) is int


def _folded(text: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain.casefold())


def _score(paper: Paper, wanted: Sequence[str]) -> tuple[int, int]:
    """(whether all words are there, weight of those that are); the last word may be a beginning."""
    title = _folded(paper.title)
    rest = _folded(" ".join([paper.abstract, *paper.authors, *paper.keywords]))
    weights = []
    for place, word in enumerate(wanted):
        hits = str.startswith if place == len(wanted) - 1 else str.__eq__
        weights.append(10 * any(hits(own, word) for own in title) + any(hits(own, word) for own in rest))
    return int(bool(weights) and all(weights)), sum(weights)
