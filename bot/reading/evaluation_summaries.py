"""How good summaries are on papers with gold one-liners: whole sentences, grounding, length, and ROUGE for orientation.

The first sentence of each abstract stands next to them as a yardstick.

A file holds a paper a line, as SciTLDR does: `{"title", "source": [sentences of the abstract], "target": [lines]}`;
"paper_id" may name it, and "abstract" (one string) may stand for "source".  ROUGE is that of Lin (2004), F1 over word
stems, the best over the gold lines; it cannot tell a good line from a paper's title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from pydantic import BaseModel

from bot.errors import BadInput
from bot.papers.model import Paper
from bot.reading.grounding import ungrounded_numbers
from bot.reading.intervals import bootstrap_interval
from bot.reading.lexical import stem, words
from bot.reading.model import Summary, SummarySource
from bot.reading.plain import word_count
from bot.reading.rows import read_rows
from bot.reading.sentences import split_sentences
from bot.reading.shortening import LONGEST
from bot.reading.summaries import Summarizer

WORKSPACE = "terminal:evaluation"
BATCH = 50  # papers handed to the summarizer at once
PATIENCE = 24 * 3600.0  # seconds; what is judged is the model's, however slow it is


class _Row(BaseModel):
    paper_id: str = ""
    title: str = ""
    abstract: str = ""
    source: list[str] = []
    target: list[str] = []


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """A paper and the one-liners that people wrote of it."""

    paper: Paper
    lines: tuple[str, ...]


def read_gold(path: Path) -> list[GoldPaper]:
    """Read a file of papers with gold lines.

    Raises:
        BadInput: as `read_rows`, or a line has nothing to summarize.
    """
    return [_gold_paper(number, row) for number, row in read_rows(path, _Row, "a paper with gold lines")]


def _gold_paper(number: int, row: _Row) -> GoldPaper:
    abstract = row.abstract or " ".join(row.source)
    if not abstract.strip():
        raise BadInput(f"Line {number} is not a paper with gold lines: it has neither an abstract nor a source.")
    paper = Paper(id=row.paper_id or f"line-{number}", title=row.title, abstract=abstract)
    return GoldPaper(paper, tuple(row.target))


async def evaluate_summaries(papers: Sequence[GoldPaper], summarizer: Summarizer) -> dict[str, Any]:
    """Summarize all and judge the lines; the figures that `paperwire eval summaries` prints."""
    found: dict[str, Summary] = {}
    for start in range(0, len(papers), BATCH):
        batch = [gold.paper for gold in papers[start : start + BATCH]]
        found |= (await summarizer.summarize(batch, workspace=WORKSPACE, patience=PATIENCE)).by_id
    lines = [_Line.of(gold, found[gold.paper.id]) for gold in papers]
    firsts = [_Line.of(gold, _first_sentence(gold.paper)) for gold in papers]
    return {
        "papers": len(papers),
        "by": {source.value: sum(found[gold.paper.id].source is source for gold in papers) for source in SummarySource},
        **_figures(lines),
        "grounded": _mean(not line.ungrounded for line in lines),
        "first_sentence": _figures(firsts),
        "ci": {f"rouge.{name}": bootstrap_interval([line.rouge[name] for line in lines]) for name in MEASURES},
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """What is measured of one paper's summary; ROUGE of its line, the rest of all its sentences."""

    words: int
    cut: int
    ungrounded: int
    rouge: Mapping[str, float]

    @classmethod
    def of(cls, gold: GoldPaper, summary: Summary) -> _Line:
        sentences = (summary.line, summary.problem, summary.method, summary.result, summary.why)
        source = f"{gold.paper.title}. {gold.paper.abstract}"
        return cls(
            words=word_count(summary.line),
            cut=sum(sentence.rstrip().endswith(("…", "...")) for sentence in sentences),
            ungrounded=len(ungrounded_numbers(" ".join(sentences), source)),
            rouge={
                name: max((measure(summary.line, line) for line in gold.lines), default=0.0)
                for name, measure in MEASURES.items()
            },
        )


def _first_sentence(paper: Paper) -> Summary:
    """The yardstick: how the abstract begins."""
    sentences = split_sentences(paper.abstract)
    return Summary(paper_id=paper.id, line=sentences[0] if sentences else "", source=SummarySource.ABSTRACT)


def _figures(lines: Sequence[_Line]) -> dict[str, Any]:
    return {
        "words_mean": _mean((line.words for line in lines), 1),
        "words_max": max((line.words for line in lines), default=0),
        f"within_{LONGEST}_words": _mean(line.words <= LONGEST for line in lines),
        "cut": sum(line.cut for line in lines),
        "numbers_ungrounded": sum(line.ungrounded for line in lines),
        "rouge": {name: _mean(line.rouge[name] for line in lines) for name in MEASURES},
    }


def rouge_1(line: str, gold: str) -> float:
    """F1 of shared words."""
    return _rouge_n(line, gold, 1)


def rouge_2(line: str, gold: str) -> float:
    """F1 of shared pairs of words."""
    return _rouge_n(line, gold, 2)


def rouge_l(line: str, gold: str) -> float:
    """F1 of the longest common subsequence of words."""
    mine, theirs = _stems(line), _stems(gold)
    lengths = [0] * (len(theirs) + 1)
    for word in mine:
        diagonal = 0
        for place, other in enumerate(theirs, start=1):
            above = lengths[place]
            lengths[place] = diagonal + 1 if word == other else max(above, lengths[place - 1])
            diagonal = above
    return _f1(lengths[-1], len(mine), len(theirs))


def _rouge_n(line: str, gold: str, size: int) -> float:
    mine, theirs = _grams(line, size), _grams(gold, size)
    return _f1((mine & theirs).total(), mine.total(), theirs.total())


def _grams(text: str, size: int) -> Counter[tuple[str, ...]]:
    stems = _stems(text)
    return Counter(zip(*(stems[start:] for start in range(size)), strict=False))


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def _f1(shared: int, mine: int, theirs: int) -> float:
    return 2 * shared / (mine + theirs) if mine + theirs else 0.0


MEASURES: Mapping[str, Callable[[str, str], float]] = {"1": rouge_1, "2": rouge_2, "L": rouge_l}


def _mean(values: Iterable[float], digits: int = 4) -> float:
    values = list(values)
    return round(fmean(values), digits) if values else 0.0
