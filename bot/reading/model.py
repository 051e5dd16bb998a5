"""What reading a paper gives.  Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SummarySource(StrEnum):
    """Who wrote a summary's line; always shown to the reader."""

    MODEL = "model"  # the configured language model, checked against the abstract
    HUGGING_FACE = "hugging_face"  # Hugging Face's own summary
    ABSTRACT = "abstract"  # the abstract's own best sentence
    EDITOR = "editor"  # a person, for the built-in demonstration


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A paper in one line and, from a model, four sentences of at most 20 words each.

    The line has at most 25 words; of somebody else's longer sentence it is a part, with an ellipsis.

    A field whose sentence could not be grounded in title and abstract is empty: dropped, never invented.
    """

    paper_id: str
    line: str
    source: SummarySource
    problem: str = ""
    method: str = ""
    result: str = ""
    why: str = ""
    model: str = ""  # the model's name where source is MODEL
    question: str = ""  # one that a reader may want to ask the paper next


@dataclass(frozen=True, slots=True)
class Summaries:
    """A summary of every paper asked for, by id; and why some are not the model's, where that is news."""

    by_id: dict[str, Summary]
    degraded: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryKey:
    """What a cached summary depends on."""

    paper_id: str
    version: int  # 0 where the source names none
    prompt_hash: str
    language: str
    model: str
