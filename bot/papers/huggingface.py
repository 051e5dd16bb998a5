"""Hugging Face's papers: daily lists, weeks, months, the trending list, single papers and search.

The API is described at https://huggingface.co/docs/hub/api.  A list comes in pages of at most 100 (default 50, at
which a busy day would be cut), so pages are read until one is not full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from bot.errors import SourceUnavailable
from bot.papers.huggingface_parsing import parse_paper, parse_papers
from bot.papers.model import Paper
from bot.ports import Fetched, Fetcher

PAGE = 100
MAX_PAGES = 20  # 2,000 papers: twice the busiest month
TRENDING = 50  # the trending list has no end of its own
_CHECK = "Please try again in a few minutes; if HF_ENDPOINT is set, check that address."
MAX_QUERY = 250  # characters that search takes


@dataclass(frozen=True, slots=True)
class Listing:
    """Papers as Hugging Face listed them at an instant (UTC); `stale` if it did not answer and the cache did."""

    papers: tuple[Paper, ...]
    fetched_at: datetime
    stale: bool = False


class HuggingFace:
    """Every method raises `SourceUnavailable` or `RateLimited` where there is no usable answer."""

    def __init__(self, fetcher: Fetcher, base_url: str = "https://huggingface.co") -> None:
        self._fetcher = fetcher
        self._api = base_url.rstrip("/") + "/api"

    async def daily(self, day: date) -> Listing:
        """The list of a day, most upvoted first."""
        return await self._pages({"date": day.isoformat()}, day)

    async def weekly(self, week: str) -> Listing:
        """The list of an ISO week such as "2026-W28", most upvoted first."""
        return await self._pages({"week": week})

    async def trending(self) -> Listing:
        """What trends now, in Hugging Face's own order, which is not that of upvotes."""
        return await self._page({"sort": "trending", "limit": str(TRENDING)})

    async def paper(self, paper_id: str) -> Paper | None:
        """One paper with its linked models, datasets and Spaces; None if Hugging Face does not know it."""
        fetched = await self._fetcher.get(f"{self._api}/papers/{quote(paper_id)}")
        return None if fetched.status == 404 else parse_paper(_json(fetched))

    async def search(self, words: str) -> tuple[Paper, ...]:
        """Papers that Hugging Face finds for some words, best first."""
        fetched = await self._fetcher.get(f"{self._api}/papers/search", params={"q": words[:MAX_QUERY]})
        return parse_papers(_list(fetched))

    async def _pages(self, query: Mapping[str, str], listed: date | None = None) -> Listing:
        papers: dict[str, Paper] = {}
        pages: list[Listing] = []
        for number in range(MAX_PAGES):
            fetched = await self._get({**query, "limit": str(PAGE), "p": str(number)})
            entries = _list(fetched)
            pages.append(Listing(parse_papers(entries, listed), fetched.fetched_at, fetched.stale))
            for paper in pages[-1].papers:
                papers.setdefault(paper.id, paper)  # a list that grows between two pages shows one twice
            if len(entries) < PAGE:
                break
        oldest = min(page.fetched_at for page in pages)
        return Listing(tuple(papers.values()), oldest, any(page.stale for page in pages))

    async def _page(self, query: Mapping[str, str]) -> Listing:
        fetched = await self._get(query)
        return Listing(parse_papers(_list(fetched)), fetched.fetched_at, fetched.stale)

    async def _get(self, query: Mapping[str, str]) -> Fetched:
        return await self._fetcher.get(f"{self._api}/daily_papers", params=query)


def _list(fetched: Fetched) -> list[object]:
    answer = None if fetched.status == 404 else _json(fetched)
    if not isinstance(answer, list):
        raise SourceUnavailable(f"Hugging Face answers with something that is not a list of papers. {_CHECK}")
    return answer


def _json(fetched: Fetched) -> object:
    try:
        return json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        message = f"Hugging Face answers with something that cannot be read. {_CHECK}"
        raise SourceUnavailable(message) from error
