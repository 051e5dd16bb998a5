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

from bot.errors import BotError, BudgetExhausted, ModelError, ModelNotFound, ModelUnavailable, StoreError
from bot.llm.budget import Meter
from bot.llm.prompts import Prompt, load_prompt
from bot.papers.model import Paper
from bot.ports import LanguageModel, Leases, SummaryRepository
from bot.reading.claims import Claims, NoClaims
from bot.reading.drafts import Drafter
from bot.reading.extractive import best_sentence, first_sentence
from bot.reading.grounding import ungrounded_numbers
from bot.reading.model import Summaries, Summary, SummaryKey, SummarySource
from bot.reading.ports import PATIENCE
from bot.reading.setbacks import Setbacks

_MEANWHILE = "These summaries are Hugging Face's or the abstracts' own sentences."
LOOK_AGAIN = 0.5  # seconds, where another process writes
_AT_THE_END = 5.0  # seconds that work under way has when the program ends
_SLOW = "The language model is still writing; ask again in a minute for its summaries."
_BROKEN = ModelError("The summaries could not be made; the log says more.")
_log = structlog.get_logger()


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
        leases: by which several processes agree on who writes what; None where there is but one.
    """

    def __init__(
        self,
        meter: Meter | None,
        cache: SummaryRepository,
        *,
        prompt: Prompt | None = None,
        leases: Leases | None = None,
    ) -> None:
        self._meter = meter
        self._cache = cache
        self._claims = Claims(leases) if leases and meter else NoClaims()
        self._prompt = prompt or load_prompt("summaries")
        self._under_way: dict[SummaryKey, asyncio.Task[_Written]] = {}
        self._setbacks = Setbacks()

    async def summarize(
        self, papers: Sequence[Paper], *, workspace: str, language: str = "en", patience: float = PATIENCE
    ) -> Summaries:
        """A summary of each paper; never fails, never drops one.

        `language` is a BCP 47 tag.  Work that takes longer than `patience` seconds goes on, for the next who asks.
        """
        if self._meter is None:
            return Summaries({paper.id: summary_without_model(paper) for paper in papers})
        readable = {self._key(self._meter, paper, language): paper for paper in papers if paper.abstract}
        deadline = asyncio.get_running_loop().time() + patience
        written = await self._written(readable, workspace, language, deadline)
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
            _, late = await asyncio.wait(works, timeout=_AT_THE_END)
            for work in late:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def _written(
        self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str, deadline: float
    ) -> _Written:
        """Summaries by model, from the cache, by work that others have begun, or by own work.

        What is not written by `deadline` (by the loop's clock) is left out.
        """
        if not papers:
            return _Written({})
        joined = {key: self._under_way[key] for key in papers if key in self._under_way}
        own = {key: paper for key, paper in papers.items() if key not in joined}
        work_of = joined | (dict.fromkeys(own, self._begin(own, workspace, language)) if own else {})
        timeout = max(0.0, deadline - asyncio.get_running_loop().time())
        done, late = await asyncio.wait(set(work_of.values()), timeout=timeout)
        found = {key: summary for work in done for key, summary in work.result().found.items() if key in papers}
        faults = [fault for work in done if (fault := work.result().fault)]
        if late:
            found |= await self._recall([key for key, work in work_of.items() if work in late])
            faults.append(ModelUnavailable(_SLOW))
        poor = {work for work in done if isinstance(work.result().fault, BudgetExhausted)}
        left = {key: papers[key] for key, work in joined.items() if work in poor and key not in found}
        if left:  # another workspace's budget is no reason to do without
            rest = await self._written(left, workspace, language, deadline)
            return _Written({**found, **rest.found}, rest.fault)
        return _Written(found, next(iter(faults), None))

    def _begin(self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str) -> asyncio.Task[_Written]:
        """Start work of its own, which goes on if whoever asked gives up."""
        work = asyncio.create_task(self._work_safely(papers, workspace, language))
        for key in papers:
            self._under_way[key] = work
        work.add_done_callback(lambda _: self._end(papers))
        return work

    def _end(self, papers: Mapping[SummaryKey, Paper]) -> None:
        for key in papers:
            self._under_way.pop(key, None)

    async def _work_safely(self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str) -> _Written:
        """Work; a fault in this program is logged and costs the summaries, not the list."""
        try:
            return await self._work(papers, workspace, language)
        except Exception:
            _log.exception("summaries.broken", action="summarize")
            if self._meter is not None:
                self._setbacks.add(papers, _BROKEN, self._meter.clock.monotonic())
            return _Written(await self._recall(list(papers)), _BROKEN)

    async def _work(self, papers: Mapping[SummaryKey, Paper], workspace: str, language: str) -> _Written:
        known = await self._recall(list(papers))
        missing = {key: paper for key, paper in papers.items() if key not in known}
        if not missing or self._meter is None:
            return _Written(known)
        now = self._meter.clock.monotonic()
        vain = self._setbacks.among(missing, now)
        wanted = {key: paper for key, paper in missing.items() if key not in vain}
        new, fault = await self._draft_each_once(self._meter, wanted, workspace, language)
        if fault is None or isinstance(fault, ModelError):
            self._setbacks.add(wanted.keys() - new.keys(), fault, now)
        return _Written({**known, **new}, fault or next(filter(None, vain.values()), None))

    async def _draft_each_once(
        self, meter: Meter, papers: Mapping[SummaryKey, Paper], workspace: str, language: str
    ) -> tuple[dict[SummaryKey, Summary], BotError | None]:
        """What the model writes, here or in another process that was first, and what failed here."""
        found: dict[SummaryKey, Summary] = {}
        fault: BotError | None = None
        left = dict(papers)
        while left:
            async with self._claims.on(left) as own:
                found |= await self._recall(list(left))  # what others have written before this claim
                new, failed = await self._draft(
                    meter.of(workspace),
                    {key: paper for key, paper in left.items() if key in own and key not in found},
                    language,
                )
                await self._remember(new)
            found, fault = found | new, failed or fault
            left = {key: paper for key, paper in left.items() if key not in found and key not in own}
            if left:
                await meter.clock.sleep(LOOK_AGAIN)
        return found, fault

    async def _draft(
        self, model: LanguageModel, papers: Mapping[SummaryKey, Paper], language: str
    ) -> tuple[dict[SummaryKey, Summary], BotError | None]:
        """What the model writes, and what failed."""
        if not papers:
            return {}, None
        is_english = language.lower().startswith("en")
        drafter = Drafter(model, self._prompt, _language_name(language), translated=not is_english)
        by_id, fault = await drafter.summaries(list(papers.values()))
        return {key: by_id[key.paper_id] for key in papers if key.paper_id in by_id}, fault

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
    """What to tell the reader of a failure; a paper left out among others is no news, as its label shows it."""
    if fault is None:
        return None
    if isinstance(fault, ModelError) and not isinstance(fault, ModelNotFound):
        reason = fault.public_sentence.rstrip(".").partition(";")[0]
        again = "it is asked for them again in an hour"
        return f"The model's answers could not be used ({reason[:1].lower()}{reason[1:]}); {again}. {_MEANWHILE}"
    return f"{fault.public_sentence} {_MEANWHILE}"


def _language_name(tag: str) -> str:
    """A language's name in English, for the model; the tag itself if nobody knows it."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
