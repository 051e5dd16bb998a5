"""What retrieval finds for a question in one or more papers, and how it is laid before a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from bot.reading.answerability import answerable, can_be_judged, signals
from bot.reading.lexical import terms
from bot.reading.packing import pack
from bot.reading.passages import Passage, moved
from bot.reading.reader import ReadPaper
from bot.reading.retrieval import Hit

EXCERPTS = 3  # passages shown where no model answers
EXCERPT_LENGTH = 400  # characters of each


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval says of a question: a row of hits for each paper, best first, numbered through all of them."""

    papers: tuple[ReadPaper, ...]
    hits: tuple[tuple[Hit, ...], ...]
    answerable: bool  # by at least one of them, or there is no telling

    def evidence(self, budget: int) -> list[Passage]:
        """Passages for a budget of tokens, an even share for each paper, in reading order."""
        return [passage for hits in self.hits for passage in pack(hits, budget // len(self.papers))]

    @property
    def best(self) -> tuple[Passage, ...]:
        """The few best passages, each paper's in turn."""
        by_turns = [hit.passage for row in zip_longest(*self.hits) for hit in row if hit is not None]
        return tuple(by_turns[: max(EXCERPTS, len(self.papers))])

    def shows_words_of(self, question: str) -> bool:
        """Whether any word of the question stands in the best passages; inflections count."""
        return bool(set(terms(question)) & set(terms(" ".join(passage.text for passage in self.best))))

    @property
    def passages(self) -> list[Passage]:
        """All of them."""
        return [hit.passage for row in self.hits for hit in row]

    @property
    def total(self) -> int:
        """How many passages there are."""
        return sum(map(len, self.hits))


async def find(search: str, papers: Sequence[ReadPaper], asked: str | None = None) -> Found:
    """Rank the passages of each paper, the sentences of one numbered on from those of the one before.

    `asked` is the question as it was put, where `search` holds what was said before as well: passages that answer the
    one need not hold the words of the other.
    """
    rows = []
    questions = {search, asked or search}
    offset, likely = 0, not can_be_judged(search)
    for paper in papers:
        hits = await paper.index.search(search)
        idf = paper.index.lexical.idf
        likely |= any(answerable(signals(question, hits, idf)) >= 0.5 for question in questions)
        rows.append(tuple(replace(hit, passage=moved(hit.passage, offset)) for hit in hits))
        offset += sum(len(passage.sentences) for passage in paper.index.passages)
    return Found(tuple(papers), tuple(rows), likely)


def shown(papers: Sequence[ReadPaper], passages: Iterable[Passage]) -> list[dict[str, Any]]:
    """The passages as the prompt's template takes them: papers, their sections, numbered sentences."""
    by_paper: dict[str, dict[str, list[list[tuple[int, str]]]]] = {read.paper.id: {} for read in papers}
    for passage in passages:
        sections = by_paper[passage.paper_id]
        numbered_sentences = list(zip(passage.numbers, passage.sentences, strict=True))
        sections.setdefault(" > ".join(passage.path), []).append(numbered_sentences)
    return [
        {
            "title": read.paper.title,
            "sections": [{"heading": heading, "passages": found} for heading, found in by_paper[read.paper.id].items()],
        }
        for read in papers
    ]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Verbatim words of a paper, from one passage on."""

    words: str
    passage: Passage


def excerpts(found: Found, question: str) -> list[Excerpt]:
    """The best passages in brief; of a paper whose abstract alone was read, the whole abstract instead."""
    abstracts = {read.paper.id: read.text for read in found.papers if read.text.is_abstract}
    shown: list[Excerpt] = []
    for passage in found.best:
        text = abstracts.get(passage.paper_id)
        if text is None:
            shown.append(Excerpt(excerpt(passage, question), passage))
        elif all(one.passage.paper_id != passage.paper_id for one in shown):
            shown.append(Excerpt(" ".join(part.text for part in text.passages), passage))
    return shown


def excerpt(passage: Passage, question: str) -> str:
    """The run of a passage's sentences that shares most words with a question; whole sentences, verbatim."""
    asked = set(terms(question))
    runs = [_run(passage.sentences[start:]) for start in range(len(passage.sentences))]
    return max(runs, key=lambda run: len(asked & set(terms(run))))


def _run(sentences: Sequence[str]) -> str:
    """As many sentences from the first as an excerpt may hold, at least one."""
    run = sentences[0]
    for sentence in sentences[1:]:
        if len(run) + len(sentence) >= EXCERPT_LENGTH:
            break
        run = f"{run} {sentence}"
    return run
