"""What a paper is, and what a list of papers is.  Pure data; no I/O.

Times are aware and in UTC.  A *list day* is the date under which Hugging Face shows a list; it follows New York's
wall clock (see `calendar.py`), not the reader's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model, dataset or Space on Hugging Face that names the paper; `name` is "owner/name"."""

    kind: str  # "model", "dataset" or "space"
    name: str

    @property
    def url(self) -> str:
        """The public page."""
        folder = {"model": "", "dataset": "datasets/", "space": "spaces/"}[self.kind]
        return f"https://huggingface.co/{folder}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper, as far as its source tells.  Text is collapsed to single spaces; LaTeX in `title` is Unicode.

    `id` is the arXiv id without version ("2606.01234", "cs/9901001").  None and () mean that the source said nothing.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    version: int | None = None
    published: date | None = None  # on arXiv
    listed: date | None = None  # the list day it was shown under
    upvotes: int | None = None
    comments: int | None = None
    repository: str | None = None  # checked https://github.com/... address
    stars: int | None = None
    project: str | None = None  # checked https address
    thumbnail: str | None = None  # checked https address on Hugging Face's hosts
    organization: str | None = None
    ai_summary: str | None = None  # Hugging Face's own one-liner
    keywords: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    withdrawn: bool = False

    @property
    def url(self) -> str:
        """The paper's public page on Hugging Face (which forwards to arXiv's id)."""
        return f"https://huggingface.co/papers/{self.id}"

    @property
    def arxiv_url(self) -> str:
        """The paper's public abstract page on arXiv."""
        return f"https://arxiv.org/abs/{self.id}" + (f"v{self.version}" if self.version else "")


class ListState(StrEnum):
    """How far a day's list is."""

    FINAL = "final"  # the roll-over of that day has passed
    FILLING = "filling"  # it is still that day in New York's reckoning
    FUTURE = "future"  # the day lies ahead


class EmptyReason(StrEnum):
    """Why a day has no papers."""

    WEEKEND = "weekend"  # submissions are closed
    EARLY = "early"  # the day's list has not begun to fill
    NOTHING = "nothing"  # a weekday without a list (a holiday, usually)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperList:
    """A list of papers as shown: one day's, a week's, or the trending one, in the source's order."""

    papers: tuple[Paper, ...]
    day: date  # the list day; of a week its Monday; of trending the day it was fetched
    state: ListState
    fetched_at: datetime  # UTC
    stale: bool = False  # the source did not answer: this is the last good one
    empty_because: EmptyReason | None = None


@dataclass(frozen=True, slots=True)
class Rise:
    """How a paper's upvotes moved between two sightings."""

    before: int
    now: int
    since: datetime  # UTC

    @property
    def gained(self) -> int:
        """Votes won since then; never below zero, as people also take votes back."""
        return max(0, self.now - self.before)
