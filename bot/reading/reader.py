"""Papers read and indexed, ready to be asked.  Fifty questions to one paper read and index it once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from bot.papers.fulltext.model import FullText, TextSource
from bot.papers.model import Paper
from bot.reading.papertext import PaperText
from bot.reading.retrieval import PassageIndex
from bot.reading.semantic import Embedder

KEPT = 32  # papers; about 2 MB each


class ReadsTexts(Protocol):
    """Where full texts come from; `bot.papers.fulltext.ladder.TextLadder`."""

    async def read(self, paper: Paper) -> FullText:
        """The best text there is.  Raises `NotFound` if there is not even an abstract."""


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper with its numbered sentences and the index over them."""

    paper: Paper
    text: PaperText
    index: PassageIndex


class Reader:
    """Reads papers, and keeps the last few indexed."""

    def __init__(self, source: ReadsTexts, embedder: Embedder | None = None) -> None:
        self._source = source
        self._embedder = embedder
        self._kept: OrderedDict[tuple[str, int, TextSource], asyncio.Task[ReadPaper]] = OrderedDict()

    async def read(self, paper: Paper) -> ReadPaper:
        """The paper, indexed.  Raises as the source does."""
        full_text = await self._source.read(paper)
        key = (full_text.paper_id, full_text.version, full_text.source)
        task = self._kept.get(key)
        if task is None or (task.done() and task.exception() is not None):
            task = self._kept[key] = asyncio.create_task(self._index(paper, full_text))
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return await asyncio.shield(task)  # one who stops waiting does not stop the others

    async def _index(self, paper: Paper, full_text: FullText) -> ReadPaper:
        text = await asyncio.to_thread(PaperText.of, full_text)
        return ReadPaper(paper, text, await PassageIndex.build(text.passages, self._embedder))
