"""The world of the demonstration: a source, a clock and summaries, by the same ports as the real ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from bot.clock import SystemClock
from bot.papers.calendar import is_weekend, list_day, previous_weekday
from bot.papers.model import Paper
from bot.ports import Clock, Fetched
from bot.reading.model import Summaries, Summary, SummarySource
from bot.reading.ports import PATIENCE

PAPERS = "papers.json"  # [{"days_ago": 0 or 1, "entry": as Hugging Face answers, "summary": {"line", "problem", …}}]

NOTHING_ON_ARXIV = b'<feed xmlns="http://www.w3.org/2005/Atom"/>'


class WeekdayClock(SystemClock):
    """The real time, but Friday's at weekends, as there is no list to show then."""

    def now(self) -> datetime:
        """This instant, or the same one on the Friday before."""
        now = super().now()
        while is_weekend(list_day(now)):
            now -= timedelta(days=1)
        return now


class DemoFetcher:
    """Answers as Hugging Face would; for it, arXiv is empty.  Lists move with the clock's day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records = _records()

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 30_000_000) -> Fetched:
        """Answer from the built-in day."""
        path = urlsplit(url).path
        answer = self._answer(path, params or {})
        body = NOTHING_ON_ARXIV if path.endswith("/api/query") else json.dumps(answer).encode()
        status = 404 if answer is None and body is not NOTHING_ON_ARXIV else 200
        return Fetched(url=url, status=status, body=body, fetched_at=self._clock.now())

    def _answer(self, path: str, query: Mapping[str, str]) -> object:
        if path.endswith("/daily_papers"):
            return self._listed(date.fromisoformat(query["date"]) if "date" in query else None)
        if path.endswith("/papers/search"):
            return self._found(query.get("q", ""))
        paper_id = path.rpartition("/api/papers/")[2]
        return next((entry for entry in self._listed(None) if entry["paper"]["id"] == paper_id), None)

    def _found(self, words: str) -> list[Any]:
        """The entries whose title or abstract hold every word."""
        wanted = words.lower().split()
        return [
            entry
            for entry in self._listed(None)
            if all(word in f"{entry['title']} {entry['paper']['summary']}".lower() for word in wanted)
        ]

    def _listed(self, day: date | None) -> list[Any]:
        """The entries of a day, or of all days; they were listed a week ago, too, so that there is a round-up."""
        today = list_day(self._clock.now())
        days = [today, previous_weekday(today)]
        weeks = [timedelta(), timedelta(weeks=1)]
        return [
            own["entry"]
            for own in self._records
            if day is None or day in [days[own["days_ago"]] - ago for ago in weeks]
        ]


class DemoSummarizer:
    """Hands out the summaries that were written for the built-in papers."""

    def __init__(self) -> None:
        self._summaries = {
            own["entry"]["paper"]["id"]: Summary(paper_id="", source=SummarySource.EDITOR, **own["summary"])
            for own in _records()
        }

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str, patience: float = PATIENCE
    ) -> Summaries:
        """Those of the papers asked for."""
        return Summaries(dict(self._pick(papers)))

    async def recall(self, papers: Sequence[Paper], *, language: str) -> Summaries:
        """The same."""
        return Summaries(dict(self._pick(papers)))

    def _pick(self, papers: Iterable[Paper]) -> Iterable[tuple[str, Summary]]:
        for paper in papers:
            if found := self._summaries.get(paper.id):
                yield paper.id, replace(found, paper_id=paper.id)


def _records() -> list[Any]:
    records: list[Any] = json.loads(resources.files("paperwire.demo").joinpath(PAPERS).read_text(encoding="utf-8"))
    return records
