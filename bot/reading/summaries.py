"""A summary of every paper, whatever happens.

The model's, checked against title and abstract and cached for all workspaces; else Hugging Face's; else the
abstract's own best sentence.  Each says which it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from babel import Locale, UnknownLocaleError

from bot.errors import BotError, BudgetExhausted, ModelError, ModelNotFound, StoreError
from bot.llm.budget import Meter
from bot.llm.prompts import Prompt, load_prompt
from bot.papers.model import Paper
from bot.ports import SummaryRepository
from bot.reading.drafts import Drafter
from bot.reading.extractive import best_sentence, first_sentence
from bot.reading.grounding import ungrounded_numbers
from bot.reading.model import Summary, SummaryKey, SummarySource

_MEANWHILE = "These summaries are Hugging Face's or the abstracts' own sentences."
_PATIENCE = 10.0  # seconds that work under way has at the end
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Summaries:
    """A summary of every paper asked for, by id; and why some are not the model's, where that is news."""

    by_id: dict[str, Summary]
    degraded: str | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """What one piece of work gave."""

    found: Mapping[SummaryKey, Summary]
    fault: BotError | None = None


class Summarizer:
    """Summarizes papers, each once for all who ask.

    Args:
        meter: the model, billed to whoever asks first; None to do without.
        cache: of the model's summaries alone, so that a model set up later improves the others.
    """

    def __init__(self, meter: Meter | None, cache: SummaryRepository, *, prompt: Prompt | None = None) -> None:
        self._meter = meter
        self._cache = cache
        self._prompt = prompt or load_prompt("summaries")
        self._under_way: dict[SummaryKey, asyncio.Task[_Written]] = {}

    async def summarize(self, papers: Sequence[Paper], *, workspace: str, language: str = "en") -> Summaries:
        """A summary of each paper; never fails, never drops one.  `language` is a BCP 47 tag."""
        if self._meter is None:
            return Summaries({paper.id: summary_without_model(paper) for paper in papers})
        readable = {self._key(self._meter, paper, language): paper for paper in papers if paper.abstract}
        written = await self._written(readable, workspace, language)
        by_model = {key.paper_id: summary for key, summary in written.found.items()}
        by_id = {paper.id: by_model.get(paper.id) or summary_without_model(paper) for paper in papers}
        missed = any(paper.id not in by_model for paper in readable.values())
        return Summaries(by_id, _note(written.fault) if missed else None)

    async def recall(self, papers: Sequence[Paper], *, language: str = "en") -> Summaries:
        """A summary of each paper at once and for nothing: the model's where it is cached, else one without it."""
        known: Mapping[SummaryKey, Summary] = {}
        if self._meter is not None:
            known = await self._recall([self._key(self._meter, paper, language) for paper in papers])
        by_model = {key.paper_id: summary for key, summary in known.items()}
        return Summaries({paper.id: by_model.get(paper.id) or summary_without_model(paper) for paper in papers})

    async def aclose(self) -> None:
        """Give the work under way a few seconds to end, so that what is paid for is kept; then stop it."""
        works = set(self._under_way.values())
        if works:
            _, late = await asyncio.wait(works, timeout=_PATIENCE)
            for work in late:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def _written(self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str) -> _Written:
        """Summaries by model, from the cache, by work that others have begun, or by own work."""
        joined = {key: self._under_way[key] for key in papers if key in self._under_way}
        own = {key: paper for key, paper in papers.items() if key not in joined}
        works = {*joined.values(), *([self._begin(own, workspace, language)] if own else [])}
        results = await asyncio.gather(*(asyncio.shield(work) for work in works))
        found = {key: result.found[key] for result in results for key in papers if key in result.found}
        theirs_ran_out = {key for key, work in joined.items() if isinstance(work.result().fault, BudgetExhausted)}
        left = {key: papers[key] for key in theirs_ran_out - found.keys()}
        if left:  # another workspace's budget is no reason to do without
            rest = await self._written(left, workspace, language)
            return _Written({**found, **rest.found}, rest.fault)
        return _Written(found, next((result.fault for result in results if result.fault), None))

    def _begin(self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str) -> asyncio.Task[_Written]:
        """Start work of its own, which goes on if whoever asked gives up."""
        work = asyncio.create_task(self._work(papers, workspace, language))
        for key in papers:
            self._under_way[key] = work
        work.add_done_callback(lambda _: self._end(papers))
        return work

    def _end(self, papers: Mapping[SummaryKey, Paper]) -> None:
        for key in papers:
            self._under_way.pop(key, None)

    async def _work(self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str) -> _Written:
        known = await self._recall(list(papers))
        missing = {key: paper for key, paper in papers.items() if key not in known}
        if not missing or self._meter is None:
            return _Written(known)
        drafter = Drafter(
            self._meter.of(workspace),
            self._prompt,
            _language_name(language),
            translated=not language.lower().startswith("en"),
        )
        by_id, fault = await drafter.summaries(list(missing.values()))
        new = {key: by_id[key.paper_id] for key in missing if key.paper_id in by_id}
        await self._remember(new)
        return _Written({**known, **new}, fault)

    async def _recall(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        try:
            return await self._cache.get_many(keys)
        except StoreError as error:
            _log.warning("summaries.not_recalled", reason=type(error).__name__)
            return {}

    async def _remember(self, new: Mapping[SummaryKey, Summary]) -> None:
        try:
            await self._cache.save(new)
        except StoreError as error:
            _log.warning("summaries.not_saved", reason=type(error).__name__)

    def _key(self, meter: Meter, paper: Paper, language: str) -> SummaryKey:
        return SummaryKey(paper.id, paper.version or 0, self._prompt.hash, language, meter.model.name)


def summary_without_model(paper: Paper) -> Summary:
    """Hugging Face's summary if its numbers hold, else the abstract's best sentence, else the title."""
    theirs = first_sentence(paper.ai_summary or "")
    if theirs and not ungrounded_numbers(theirs, f"{paper.title}. {paper.abstract}"):
        return Summary(paper_id=paper.id, line=theirs, source=SummarySource.HUGGING_FACE)
    line = best_sentence(paper.title, paper.abstract)
    return Summary(paper_id=paper.id, line=line, source=SummarySource.ABSTRACT)


def _note(fault: BotError | None) -> str | None:
    """What to tell the reader of a failure; an answer that could not be used is no news, as labels show it."""
    if fault is None or (isinstance(fault, ModelError) and not isinstance(fault, ModelNotFound)):
        return None
    return f"{fault.sentence} {_MEANWHILE}"


def _language_name(tag: str) -> str:
    """A language's name in English, for the model; the tag itself if nobody knows it."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
