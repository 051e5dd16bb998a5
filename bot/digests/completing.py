"""What was missing from a digest when it was posted, and came later: better summaries, papers of lists that were away.

Pure functions.  Messages that are there get better in their place; papers that come late follow at the end of the
thread; the root says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.digests.model import DeliveryState, Digest, Gaps, Part
from bot.documents.model import Block, Card, Document, Footnote, Text, text
from bot.reading.model import SummarySource

LOOK_AGAIN = timedelta(minutes=15)  # between two looks at a digest that lacks something
SKEW = timedelta(minutes=1)  # between the clocks of machines that are right


def latest_look(now: datetime) -> datetime:
    """The latest that a right clock can have set; a later look was set by a clock that was ahead, and is due."""
    return now + LOOK_AGAIN + SKEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look at the sources brought.

    `root` replaces the first message where that only said why there was nothing.
    """

    better: Sequence[Part]  # messages that are there, with their new words
    late: Sequence[Part]  # messages to be sent
    root: Document | None
    lacking: Text  # what the root says is missing now
    missing: str
    gaps: Gaps | None
    through: date | None


def completed(digest: Digest, found: Found) -> Digest:
    """The next revision of a digest; the digest itself where nothing of it changes."""
    root = found.root or _root(digest.parts[0].document, found)
    parts = _replaced(digest.parts, [Part(0, root), *found.better])
    changed = [part for old, part in zip(digest.parts, parts, strict=True) if part.document != old.document]
    if not changed and not found.late and found.gaps == digest.gaps:
        return digest
    revision = digest.revision + 1
    renewed = [replace(part, revision=revision) for part in changed]
    late = [replace(part, revision=revision) for part in found.late]
    return replace(
        digest,
        parts=(*_replaced(digest.parts, renewed), *late),
        missing=found.missing,
        gaps=found.gaps,
        through=found.through,
        revision=revision,
    )


def is_unwritten(part: Part) -> bool:
    """Whether a message shows a paper whose summary the model has not written."""
    return bool(part.paper_id) and _source(part) != SummarySource.MODEL


def card_of(part: Part) -> Card:
    """The card that a message about a paper begins with."""
    return next(block for block in part.document.blocks if isinstance(block, Card))


def is_outdated(part: Part, state: DeliveryState, revision: int) -> bool:
    """Whether a message is still to be sent, or shows less than it might."""
    if state is DeliveryState.SENT:
        return revision < part.revision
    return state in (DeliveryState.PLANNED, DeliveryState.SENDING)


def _root(before: Document, found: Found) -> Document:
    """The root without its last block, which said what was missing, and with what is to be said now."""
    news: list[Block] = [Footnote(text(_came_late(len(found.late))))] if found.late else []
    lacking: list[Block] = [Footnote(found.lacking)] if found.lacking else []
    return replace(before, blocks=(*before.blocks[:-1], *news, *lacking))


def _came_late(count: int) -> str:
    papers = "1 more paper came later; it follows" if count == 1 else f"{count} more papers came later; they follow"
    return f"{papers} at the end of this thread."


def _replaced(parts: Iterable[Part], newer: Iterable[Part]) -> tuple[Part, ...]:
    by_number: Mapping[int, Part] = {part.number: part for part in newer}
    return tuple(by_number.get(part.number, part) for part in parts)


def _source(part: Part) -> object:
    """Who wrote the summary, by the message's `data` (see `bot.reading.cards.paper_json`)."""
    data: Any = part.document.data
    summary = data.get("summary") if isinstance(data, dict) else None
    return summary.get("source") if isinstance(summary, dict) else None
