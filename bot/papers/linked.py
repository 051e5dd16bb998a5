"""The models, datasets and Spaces on Hugging Face that name a paper.

Lists do not tell them; only a paper's own answer does, a request each.  So they are asked for politely: few at once, a
paper once in some hours for all who ask, and not at all for a while after Hugging Face has failed.  What is found is
kept in the store.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.errors import BotError, StoreError
from bot.papers.huggingface import HuggingFace
from bot.papers.model import Artifact, Paper
from bot.ports import Clock, PaperRepository

log = structlog.get_logger(__name__)

AT_ONCE = 4
PATIENCE = 10.0  # seconds for all papers of one digest
GOOD_FOR = 6 * 3600.0  # seconds
AFTER_FAILURE = 300.0  # seconds
MANY = 5_000  # papers remembered


class Linked:
    """Knows what is linked to papers.  Never fails: what cannot be had is left out."""

    def __init__(self, huggingface: HuggingFace, repository: PaperRepository, clock: Clock) -> None:
        self._huggingface = huggingface
        self._repository = repository
        self._clock = clock
        self._found: dict[str, tuple[float, tuple[Artifact, ...]]] = {}
        self._not_before = -math.inf
        self._asking = asyncio.Lock()  # who comes second finds the answers that the first one got

    async def to(self, papers: Sequence[Paper]) -> list[Paper]:
        """The same papers, with what is linked to them."""
        if any(self._is_unknown(paper) for paper in papers):
            async with self._asking:
                await self._ask([paper.id for paper in papers if self._is_unknown(paper)])
        return [replace(paper, artifacts=paper.artifacts or self._known(paper.id)) for paper in papers]

    def _is_unknown(self, paper: Paper) -> bool:
        asked = self._found.get(paper.id)
        return not paper.artifacts and (asked is None or self._clock.monotonic() - asked[0] > GOOD_FOR)

    def _known(self, paper_id: str) -> tuple[Artifact, ...]:
        return self._found[paper_id][1] if paper_id in self._found else ()

    async def _ask(self, paper_ids: Sequence[str]) -> None:
        now = self._clock.monotonic()
        if now < self._not_before:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                for start in range(0, len(paper_ids), AT_ONCE):
                    await asyncio.gather(*map(self._ask_for, paper_ids[start : start + AT_ONCE]))
        except (BotError, TimeoutError) as error:
            self._not_before = now + AFTER_FAILURE
            log.info("artifacts_missing", action="compose_digest", reason=type(error).__name__)

    async def _ask_for(self, paper_id: str) -> None:
        paper = await self._huggingface.paper(paper_id)
        now = self._clock.monotonic()
        self._forget(now)
        self._found[paper_id] = (now, paper.artifacts if paper else ())
        if paper and paper.artifacts:
            try:
                await self._repository.save([paper], self._clock.now())
            except StoreError as error:
                log.warning("papers_not_kept", action="save", reason=type(error).__name__)

    def _forget(self, now: float) -> None:
        if len(self._found) >= MANY:
            self._found = {key: own for key, own in self._found.items() if now - own[0] <= GOOD_FOR}
