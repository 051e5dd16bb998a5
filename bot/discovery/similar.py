"""Papers on the same subject, by the words that a paper's title and keywords share with others."""

from __future__ import annotations

import re

from bot.papers.model import Paper
from bot.ports import PaperRepository

MAX_WORDS = 12
# Words that stand in many titles and tell little about a subject.
COMMON = frozenset(
    """
    a an and are as at based be beyond by can do does for from framework how in into is it its large learning
    model models network networks new no not of on or over paper scale set show study system systems task tasks
    than that the their this through to toward towards use using via we what when where with without your you
    """.split()
)


class Similar:
    """Finds neighbours in the store; no source is asked."""

    def __init__(self, papers: PaperRepository) -> None:
        self._papers = papers

    async def to(self, paper: Paper, limit: int) -> list[Paper]:
        """Up to `limit` known papers on the subject of `paper`, best first, without the paper itself."""
        found = await self._papers.search(subject(paper), limit=limit + 1)
        return [other for other in found if other.id != paper.id][:limit]


def subject(paper: Paper) -> str:
    """The telling words of a paper: its title's first, then its keywords', each once, at most twelve."""
    words = re.findall(r"[^\W_]{3,}", " ".join((paper.title, *paper.keywords)).lower())
    return " ".join(list(dict.fromkeys(word for word in words if word not in COMMON))[:MAX_WORDS])
