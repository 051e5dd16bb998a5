"""Which paper a free question is about: one named in it, replied to, talked of before, or found in the list shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.conversation import Turn
from bot.chat.finding import Finder, numbered
from bot.chat.request import Request
from bot.errors import BadInput
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.papers.references import find_references
from bot.ports import ConversationRepository, PaperRepository
from bot.reading.lexical import Bm25, terms

TITLE_WEIGHT = 3  # a title's words count as if they stood three times
NAMED_BY = 2  # title words in a question that name a paper
OTHERS = 3  # papers offered to switch to

_LIST_NUMBER = re.compile(r"(?<![\w#&])#\d{1,4}\b")
_ENDS = ".,:;!?"
_WHICH = "Which paper do you mean? Name it by its arXiv id, a link, or its number in the list, such as `ask #3 …`."


@dataclass(frozen=True, slots=True)
class Subject:
    """The paper a question is about, those that it may have been about instead, and the question without its name."""

    paper: Paper
    question: str
    others: tuple[Paper, ...] = ()


class SubjectFinder:
    """Finds the paper that a free question is about."""

    def __init__(
        self, finder: Finder, library: Library, papers: PaperRepository, conversations: ConversationRepository
    ) -> None:
        self._finder = finder
        self._library = library
        self._papers = papers
        self._conversations = conversations

    async def find(self, request: Request, turns: Sequence[Turn]) -> Subject:
        """The subject of a request; `turns` is what was said there before.

        Raises:
            BadInput: nothing tells which paper is meant.
            NotFound, SourceUnavailable: it is named but cannot be had.
        """
        question = request.text
        if number := _LIST_NUMBER.search(question):
            paper = await self._finder.find(number.group(), request)
            return Subject(paper, _without(question, number.group()))
        if references := find_references(question):
            return Subject(await self._library.paper(references[0]), question)
        listed = await self._papers.get_many(await numbered(self._conversations, request.place, request.user))
        talked_of = [*request.replied_papers, *(turn.papers[0] for turn in reversed(turns) if turn.papers)]
        before = await self._finder.find(talked_of[0], request) if talked_of else None
        best = ranked(question, listed)
        chosen = named_in(question, listed, before) or before or next(iter(best), None)
        if chosen is None:
            raise BadInput(_WHICH)
        others = [other for other in best if other.id != chosen.id]
        return Subject(chosen, question, () if chosen is before else tuple(others[:OTHERS]))


def named_in(question: str, papers: Sequence[Paper], before: Paper | None) -> Paper | None:
    """The paper whose title a question holds words of: enough of them, and more than of the paper talked of before."""

    def named_by(paper: Paper) -> int:
        return len(asked & set(terms(paper.title)))

    asked = set(terms(question))
    least = max(NAMED_BY, named_by(before) + 1 if before else 0)
    return max((paper for paper in papers if named_by(paper) >= least), key=named_by, default=None)


def ranked(question: str, papers: Sequence[Paper]) -> list[Paper]:
    """Papers by how well title and abstract fit a question, best first; equal ones in the given order."""
    index = Bm25([terms(paper.title) * TITLE_WEIGHT + terms(paper.abstract) for paper in papers])
    scores = index.scores(terms(question))
    return [paper for _, paper in sorted(zip(scores, papers, strict=True), key=lambda pair: -pair[0])]


def _without(question: str, name: str) -> str:
    """The question without the number that names its paper; within a sentence "this paper" stands for it."""
    before, after = (part.strip() for part in question.split(name, 1))
    if before and not (before[-1] in _ENDS and not _has_words(after)):
        return " ".join(question.replace(name, "this paper", 1).split())
    rest = f"{before} {after}".strip(" :,.")
    return rest if _has_words(rest) else question


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))
