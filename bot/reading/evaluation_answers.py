"""How good answers are on labelled papers, with whatever model is set.

Pointer validity is the share of the model's claims whose pointers, numbers and quoted words hold (the others are
dropped and never shown); the verbatim share is that of shown quotations that stand in the paper letter for letter;
cites gold is the share of answers, to questions with evidence, that point into a gold paragraph, "of all" the share of
all such questions.  A false absence is such a question told that the paper does not say.  Answerability sets "the paper
does not say" against everything else: F1 of each side and their mean.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bot.errors import BadInput
from bot.papers.fulltext.model import Block, FullText, Section, TextSource
from bot.papers.model import Paper
from bot.reading.answer import Answer, Outcome, Question
from bot.reading.answering import Answerer
from bot.reading.intervals import bootstrap_interval
from bot.reading.labelled import LabelledPaper, LabelledQuestion, collapsed
from bot.reading.reader import Reader
from bot.reading.semantic import Embedder

WORKSPACE = "terminal:evaluation"
NOTHING = (Outcome.NOT_IN_PAPER, Outcome.NOT_FOUND, Outcome.NO_MATCH)
UNUSABLE = (Outcome.UNREADABLE, Outcome.CUT, Outcome.PASSAGES)


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled question and what was answered."""

    question: LabelledQuestion
    answer: Answer

    @property
    def answered(self) -> bool:
        """Whether claims were made that hold."""
        return self.answer.outcome is Outcome.ANSWERED

    @property
    def quotations(self) -> list[str]:
        """What was shown as the paper's words."""
        return [citation.words for claim in self.answer.claims for citation in claim.citations]

    @property
    def cites_gold(self) -> bool:
        """Whether any quotation stands in a gold paragraph."""
        return any(map(self.stands_in_gold, self.quotations))

    @property
    def is_unusable(self) -> bool:
        """Whether the model's answer could not be read, or broke off before its first claim."""
        return self.answer.outcome in UNUSABLE

    def stands_in_gold(self, words: str) -> bool:
        """Whether words stand in a gold paragraph."""
        return any(words in gold for gold in self.question.evidence)


class LabelledTexts:
    """Gives labelled papers as full texts."""

    def __init__(self, papers: Iterable[LabelledPaper]) -> None:
        self._texts = {paper.id: full_text_of(paper) for paper in papers}

    async def read(self, paper: Paper) -> FullText:
        """The text of one of them."""
        return self._texts[paper.id]


async def evaluate_answers(
    papers: Sequence[LabelledPaper], answerer: Answerer, embedder: Embedder | None
) -> dict[str, Any]:
    """Put every question to its paper, one after the other, and judge the answers.

    Raises:
        BadInput: there is no question.
    """
    if not any(paper.questions for paper in papers):
        raise BadInput("No paper in that file has a question.")
    return report([judged async for judged in ask_all(papers, answerer, embedder)])


async def ask_all(
    papers: Sequence[LabelledPaper], answerer: Answerer, embedder: Embedder | None
) -> AsyncIterator[Judged]:
    """Every labelled question with its answer."""
    reader = Reader(LabelledTexts(papers), embedder)
    for paper in papers:
        read = await reader.read(Paper(id=paper.id, title=paper.title or paper.id))
        for question in paper.questions:
            async for said in answerer.answer(Question(question.question), [read], WORKSPACE):
                if isinstance(said, Answer):
                    yield Judged(question, said)


def report(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures that `paperwire eval answers` prints."""
    kept = sum(len(one.answer.claims) for one in judged)
    dropped = sum(one.answer.dropped for one in judged)
    quotations = [(words, one) for one in judged for words in one.quotations]
    answerable = [one for one in judged if one.question.evidence]
    to_gold = [one.cites_gold for one in answerable if one.answered]
    headline = {
        "cites_gold_of_all": [one.answered and one.cites_gold for one in answerable],
        "false_absence": [one.answer.outcome is Outcome.NOT_IN_PAPER for one in answerable],
        "unusable": [one.is_unusable for one in judged],
    }
    usages = [one.answer.usage for one in judged if one.answer.usage is not None]
    return {
        "questions": len(judged),
        "outcomes": {outcome.value: sum(one.answer.outcome is outcome for one in judged) for outcome in Outcome},
        "claims": kept + dropped,
        "pointer_validity": _share(kept, kept + dropped),
        "quotations": len(quotations),
        "verbatim_share": _share(sum(_is_verbatim(*quotation) for quotation in quotations), len(quotations)),
        "cites_gold": _share(sum(to_gold), len(to_gold)),
        **{name: _share(sum(values), len(values)) for name, values in headline.items()},
        "answerability": answerability(judged),
        "calls_mean": _mean((one.answer.calls for one in judged), digits=2),
        "prompt_tokens_mean": _mean(usage.prompt_tokens for usage in usages),
        "completion_tokens_mean": _mean(usage.completion_tokens for usage in usages),
        "ci": {name: bootstrap_interval(values) for name, values in headline.items()},
    }


def answerability(judged: Sequence[Judged]) -> dict[str, float]:
    """F1 of telling questions with evidence from those without."""
    pairs = [(bool(one.question.evidence), one.answer.outcome not in NOTHING) for one in judged]
    answerable, unanswerable = _f1(pairs, positive=True), _f1(pairs, positive=False)
    return {
        "answerable_f1": answerable,
        "unanswerable_f1": unanswerable,
        "macro_f1": round((answerable + unanswerable) / 2, 4),
    }


def full_text_of(paper: LabelledPaper) -> FullText:
    """A labelled paper as a full text, one paragraph a block."""
    sections: list[Section] = []
    above: tuple[str, ...] = ()
    for passage in paper.passages:
        shared = 0
        while shared < len(passage.path) - 1 and passage.path[: shared + 1] == above[: shared + 1]:
            shared += 1
        sections += [Section(heading, level) for level, heading in enumerate(passage.path[shared:-1], shared + 1)]
        block = Block("paragraph", passage.text)
        sections.append(Section(passage.heading, max(1, len(passage.path)), (block,)))
        above = passage.path
    return FullText(paper_id=paper.id, version=0, source=TextSource.ARXIV_HTML, sections=tuple(sections))


def _is_verbatim(words: str, judged: Judged) -> bool:
    texts = (read.text.full_text for read in judged.answer.found.papers)
    return any(words in collapsed(block.text) for text in texts for _, block in text.blocks())


def _f1(pairs: Sequence[tuple[bool, bool]], *, positive: bool) -> float:
    hits = sum(truth == said == positive for truth, said in pairs)
    named = sum(truth == positive for truth, _ in pairs) + sum(said == positive for _, said in pairs)
    return round(2 * hits / named, 4) if named else 0.0


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _mean(values: Iterable[float], digits: int = 1) -> float:
    values = list(values)
    return round(fmean(values), digits) if values else 0.0
