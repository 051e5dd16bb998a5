"""Which papers a channel gets, in which order, and why each.  Pure functions.

Most upvoted first.  With topics, only papers that touch one, those that name it in the title before the others.  A
topic is touched where all its words stand in the paper's title, keywords or abstract, whatever their endings ("agents"
finds "agent").  A paper is left out that touches a muted topic by its title or keywords: what an abstract mentions by
the way, such as benchmarks, is no reason to hide it.
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
    """A paper, and why it is there: the channel's topics that it touches, in a few words, and the votes it has won."""

    paper: Paper
    why: str = ""
    rise: Rise | None = None


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
    heard = [paper for paper in papers if not _touched(_headline(paper), muted)]
    touched = {paper.id: _touched(f"{_headline(paper)} {paper.abstract}", topics) for paper in heard}
    wanted = [paper for paper in heard if touched[paper.id] or not topics]
    ranked = sorted(wanted, key=lambda paper: _rank(paper, touched[paper.id], rises), reverse=True)
    return Chosen(
        choices=tuple(Choice(paper, _why(touched[paper.id]), rises.get(paper.id)) for paper in ranked[:top]),
        off_topic=len(heard) - len(wanted),
        muted=len(papers) - len(heard),
        below=max(0, len(ranked) - top),
    )


def _rank(paper: Paper, topics: Sequence[str], rises: Mapping[str, Rise]) -> tuple[bool, int, int]:
    title = _stems(paper.title)
    in_title = any(_words(topic) <= title for topic in topics)
    rise = rises.get(paper.id)
    return in_title, paper.upvotes or 0, rise.gained if rise else 0


def _headline(paper: Paper) -> str:
    return " ".join((paper.title, *paper.keywords))


def _touched(said: str, topics: Iterable[str]) -> list[str]:
    words = _stems(said)
    return [topic for topic in topics if _words(topic) and _words(topic) <= words]


def _why(topics: Sequence[str]) -> str:
    return f"about {', '.join(topics)}" if topics else ""


@lru_cache(maxsize=256)
def _words(topic: str) -> frozenset[str]:
    return frozenset(_stems(topic))


@lru_cache(maxsize=1024)
def _stems(text: str) -> frozenset[str]:
    stem = snowballstemmer.stemmer("english").stemWord
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+", text.lower()))
