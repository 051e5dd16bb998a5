"""How good summaries are on papers with gold one-liners: grounding, length, and ROUGE for orientation alone.

A file holds a paper a line, as SciTLDR does: `{"title", "source": [sentences of the abstract], "target": [lines]}`;
"paper_id" may name it, and "abstract" (one string) may stand for "source".  ROUGE is that of Lin (2004), F1 over word
stems, the best over the gold lines; it cannot tell a good line from a paper's title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from pydantic import BaseModel

from bot.errors import BadInput
from bot.papers.model import Paper
from bot.reading.grounding import ungrounded_numbers
from bot.reading.lexical import stem, words
from bot.reading.model import Summary, SummarySource
from bot.reading.plain import word_count
from bot.reading.ports import UNHURRIED
from bot.reading.rows import read_rows
from bot.reading.shortening import LONGEST
from bot.reading.summaries import Summarizer

WORKSPACE = "terminal:evaluation"
BATCH = 50  # papers handed to the summarizer at once


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
        found |= (await summarizer.summarize(batch, workspace=WORKSPACE, patience=UNHURRIED)).by_id
    judged = [(gold, found[gold.paper.id]) for gold in papers]
    lengths = [word_count(summary.line) for _, summary in judged]
    return {
        "papers": len(papers),
        "by": {source.value: sum(summary.source is source for _, summary in judged) for source in SummarySource},
        "words_mean": _mean(lengths, 1),
        "words_max": max(lengths, default=0),
        f"within_{LONGEST}_words": _mean(length <= LONGEST for length in lengths),
        "grounded": _mean(_is_grounded(gold.paper, summary) for gold, summary in judged),
        "rouge": {
            name: _mean(
                max(measure(summary.line, line) for line in gold.lines) for gold, summary in judged if gold.lines
            )
            for name, measure in (("1", rouge_1), ("2", rouge_2), ("L", rouge_l))
        },
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


def _is_grounded(paper: Paper, summary: Summary) -> bool:
    said = " ".join((summary.line, summary.problem, summary.method, summary.result, summary.why))
    return not ungrounded_numbers(said, f"{paper.title}. {paper.abstract}")


def _mean(values: Iterable[float], digits: int = 4) -> float:
    values = list(values)
    return round(fmean(values), digits) if values else 0.0
