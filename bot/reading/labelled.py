"""Labelled papers: questions with the paragraphs that answer them, as JSON Lines, a paper a line.

    {"id", "title", "sections": [{"heading", "paragraphs": [str]}],
     "questions": [{"id", "question", "evidence": [str]}]}

Evidence is the text of gold paragraphs.  A heading may hold those above it, parted by ":::".  What is null counts as
empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.reading.passages import Passage, distinct, numbered
from bot.reading.rows import read_rows

HEADING_SEPARATOR = ":::"


class _Entry(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)  # ids are often numbers


class _Section(_Entry):
    heading: str | None = None
    paragraphs: list[str | None]


class _Question(_Entry):
    id: str | None = None
    question: str
    evidence: list[str] | None = None


class _Paper(_Entry):
    id: str
    title: str | None = None
    sections: list[_Section]
    questions: list[_Question]


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and its gold paragraphs, white space collapsed; none where the paper does not answer it."""

    id: str
    question: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class LabelledPaper:
    """A paper whose passages are its paragraphs, each as one piece."""

    id: str
    title: str
    passages: tuple[Passage, ...]
    questions: tuple[LabelledQuestion, ...]

    @property
    def work(self) -> str:
        """What two versions of one paper share, so that they are never taken for two papers."""
        return self.title or self.id


def read_labelled(path: Path) -> list[LabelledPaper]:
    """Read a file of labelled papers.

    Raises:
        BadInput: as `read_rows`.
    """
    return [_labelled(paper) for _, paper in read_rows(path, _Paper, "a labelled paper")]


def _labelled(paper: _Paper) -> LabelledPaper:
    passages = [
        Passage(path=_headings(section.heading or ""), sentences=(collapsed(paragraph),))
        for section in paper.sections
        for paragraph in section.paragraphs
        if paragraph and paragraph.strip()
    ]
    questions = tuple(
        LabelledQuestion(asked.id or "", asked.question, frozenset(filter(None, map(collapsed, asked.evidence or ()))))
        for asked in paper.questions
    )
    return LabelledPaper(paper.id, paper.title or "", numbered(distinct(passages)), questions)


def _headings(heading: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in heading.split(HEADING_SEPARATOR) if part.strip())


def collapsed(text: str) -> str:
    """Text with every run of white space made one blank."""
    return " ".join(text.split())
