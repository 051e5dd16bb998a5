"""Full texts kept in memory."""

from __future__ import annotations

from bot.papers.fulltext import codec
from bot.papers.fulltext.model import FullText


class FakeTexts:
    """Implements `bot.ports.TextRepository`; keeps texts as JSON, as the real one does."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], str] = {}

    async def get(self, paper_id: str, version: int) -> FullText | None:
        """The text of that version."""
        kept = self._kept.get((paper_id, version))
        return codec.load(kept) if kept is not None else None

    async def save(self, text: FullText) -> None:
        """Insert or replace."""
        self._kept[text.paper_id, text.version] = codec.dump(text)
