"""From the best source down: arXiv's HTML, ar5iv, Hugging Face's Markdown, the PDF, the abstract.

A rung that fails in any way is passed over and its reason kept.  Texts are kept by paper and version, but a text read
while a better source was down only for a while, so that an outage does not settle for good what a paper is read from.
Questions to one paper that come at once share one fetch and one parse.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog

from bot.errors import BotError, NotFound, StoreError, Transient, Unreadable
from bot.papers.fulltext.clean import clean
from bot.papers.fulltext.model import Block, FullText, Parsed, Section, TextSource
from bot.papers.fulltext.workshop import MAX_BYTES, Kind, Workshop
from bot.papers.model import Paper

if TYPE_CHECKING:
    from bot.ports import Clock, Fetched, Fetcher, TextRepository

log = structlog.get_logger(__name__)

ARXIV = "https://arxiv.org"
AR5IV = "https://ar5iv.labs.arxiv.org"
HUGGING_FACE = "https://huggingface.co"
MAKESHIFT_KEPT = timedelta(minutes=10)  # before better sources are asked again
_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7}")


@dataclass(frozen=True, slots=True)
class Sources:
    """Base addresses.  ar5iv has one only beside arXiv's own: a mirror is set so that arXiv is not asked."""

    arxiv: str = ARXIV
    hugging_face: str = HUGGING_FACE
    ar5iv: str | None = AR5IV

    @classmethod
    def of(cls, arxiv_url: str, hf_endpoint: str) -> Sources:
        """The sources beside the addresses that are set."""
        arxiv = arxiv_url.rstrip("/")
        return cls(arxiv, hf_endpoint.rstrip("/"), AR5IV if arxiv == ARXIV else None)


@dataclass(frozen=True, slots=True)
class _Rung:
    source: TextSource
    kind: Kind
    url: str
    public: str  # address that relative ones in the document are relative to


class TextLadder:
    """Gives papers' texts."""

    def __init__(
        self, fetcher: Fetcher, texts: TextRepository, clock: Clock, workshop: Workshop, sources: Sources | None = None
    ) -> None:
        self._fetcher = fetcher
        self._texts = texts
        self._clock = clock
        self._workshop = workshop
        self._sources = sources or Sources()
        self._under_way: dict[tuple[str, int], asyncio.Task[FullText]] = {}
        self._makeshifts: dict[tuple[str, int], tuple[datetime, FullText]] = {}

    async def read(self, paper: Paper) -> FullText:
        """The paper's text from the best source that has it; at the least its abstract.

        Raises:
            NotFound: not even an abstract is known.
            StoreError: what was kept cannot be read.
        """
        key = (paper.id, paper.version or 0)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._read(paper))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)  # one who stops waiting does not stop the others

    async def _read(self, paper: Paper) -> FullText:
        key = (paper.id, paper.version or 0)
        if kept := await self._texts.get(*key) or self._makeshift(key):
            return kept
        text, is_lasting = await self._best(paper)
        if not (is_lasting and await self._is_kept(text)):
            self._makeshifts[key] = (self._clock.now(), text)
        return text

    async def _is_kept(self, text: FullText) -> bool:
        """Keep a text for good; False if that fails, which is no reason to withhold it."""
        try:
            await self._texts.save(text)
        except StoreError as error:
            log.warning("text_not_kept", action="read_paper", reason=type(error).__name__)
            return False
        return True

    async def _best(self, paper: Paper) -> tuple[FullText, bool]:
        """The text from the highest rung that holds, and whether no better one may be had in a while."""
        failures: list[str] = []
        is_lasting = True
        for rung in self._rungs(paper):
            try:
                parsed = await self._climb(rung)
            except BotError as error:
                failures.append(_reason(rung.source.label, error.sentence))
                is_lasting &= not isinstance(error, Transient)
            else:
                return _full_text(paper, rung.source, parsed, failures), is_lasting
        return _abstract(paper, failures), False

    def _makeshift(self, key: tuple[str, int]) -> FullText | None:
        oldest = self._clock.now() - MAKESHIFT_KEPT
        self._makeshifts = {known: kept for known, kept in self._makeshifts.items() if kept[0] > oldest}
        return self._makeshifts[key][1] if key in self._makeshifts else None

    def _rungs(self, paper: Paper) -> Iterator[_Rung]:
        if not _ID.fullmatch(paper.id) or paper.withdrawn:
            return
        plain = quote(paper.id)
        name = plain + (f"v{paper.version}" if paper.version else "")
        at = self._sources
        yield _Rung(TextSource.ARXIV_HTML, "html", f"{at.arxiv}/html/{name}", f"{ARXIV}/html/{name}/")
        if at.ar5iv:
            yield _Rung(TextSource.AR5IV, "html", f"{at.ar5iv}/html/{plain}", f"{AR5IV}/html/{plain}/")
        yield _Rung(TextSource.HF_MARKDOWN, "markdown", f"{at.hugging_face}/papers/{plain}.md", "")
        yield _Rung(TextSource.PDF, "pdf", f"{at.arxiv}/pdf/{name}", "")

    async def _climb(self, rung: _Rung) -> Parsed:
        fetched = await self._fetcher.get(rung.url, max_bytes=MAX_BYTES)
        if fetched.status == 404:
            raise NotFound("It was not found.")
        _check_type(rung, fetched)
        return await self._workshop.parse(rung.kind, fetched.body, rung.public)


def _reason(source: str, sentence: str) -> str:
    """Why a source was passed over, as one sentence that names it: `the PDF was not found.`"""
    if source.casefold() in sentence.casefold():
        return sentence
    return source + sentence.removeprefix("It") if sentence.startswith("It ") else f"{source}: {sentence}"


def _check_type(rung: _Rung, fetched: Fetched) -> None:
    """A PDF where a page is wanted, or the other way round, is no parser's work."""
    is_pdf = fetched.body[:1024].lstrip().startswith(b"%PDF-")
    if not fetched.body or is_pdf != (rung.kind == "pdf"):
        raise Unreadable("The answer is not of the form it should be.")


def _full_text(paper: Paper, source: TextSource, parsed: Parsed, failures: list[str]) -> FullText:
    return FullText(
        paper_id=paper.id,
        version=paper.version or 0,
        source=source,
        sections=parsed.sections,
        hidden=parsed.hidden,
        truncated=parsed.truncated,
        fallbacks=tuple(failures),
    )


def _abstract(paper: Paper, failures: list[str]) -> FullText:
    abstract = clean(paper.abstract)
    if not abstract:
        raise NotFound("There is no text of this paper, not even an abstract.")
    section = Section("Abstract", 1, (Block("paragraph", abstract),))
    return _full_text(paper, TextSource.ABSTRACT, Parsed((section,)), failures)
