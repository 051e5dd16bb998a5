"""Which papers a channel gets, in which order, and why each.  Pure functions.

Most upvoted first.  With topics, only papers that touch one, those that name it in the title before the others; a paper
that touches a muted topic is left out.  A topic is touched where all its words stand in the paper's title, keywords or
abstract, whatever their endings ("agents" finds "agent").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from bot.papers.model import Paper, Rise


@dataclass(frozen=True, slots=True)
class Choice:
    """A paper, and why it is there, in a few words for people."""

    paper: Paper
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a digest shows, and how many it does not."""

    choices: tuple[Choice, ...]
    off_topic: int  # touch none of the channel's topics
    muted: int
    below: int  # would fit, but stand below the top


def choose(
    papers: Sequence[Paper],
    *,
    topics: Sequence[str],
    muted: Sequence[str],
    top: int,
    rises: Mapping[str, Rise],
) -> Chosen:
    """Choose among `papers` for a channel with these wishes."""
    heard = [paper for paper in papers if not _touched(paper, muted)]
    touched = {paper.id: _touched(paper, topics) for paper in heard}
    wanted = [paper for paper in heard if touched[paper.id] or not topics]
    ranked = sorted(wanted, key=lambda paper: _rank(paper, touched[paper.id], rises), reverse=True)
    return Chosen(
        choices=tuple(Choice(paper, _why(touched[paper.id], rises.get(paper.id))) for paper in ranked[:top]),
        off_topic=len(heard) - len(wanted),
        muted=len(papers) - len(heard),
        below=max(0, len(ranked) - top),
    )


def _rank(paper: Paper, topics: Sequence[str], rises: Mapping[str, Rise]) -> tuple[bool, int, int]:
    title = _stems(paper.title)
    in_title = any(_words(topic) <= title for topic in topics)
    rise = rises.get(paper.id)
    return in_title, paper.upvotes or 0, rise.gained if rise else 0


def _touched(paper: Paper, topics: Iterable[str]) -> list[str]:
    said = _stems(" ".join((paper.title, *paper.keywords, paper.abstract)))
    return [topic for topic in topics if _words(topic) and _words(topic) <= said]


def _why(topics: Sequence[str], rise: Rise | None) -> str:
    reasons = [f"about {', '.join(topics)}"] if topics else []
    if rise is not None and rise.gained:
        reasons.append(f"{rise.gained} more upvotes since it was last seen here")
    return "; ".join(reasons)


@lru_cache(maxsize=256)
def _words(topic: str) -> frozenset[str]:
    return frozenset(_stems(topic))


@lru_cache(maxsize=512)
def _stems(text: str) -> frozenset[str]:
    stem = snowballstemmer.stemmer("english").stemWord
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+", text.lower()))
