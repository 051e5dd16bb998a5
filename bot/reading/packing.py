"""Which passages go into a token budget: the most evidence for the least room.

Taking passages strictly by rank lets a few long ones fill the budget.  So a passage's place in the queue is its rank
stretched by the root of its length; what does not fit any more is skipped, not the rest with it.  Near-duplicates
(a paragraph and its retelling in the same words) are taken once.  Neighbours of what was found are not: on labelled
papers the room they take costs more evidence than they bring.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from bot.reading.lexical import terms
from bot.reading.passages import Passage
from bot.reading.retrieval import Hit

EVIDENCE_BUDGET = 1_600  # tokens
RANK_OFFSET, LENGTH_OFFSET = 5, 60  # soften the first ranks, and the shortest passages (in tokens)
SAME_WORDS = 0.9  # of both passages' terms shared: the same thing said twice

CountTokens = Callable[[str], int]


def estimated_tokens(text: str) -> int:
    """Tokens by the rule of thumb of four characters each, rounded up."""
    return -(-len(text) // 4)


def pack(hits: Sequence[Hit], budget: int = EVIDENCE_BUDGET, count: CountTokens = estimated_tokens) -> list[Passage]:
    """Choose passages whose text and headings together stay within `budget` tokens, in the paper's order.

    Args:
        hits: passages, best first.
        budget: in tokens as `count` counts them; the marks that number the sentences come on top.
        count: the tokens of a text.
    """
    chosen: list[Passage] = []
    said: list[set[str]] = []  # the terms of each one chosen
    headings: set[tuple[str, ...]] = set()
    left = budget
    for passage in _queue(hits, count):
        cost = count(passage.text) + (0 if passage.path in headings else count(" > ".join(passage.path)))
        if cost > left or _repeats(says := set(terms(passage.text)), said):
            continue
        chosen.append(passage)
        said.append(says)
        headings.add(passage.path)
        left -= cost
    return sorted(chosen, key=lambda passage: passage.first)


def _queue(hits: Sequence[Hit], count: CountTokens) -> Iterable[Passage]:
    def place(ranked: tuple[int, Hit]) -> float:
        rank, hit = ranked
        return (rank + RANK_OFFSET) * math.sqrt(count(hit.passage.text) + LENGTH_OFFSET)

    return [hit.passage for _, hit in sorted(enumerate(hits), key=place)]


def _repeats(says: set[str], said: Iterable[set[str]]) -> bool:
    """Whether nearly the same terms have been said in one passage before."""
    return any(len(says & other) >= SAME_WORDS * len(says | other) > 0 for other in said)
