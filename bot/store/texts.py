"""Full texts of papers, by version; one that an older parsing made counts as unknown."""

from __future__ import annotations

from sqlalchemy import select

from bot.papers.fulltext import codec
from bot.papers.fulltext.model import FullText
from bot.store.database import Database
from bot.store.tables import texts


class SqlTexts:
    """Implements `bot.ports.TextRepository`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, paper_id: str, version: int) -> FullText | None:
        """The text of that version."""
        own = texts.c
        wanted = select(own.text).where(own.paper_id == paper_id, own.version == version, own.form == codec.FORM)
        async with self._database.reading() as connection:
            kept = (await connection.execute(wanted)).scalar()
        return None if kept is None else codec.load(kept)

    async def save(self, text: FullText) -> None:
        """Insert or replace."""
        row = {"paper_id": text.paper_id, "version": text.version, "form": codec.FORM, "text": codec.dump(text)}
        insert = self._database.insert(texts).values(row)
        replaced = {"form": insert.excluded.form, "text": insert.excluded.text}
        async with self._database.transaction() as connection:
            await connection.execute(
                insert.on_conflict_do_update(index_elements=["paper_id", "version"], set_=replaced)
            )
